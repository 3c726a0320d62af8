import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MonotonicClock, type Container, type ContainerState, type ExecutionMode } from '../../src/core/index.js';
import { classChangerHere, CpuClassControl, whyNoRealTime, type LaunchedBackend } from '../../src/backends/launched/index.js';
import { createProcessBackend } from '../../src/backends/process/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { nobody, pidsInto } from '../support/container-observers.js';
import { isRunning, processesWith } from './processes.js';
import { temporaryFolder } from './temporary-folder.js';

const refused = process.platform === 'linux' ? whyNoRealTime() : 'this is no Linux';
const patience = { timeout: 5_000, interval: 10 };
/** What the helper's command line is known by. */
const helperProgram = 'my $call = shift';

interface OpenOptions {
  readonly containerCores?: number;
  readonly whyNoRealTime?: string;
  readonly kind?: 'cpu' | 'io';
}

interface OpenBackend {
  readonly backend: LaunchedBackend;
  readonly pids: Map<number, number>;
  readonly ended: number[];
  /** Launches a container and waits until it is ready. */
  launch(id: number): Promise<Container>;
  /** Hands one invocation to a container; its id. */
  run(container: Container, input: unknown, mode?: ExecutionMode): number;
}

/** A backend without an engine, closed when the test is over. */
async function openBackend(options: OpenOptions = {}): Promise<OpenBackend> {
  const folder = temporaryFolder();
  const pids = new Map<number, number>();
  const ready = new Set<number>();
  const ended: number[] = [];
  const inputs: unknown[] = [];
  const backend = createProcessBackend({
    clock: new MonotonicClock(),
    cores: 2,
    runtimeFolder,
    launchLimit: 4,
    memoryLimitMb: 512,
    containerCores: options.containerCores ?? 2,
    whyNoRealTime: options.whyNoRealTime,
    classChanger: classChangerHere(),
    observer: pidsInto(pids, 'for good'),
  });
  onTestFinished(() => backend.close());
  vi.stubEnv('TMPDIR', folder);
  const opening = backend.open({
    listener: {
      containerReady: (id) => ready.add(id),
      invocationEnded: (_containerId, id) => ended.push(id),
      containerLost: (id, code, reason) => expect.unreachable(`container ${id} was lost: ${code}, ${reason}`),
      containerEnded: () => undefined,
      backendFailed: (code, reason) => expect.unreachable(`${code}: ${reason}`),
    },
    functions: new Map([['f', fixtureSpec(options.kind ?? 'io')]]),
    inputOf: (id) => inputs[id],
    resourceCache: { policy: 'off' },
  });
  vi.unstubAllEnvs();
  await opening;
  return {
    backend,
    pids,
    ended,
    async launch(id) {
      const state: ContainerState = 'busy';
      const container: Container = { id, functionId: 'f', state, launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 };
      backend.launch(container);
      await expect.poll(() => ready.has(id), patience).toBe(true);
      return container;
    },
    run(container, input, mode = 'serial') {
      const id = inputs.push(input) - 1;
      backend.dispatch(container, { id, mode, invocations: [{ id, functionId: 'f', intendedMs: 0, submittedMs: 0, attempt: 1 }] });
      return id;
    },
  };
}

/** The scheduling policies that the threads of a process have, as `chrt` tells them. */
function policiesOf(pid: number): string[] {
  const told = execFileSync('chrt', ['--all-tasks', '--pid', String(pid)], { encoding: 'utf8' });
  return [...new Set([...told.matchAll(/policy: (\w+)/g)].map(([, policy]) => policy as string))];
}

/** The niceness of each thread of a process, by its id. */
function nicenessesOf(pid: number): Record<string, number> {
  return Object.fromEntries(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      return [thread, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])];
    }),
  );
}

/** The helpers that this process has started and that still run. */
function helpers(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
      return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(helperProgram) && isRunning(pid);
    } catch {
      return false;
    }
  });
}

