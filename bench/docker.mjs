// What containers of Docker cost beyond Docker itself. Prints medians and ratios; nothing here passes or fails. Needs a daemon that can
// be reached, and removes everything that it starts. `-- sampler` runs only that part, `-- launch`, `-- burst`, `-- dispatch` likewise.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectDaemon, DockerRun } from '../dist/src/backends/docker/index.js';
import { Sampler } from '../dist/src/metrics/index.js';
import { raiseHarness } from '../dist/src/suites/harness-priority.js';
import { dispatchOverhead, functions, median, nobody, openRig, quantile, runtimeFolder } from './live-rig.mjs';

const parts = process.argv.slice(2);
const wanted = (part) => parts.length === 0 || parts.includes(part);
const ms = (value) => `${value.toFixed(0)} ms`;
const fine = (value) => `${value.toFixed(3)} ms`;
const now = () => performance.now();
const run = promisify(execFile);

const daemon = await connectDaemon();
const cores = availableParallelism();
const runId = `bench-${process.pid}`;

/** Backends of Docker with these limits, as openRig wants them; `end` gives back what the run took. */
async function dockerBackends({ launchLimit = 4, observer = nobody } = {}) {
  const dockerRun = await DockerRun.begin(daemon, {
    runId,
    runtimeFolder,
    functionsFolder: fileURLToPath(new URL('../dist/functions', import.meta.url)),
    baseImage: undefined,
    images: new Map(),
    launchLimit,
    memoryLimitMb: 128,
    containerCores: cores,
    cores,
    tell: () => undefined,
  });
  return { createBackend: (clock) => dockerRun.createBackend({ clock, observer, functions, requires: [] }), end: () => dockerRun.close() };
}

/** Launches so many at once; resolves to the rig, the time until the last was ready, and each one's own. */
async function launchAll(count, { createBackend }) {
  const readyMs = [];
  let allReady;
  const done = new Promise((resolve) => (allReady = resolve));
  const rig = await openRig({
    createBackend,
    scheduler: {
      onArrival: () => undefined,
      onContainerReady: ({ launchedMs, readyMs: atMs }) => {
        readyMs.push(atMs - launchedMs);
        if (readyMs.length === count) allReady();
      },
    },
  });
  // Its launcher has connected to the daemon when its first container is there.
  const startMs = now();
  for (let i = 0; i < count; i += 1) rig.engine.launch('noop');
  await done;
  return { rig, tookMs: now() - startMs, readyMs };
}

/** The image that the harness has made for the no-op. */
async function functionImage() {
  const images = await daemon.docker.listImages({ filters: { label: ['faasbatch-bench.content'] } });
  return images.sort((a, b) => b.Created - a.Created)[0].RepoTags[0];
}

