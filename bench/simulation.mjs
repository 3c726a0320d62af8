// How fast the simulation is: whole cells (scheduler, engine, simulated host, histograms) without raw rows, each in a process of its own,
// on one core. Prints medians and ratios; nothing here passes or fails.
//
//   node bench/simulation.mjs                        the whole table
//   node bench/simulation.mjs <scheduler> <arrivals> one cell, as a line of JSON
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SimulatedWorld } from '../dist/src/backends/simulation/index.js';
import { createRng, schedulerOptions } from '../dist/src/core/index.js';
import { Engine } from '../dist/src/engine/index.js';
import { CellRecorder } from '../dist/src/metrics/index.js';
import { builtinSchedulers } from '../dist/src/schedulers/index.js';

/** As many functions as the Azure Functions trace of 2021 has. */
const functionCount = 424;
const schedulers = ['baseline', 'batching-expanding', 'continuous'];
const repeats = 3;

/** A host of 32 cores; launches cost latency and CPU time. */
const host = {
  name: 'bench',
  description: '32 cores',
  source: 'made up',
  cores: 32,
  effectiveCores: null,
  containerCores: null,
  launch: { parallel: null, latencyMs: 200, cpuMs: 60, threads: 1, perSecond: null },
  request: { cpuMs: 0.3, firstCpuMs: 10, toContainerMs: 0.3, fromContainerMs: 0.3 },
  thread: { startCpuMs: 0, startThreads: 1 },
  memory: { containerMb: 40, threadMb: 5, invocationMb: 2, hostMb: null },
  functions: { stated: { loadLatencyMs: 0, loadCpuMs: 0, model: 'stated' } },
};

const meanCpuMs = 100;
const load = 0.5;
/** Of the CPU demand of an invocation, lognormal; its median is then 32 ms. */
const sigma = 1.5;

/** Poisson arrivals whose functions follow Zipf's law, made as they are pulled. */
class SyntheticArrivals {
  intendedMs = 0;
  functionId = '';
  #left;
  #rng = createRng(1);
  #ids;
  #cumulative;
  #gapMs = meanCpuMs / (host.cores * load);

  constructor(ids, count) {
    this.#ids = ids;
    this.#left = count;
    let sum = 0;
    this.#cumulative = Float64Array.from(ids, (_id, index) => (sum += 1 / (index + 1)));
  }

  next() {
    if (this.#left === 0) return false;
    this.#left -= 1;
    this.intendedMs -= this.#gapMs * Math.log(1 - this.#rng.next());
    this.functionId = this.#ids[this.#draw()];
    return true;
  }

  #draw() {
    const cumulative = this.#cumulative;
    const wanted = this.#rng.next() * cumulative[cumulative.length - 1];
    let low = 0;
    for (let high = cumulative.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A number in (0, 1) that depends on `n` alone, so that inputs need no memory. */
function uniform(n) {
  let x = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (((x ^ (x >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}

const input = { cpuMs: 0, waitMs: 0 };
const median = meanCpuMs * Math.exp(-(sigma ** 2) / 2);
function inputOf(id) {
  const normal = Math.sqrt(-2 * Math.log(uniform(2 * id + 1))) * Math.cos(2 * Math.PI * uniform(2 * id + 2));
  input.cpuMs = median * Math.exp(sigma * normal);
  return input;
}

async function runCell(name, count) {
  const ids = Array.from({ length: functionCount }, (_, index) => `f${index}`);
  const functions = new Map(ids.map((functionId) => [functionId, { functionId, name: 'stated', kind: 'cpu', handlerPath: '', timeoutMs: 600_000, needs: [] }]));
  const nobody = { invocation: () => undefined, sample: () => undefined, container: () => undefined };
  const recorder = new CellRecorder(nobody, true);
  const world = new SimulatedWorld({ host, functions, memory: {
    containerStarted: (id) => recorder.containerStarted(id, world.clock.nowMs()),
    memoryChanged: (id, memoryMb) => recorder.memoryChanged(id, world.clock.nowMs(), memoryMb),
  } });
  const definition = builtinSchedulers().get(name);
  const scheduler = definition.create(schedulerOptions(definition.options), { rng: createRng(1), profile: undefined, log: () => undefined });
  const engine = new Engine({
    clock: world.clock,
    backend: world.backend,
    scheduler,
    schedulerName: name,
    functions,
    recorder,
    keepAliveMs: 600_000,
    maxAttempts: 1,
    stallTimeoutMs: 30_000,
    onFinished(error) {
      if (error !== undefined) throw error;
      world.stop();
    },
  });
  await world.backend.open({ listener: engine, functions, inputOf, resourceCache: { policy: definition.multiplexing === true ? 'unbounded' : 'off' } });
  const before = process.hrtime.bigint();
  world.play(new SyntheticArrivals(ids, count), (id, { functionId, intendedMs }) => engine.submit(id, functionId, intendedMs), () => engine.arrivalsDone());
  while (world.run(1_000_000)) continue;
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  recorder.close(world.clock.nowMs());
  await world.backend.close();
  const { latencyMs, usage, invocations } = recorder.metrics(engine.counts.arrived, world.clock.nowMs(), world.backend.cores);
  return {
    scheduler: name,
    arrivals: count,
    completed: invocations.completed,
    seconds,
    perSecond: count / seconds,
    meanMs: latencyMs.total.mean,
    launched: usage.containers.launched,
    utilization: usage.cpu.meanUtilization,
    peakMemoryMb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1_024,
  };
}

function runApart(name, count) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, String(count)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}, ${count}: ${stderr}`);
  return JSON.parse(stdout);
}

function medianRun(name, count, times) {
  const runs = Array.from({ length: times }, () => runApart(name, count)).sort((a, b) => a.seconds - b.seconds);
  return runs[times >> 1];
}

function main() {
  console.log(`${cpus()[0]?.model}; Node ${process.version}; ${functionCount} functions; median of ${repeats} processes`);
  console.log(`\n2 million arrivals`);
  for (const name of schedulers) {
    const { perSecond, seconds, meanMs, launched, utilization, peakMemoryMb } = medianRun(name, 2_000_000, repeats);
    console.log(`  ${name.padEnd(20)} ${Math.round(perSecond).toLocaleString('en')} a second (${seconds.toFixed(1)} s); mean ${meanMs.toFixed(0)} ms, ${launched} containers, cores ${(100 * utilization).toFixed(0)} % used; peak ${peakMemoryMb.toFixed(0)} MB`);
  }
  console.log(`\ncost of an invocation by length of the run; log2: ratio of the logarithms`);
  for (const name of schedulers.slice(0, 2)) {
    let first;
    for (const count of [1e4, 1e5, 1e6, 1e7]) {
      const { perSecond, peakMemoryMb } = medianRun(name, count, count > 1e6 ? 1 : repeats);
      const microseconds = 1e6 / perSecond;
      first ??= microseconds;
      const ratio = (microseconds / first).toFixed(2);
      console.log(`  ${name.padEnd(20)} 10^${Math.log10(count)}: ${microseconds.toFixed(2)} µs, ${ratio} of that at 10^4 (logarithm: ${(Math.log2(count) / Math.log2(1e4)).toFixed(2)}); peak ${peakMemoryMb.toFixed(0)} MB`);
    }
  }
}

const [name, count] = process.argv.slice(2);
if (name === undefined) main();
else console.log(JSON.stringify(await runCell(name, Number(count))));