describe('whether processes can be put into the real-time class', () => {
  it.runIf(process.platform === 'linux')('is found out by trying', () => {
    const permitted = spawnSync('chrt', ['--fifo', '1', 'true']).status === 0;
    expect(whyNoRealTime() === undefined).toBe(permitted);
  });

  it('is denied with a reason where there is no chrt', () => {
    vi.stubEnv('PATH', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(whyNoRealTime()).toMatch(/^there is no chrt here/);
  });

  it('is denied with what chrt says where it is refused', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'chrt'), '#!/bin/sh\necho "chrt: failed to set the policy: Operation not permitted" >&2\necho more >&2\nexit 1\n', { mode: 0o755 });
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(whyNoRealTime()).toBe('chrt --fifo is refused: chrt: failed to set the policy: Operation not permitted');
  });

  it('is tried with the priority of the helper, which is above that of containers', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'chrt'), '#!/bin/sh\n[ "$2" -lt 40 ] || { echo "chrt: no more than 39" >&2; exit 1; }\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(whyNoRealTime()).toBe('chrt --fifo is refused: chrt: no more than 39');
  });

  it('decides what the backend offers', async () => {
    const { backend: without } = await openBackend({ whyNoRealTime: 'it is not permitted' });
    expect([...without.capabilities]).toEqual([]);
    expect([...without.missingCapabilities]).toEqual([['cpu-class', 'it is not permitted']]);
    expect([without.setCpuClass, without.cpuState]).toEqual([undefined, undefined]);
    const { backend: capable } = await openBackend();
    expect([...capable.capabilities]).toEqual(['cpu-class']);
    expect([...capable.missingCapabilities]).toEqual([]);
  });
});