async function listens(path) {
  for (;;) {
    const answered = await new Promise((resolve) => {
      const socket = connect(path, () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** `docker run` of the same image, program and limits, until it listens; and until the command returns. */
async function dockerRunOnce(image) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const sockets = join(folder, 's');
  mkdirSync(sockets);
  chmodSync(sockets, 0o777);
  const spec = { ...functions.get('noop'), handlerPath: '/fbb/functions/1/noop.cjs' };
  const config = JSON.stringify({ socketPath: '/fbb/sockets/http.sock', init: { function: 'noop', spec, resourceCache: { policy: 'off' } }, memoryLimitMb: 128 });
  const options = ['--network', 'none', '--user', '65532:65532', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only', '--tmpfs', '/tmp:rw,noexec,nosuid,nodev,size=16m', '--memory', '128m', '--memory-swap', '128m', '--cpus', String(cores), '--pids-limit', '1024', '--volume', `${sockets}:/fbb/sockets`, '--env', `FBB_CONTAINER=${config}`];
  const startMs = now();
  const { stdout } = await run('docker', ['run', '--detach', ...options, image, '/fbb/node', '--max-old-space-size=128', '/fbb/runtime/main.cjs']);
  const returnedMs = now() - startMs;
  await listens(join(sockets, 'http.sock'));
  const readyMs = now() - startMs;
  execFileSync('docker', ['rm', '--force', stdout.trim()], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
  return { returnedMs, readyMs };
}

async function benchLaunch(repeats = 15) {
  const docker = await dockerBackends();
  const ours = [];
  const theirs = [];
  const rig = await launchAll(1, docker);
  const image = await functionImage();
  for (let i = 0; i < repeats; i += 1) {
    let ready;
    const done = new Promise((resolve) => (ready = resolve));
    const startMs = now();
    const container = rig.rig.engine.launch('noop');
    const timer = setInterval(() => {
      if (!Number.isNaN(container.readyMs)) ready();
    }, 1);
    await done;
    clearInterval(timer);
    ours.push(container.readyMs - container.launchedMs);
    void startMs;
    rig.rig.engine.retire(container);
    await new Promise((resolve) => setTimeout(resolve, 300));
    theirs.push(await dockerRunOnce(image));
  }
  await rig.rig.backend.close();
  docker.end();
  const oursMs = median(ours);
  const readyMs = median(theirs.map((one) => one.readyMs));
  console.log(`launch to ready          ${ms(oursMs)}; docker run of the same image and limits until it listens ${ms(readyMs)}: ratio ${(oursMs / readyMs).toFixed(2)} (its command returns after ${ms(median(theirs.map((one) => one.returnedMs)))})`);
}

async function benchBurst(count = 20) {
  for (const launchLimit of [2, 4, count]) {
    const docker = await dockerBackends({ launchLimit });
    const { rig, tookMs, readyMs } = await launchAll(count, docker);
    const closeMs = now();
    await rig.backend.close();
    docker.end();
    console.log(`${count} launches, ${String(launchLimit).padStart(2)} at a time  ${ms(tookMs)}, each ${ms(median(readyMs))} (median, with its wait); removing them ${ms(now() - closeMs)}`);
  }
}

async function benchDispatch(count = 5_000) {
  const docker = await dockerBackends();
  const inDocker = await dispatchOverhead(count, docker.createBackend);
  docker.end();
  const inProcess = await dispatchOverhead(count);
  console.log(`dispatch of a warm no-op p50 ${fine(inDocker.p50)}, p99 ${fine(inDocker.p99)}; to a process p50 ${fine(inProcess.p50)}, p99 ${fine(inProcess.p99)}: ratio of p50 ${(inDocker.p50 / inProcess.p50).toFixed(2)}`);
}

async function benchSampler(count = 300, seconds = 20) {
  let rounds = 0;
  const sampler = new Sampler({ programPath: join(runtimeFolder, 'sampler.cjs'), intervalMs: 100, pssReadsPerRound: 20, statReadsPerRound: 30, onRound: () => (rounds += 1) });
  const docker = await dockerBackends({ observer: sampler });
  const { rig } = await launchAll(count, docker);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const stat = () => {
    const pid = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'sampler.cjs'], { encoding: 'utf8' }).trim();
    const fields = execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' }).split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  const before = { cpuMs: stat(), rounds, ownMs: process.cpuUsage(), atMs: now() };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const tookMs = now() - before.atMs;
  const own = process.cpuUsage(before.ownMs);
  const share = (stat() - before.cpuMs) / tookMs;
  console.log(`sampler, ${count} idle        ${(100 * share).toFixed(1)} % of a core at ${((rounds - before.rounds) / (tookMs / 1_000)).toFixed(1)} rounds a second; the harness ${((100 * (own.user + own.system)) / 1_000 / tookMs).toFixed(1)} %`);
  await sampler.stop();
  await rig.backend.close();
  docker.end();
}

const realTime = await raiseHarness();
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, Docker ${daemon.version} (${daemon.storageDriver}, cgroup ${daemon.cgroupVersion}); harness ${realTime ? '' : 'not '}in the real-time class`);
if (wanted('launch')) await benchLaunch();
if (wanted('burst')) await benchBurst();
if (wanted('dispatch')) await benchDispatch();
if (wanted('sampler')) await benchSampler();
