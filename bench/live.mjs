// What a page costs that shows the running suite: the load generator's lateness and the CPU time of the harness in live cells without
// it, with one reader and with ten, by turns; and the CPU time of its server. Prints medians over repeats and ratios; nothing here passes or fails.
//
//   node bench/live.mjs            three repeats, about five minutes
//   node bench/live.mjs <repeats>
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readResultSet } from '../dist/src/results/index.js';
import { median } from '../dist/src/stats/index.js';

const bin = fileURLToPath(new URL('../dist/src/cli/bin.js', import.meta.url));
const repeats = Number(process.argv[2] ?? 3);
const limit = 200;
/** Undefined: no page. */
const variants = [
  { name: 'without', readers: undefined },
  { name: '1 reader', readers: 1 },
  { name: '10 readers', readers: 10 },
];
/** Of Linux: times of processes are counted in hundredths of a second. */
const msPerTick = 10;

/** Reads events as a browser would; resolves to the bytes it got. */
function read(url) {
  return new Promise((resolve, reject) => {
    get(new URL('/events', url), { agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (data) => (bytes += data.length));
      response.on('close', () => resolve(bytes));
    }).once('error', reject);
  });
}

/** The server that this harness has started; undefined where there is none, or no Linux. */
function serverOf(harnessPid) {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc').find((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('live.cjs') && fieldsOf(pid)[1] === String(harnessPid);
    } catch {
      return false;
    }
  });
}

/** From the state on, which is the third. */
function fieldsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function cpuMsOf(pid) {
  const fields = fieldsOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** Runs one cell; resolves to what it tells of itself, and what its server and readers had. */
async function run(out, readers) {
  const args = [bin, 'suite', 'icdcs', '--workloads', 'icdcs-io', '--schedulers', 'batching-expanding', '--limit', String(limit), '--out', out, ...(readers === undefined ? [] : ['--live'])];
  const harness = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  let reading;
  let serverCpuMs = 0;
  harness.stderr.setEncoding('utf8');
  harness.stderr.on('data', (text) => {
    told += text;
    const url = /^live: (\S+)$/m.exec(told)?.[1];
    if (url !== undefined) reading ??= Promise.all(Array.from({ length: readers }, () => read(url)));
  });
  const looking = setInterval(() => {
    const pid = readers === undefined ? undefined : serverOf(harness.pid);
    if (pid !== undefined) serverCpuMs = cpuMsOf(pid);
  }, 2_000);
  const code = await new Promise((resolve) => harness.once('close', resolve));
  clearInterval(looking);
  if (code !== 0) console.log(`the harness ended with ${code}: ${told.trimEnd().split('\n').at(-1)}`);
  const [summary] = readResultSet('latest', out).summaries;
  const { lagP50Ms, lagP99Ms, lagMaxMs } = summary.loadGenerator;
  return { lagP50Ms, lagP99Ms, lagMaxMs, harnessCpuMs: summary.harness.cpuMs, wallMs: summary.wallMs, serverCpuMs, bytes: (await reading)?.[0] ?? 0 };
}

const folder = mkdtempSync(join(tmpdir(), 'fbb-bench-live-'));
const found = new Map(variants.map(({ name }) => [name, []]));
console.log(`${cpus()[0]?.model} x ${cpus().length}, Node ${process.version}, load average ${loadavg()[0].toFixed(2)}; icdcs-io, first ${limit}, batching-expanding, ${repeats} repeats`);
for (let repeat = 0; repeat < repeats; repeat += 1) {
  // Whoever comes first has another neighbour each time.
  for (let i = 0; i < variants.length; i += 1) {
    const { name, readers } = variants[(repeat + i) % variants.length];
    found.get(name).push(await run(join(folder, `${repeat}-${i}`), readers));
  }
}
rmSync(folder, { recursive: true, force: true });

const metrics = { lagP50Ms: 'lag p50, ms', lagP99Ms: 'lag p99, ms', lagMaxMs: 'lag max, ms', harnessCpuMs: 'CPU of the harness, ms' };
for (const [metric, label] of Object.entries(metrics)) {
  const base = median(found.get('without').map((one) => one[metric]));
  const texts = variants.map(({ name }) => {
    const values = found.get(name).map((one) => one[metric]);
    const spread = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
    return `${name} ${median(values).toFixed(2)} (${spread}; x ${(median(values) / base).toFixed(2)})`;
  });
  console.log(`${label.padEnd(24)}${texts.join(' | ')}`);
}
for (const { name, readers } of variants.filter((variant) => variant.readers !== undefined)) {
  const runs = found.get(name);
  const share = median(runs.map(({ serverCpuMs, wallMs }) => serverCpuMs / wallMs));
  console.log(`server with ${name}: ${median(runs.map(({ serverCpuMs }) => serverCpuMs)).toFixed(0)} ms of CPU, ${(share * 100).toFixed(2)} % of a core; ${(median(runs.map(({ bytes }) => bytes)) / 1_000).toFixed(0)} kB to each reader`);
}