describe.skipIf(refused !== undefined)(refused === undefined ? 'a container' : `a container (skipped: ${refused})`, () => {
  it('is moved with all its threads into the real-time class, and back to fair share with the niceness it had', async () => {
    const { backend, pids, launch } = await openBackend();
    const container = await launch(0);
    const pid = pids.get(0) as number;
    expect(policiesOf(pid)).toEqual(['SCHED_OTHER']);
    const before = nicenessesOf(pid);

    backend.setCpuClass?.(container, 'fifo');
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_FIFO']);

    backend.setCpuClass?.(container, 'fair');
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_OTHER']);
    expect(nicenessesOf(pid)).toEqual(before);
    expect(before[String(pid)]).toBe(5);
  });

  it('has new threads in the class that it is in', async () => {
    const { backend, pids, ended, launch, run } = await openBackend({ kind: 'cpu' });
    const container = await launch(0);
    const pid = pids.get(0) as number;
    backend.setCpuClass?.(container, 'fifo');
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_FIFO']);
    const threads = Object.keys(nicenessesOf(pid)).length;
    const id = run(container, { do: 'returns' }, 'expanded');
    await expect.poll(() => ended, patience).toEqual([id]);
    expect(Object.keys(nicenessesOf(pid)).length).toBeGreaterThan(threads);
    expect(policiesOf(pid)).toEqual(['SCHED_FIFO']);
  });

  it('is left alone when another one is moved', async () => {
    const { backend, pids, launch } = await openBackend();
    const [first] = [await launch(0), await launch(1)];
    backend.setCpuClass?.(first, 'fifo');
    await expect.poll(() => policiesOf(pids.get(0) as number), patience).toEqual(['SCHED_FIFO']);
    expect(policiesOf(pids.get(1) as number)).toEqual(['SCHED_OTHER']);
  });

  it('ends in the class that it was given last, however fast they follow', async () => {
    const { backend, pids, launch } = await openBackend();
    const [first, second] = [await launch(0), await launch(1)];
    for (let i = 0; i < 10; i += 1) for (const cpuClass of ['fifo', 'fair'] as const) backend.setCpuClass?.(first, cpuClass);
    backend.setCpuClass?.(second, 'fifo');
    // Moves are made in the order in which they were asked for, so the last one tells that all have been made.
    await expect.poll(() => policiesOf(pids.get(1) as number), patience).toEqual(['SCHED_FIFO']);
    expect(policiesOf(pids.get(0) as number)).toEqual(['SCHED_OTHER']);
  });

  it('is runnable while its function computes, and sleeps before and after', async () => {
    const { backend, ended, launch, run } = await openBackend();
    const container = await launch(0);
    await expect.poll(() => backend.cpuState?.(container), patience).toBe('sleeping');
    const id = run(container, { do: 'computes', ms: 400 });
    await expect.poll(() => backend.cpuState?.(container), { timeout: 5_000, interval: 1 }).toBe('runnable');
    let runnable = 0;
    for (let i = 0; i < 20; i += 1) {
      if (backend.cpuState?.(container) === 'runnable') runnable += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(runnable).toBeGreaterThanOrEqual(18);
    await expect.poll(() => ended, patience).toEqual([id]);
    await expect.poll(() => backend.cpuState?.(container), patience).toBe('sleeping');
  });

  it('sleeps while its function waits, and when it is gone', async () => {
    const { backend, pids, ended, launch, run } = await openBackend();
    const container = await launch(0);
    run(container, { do: 'sleeps', ms: 300 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(backend.cpuState?.(container)).toBe('sleeping');
    await expect.poll(() => ended, patience).toHaveLength(1);
    (container as { state: ContainerState }).state = 'retired';
    backend.retire(container);
    await expect.poll(() => isRunning(pids.get(0) as number), patience).toBe(false);
    expect(backend.cpuState?.(container)).toBe('sleeping');
    expect(() => backend.setCpuClass?.(container, 'fifo')).not.toThrow();
  });

  it('needs a helper only when one is moved, and takes it along when the backend is closed', async () => {
    const { backend, launch } = await openBackend();
    const container = await launch(0);
    expect(helpers()).toEqual([]);
    backend.setCpuClass?.(container, 'fifo');
    backend.setCpuClass?.(container, 'fair');
    await expect.poll(() => helpers(), patience).toHaveLength(1);
    const [helper] = helpers();
    expect(policiesOf(helper as number)).toEqual(['SCHED_FIFO']);
    await backend.close();
    await expect.poll(() => isRunning(helper as number), patience).toBe(false);
  });

  it('leaves no helper behind when it is moved after the close', async () => {
    const { backend, launch } = await openBackend();
    const container = await launch(0);
    backend.setCpuClass?.(container, 'fifo');
    const closing = backend.close();
    backend.setCpuClass?.(container, 'fair');
    await closing;
    await expect.poll(() => helpers(), patience).toEqual([]);
  });

  it('leaves no helper behind when its first move comes while the backend closes', async () => {
    const { backend, launch } = await openBackend();
    const container = await launch(0);
    const closing = backend.close();
    backend.setCpuClass?.(container, 'fifo');
    await closing;
    await expect.poll(() => helpers(), patience).toEqual([]);
  });

  it('leaves no helper behind when the harness is killed', async () => {
    const folder = temporaryFolder();
    const harness = fork(join(import.meta.dirname, 'cpu-class-harness.mjs'), { execArgv: [], env: { ...process.env, TMPDIR: folder } });
    onTestFinished(() => void harness.kill('SIGKILL'));
    const exited = once(harness, 'exit');
    const [pid] = (await once(harness, 'message')) as [number];
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_FIFO']);
    expect(processesWith('TMPDIR', folder).filter(({ command }) => command.includes(helperProgram))).toHaveLength(1);
    harness.kill('SIGKILL');
    await exited;
    await expect.poll(() => processesWith('TMPDIR', folder), patience).toEqual([]);
  });
});

describe.skipIf(refused !== undefined)(refused === undefined ? 'the helper' : `the helper (skipped: ${refused})`, () => {
  it.each(['perl', 'chrt'] as const)('moves a process there and back by %s, and does not mind one that is gone', async (changer) => {
    const { pids, launch } = await openBackend();
    await launch(0);
    const pid = pids.get(0) as number;
    const failures: string[] = [];
    const control = new CpuClassControl(changer, (reason) => failures.push(reason));
    onTestFinished(() => control.close());
    control.set(4_194_304, 'fifo');
    control.set(pid, 'fifo');
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_FIFO']);
    control.set(pid, 'fair');
    await expect.poll(() => policiesOf(pid), patience).toEqual(['SCHED_OTHER']);
    expect(failures).toEqual([]);
  });

  it('is one that makes the system call itself where Perl is there', () => {
    expect(classChangerHere()).toBe(spawnSync('perl', ['-e', '0']).status === 0 ? 'perl' : 'chrt');
    vi.stubEnv('PATH', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(classChangerHere()).toBe('chrt');
  });

  it('says why when a process that is there cannot be moved', async () => {
    const folder = temporaryFolder();
    // The helper itself gets its class; what it then asks for is refused.
    writeFileSync(join(folder, 'chrt'), '#!/bin/sh\n[ "$1" = --fifo ] && { shift 2; exec "$@"; }\necho "chrt: not permitted" >&2\nexit 1\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    const failures: string[] = [];
    const control = new CpuClassControl('chrt', (reason) => failures.push(reason));
    vi.unstubAllEnvs();
    control.set(process.pid, 'fifo');
    await expect.poll(() => failures, patience).toEqual(['chrt: not permitted']);
  });

  it('says so when it is killed, and nothing when it is closed', async () => {
    const failures: string[] = [];
    const closed = new CpuClassControl('perl', (reason) => failures.push(reason));
    closed.close();
    const control = new CpuClassControl('perl', (reason) => failures.push(reason));
    control.set(4_194_304, 'fair');
    await expect.poll(() => helpers(), patience).toHaveLength(1);
    process.kill(helpers()[0] as number, 'SIGKILL');
    await expect.poll(() => failures, patience).toEqual([expect.stringContaining('its helper ended')]);
  });
});

describe('the cores of a container', () => {
  function allowedCores(pid: number): string | undefined {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  }

  it.runIf(process.platform === 'linux')('are one when it may use one, each in turn', async () => {
    const { pids, launch } = await openBackend({ containerCores: 1 });
    for (const id of [0, 1, 2]) await launch(id);
    expect([0, 1, 2].map((id) => allowedCores(pids.get(id) as number))).toEqual(['0', '1', '0']);
  });

  it.runIf(process.platform === 'linux')('are those of the harness when it may use all', async () => {
    const { pids, launch } = await openBackend();
    await launch(0);
    expect(allowedCores(pids.get(0) as number)).toBe(allowedCores(process.pid));
  });

  it('say what is missing where there is no taskset', async () => {
    const folder = join(temporaryFolder(), 'empty');
    mkdirSync(folder);
    const reasons: string[] = [];
    const backend = createProcessBackend({
      clock: new MonotonicClock(),
      cores: 2,
      runtimeFolder,
      launchLimit: 4,
      memoryLimitMb: 512,
      containerCores: 1,
      whyNoRealTime: undefined,
      classChanger: 'chrt',
        observer: nobody,
    });
    onTestFinished(() => backend.close());
    vi.stubEnv('PATH', folder);
    const opening = backend.open({
      listener: { containerReady: () => undefined, invocationEnded: () => undefined, containerLost: (_id, _code, reason) => reasons.push(reason), containerEnded: () => undefined, backendFailed: (_code, reason) => reasons.push(reason) },
      functions: new Map([['f', fixtureSpec('io')]]),
      inputOf: () => undefined,
      resourceCache: { policy: 'off' },
    });
    vi.unstubAllEnvs();
    await opening;
    backend.launch({ id: 0, functionId: 'f', state: 'starting', launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 });
    await expect.poll(() => reasons, patience).toEqual([expect.stringContaining('taskset')]);
  });
});
