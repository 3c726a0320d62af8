import { createRng, type FunctionSpec, type Recorder } from '../src/core/index.js';
import { Engine } from '../src/engine/index.js';
import { builtinSchedulers } from '../src/schedulers/index.js';
import { SimulationBackend } from '../src/backends/simulation/simulation-backend.js';
import { VirtualClock } from '../src/backends/simulation/virtual-clock.js';

const [name = 'baseline', countText = '200000'] = process.argv.slice(2);
const count = Number(countText);
const functions = 424;
const rng = createRng(3);
const clock = new VirtualClock();
let sum = 0;
let ended = 0;
const recorder: Recorder = {
  containerLaunched: () => undefined,
  invocationEnded: (outcome) => { sum += outcome.totalMs; ended += 1; },
  containerLeft: () => undefined,
  containerUsage: () => undefined,
};
const backend = new SimulationBackend({
  clock,
  costs: { cores: 32, containerCores: Infinity, launch: { parallel: Infinity, latencyMs: 100, cpuMs: 60, perSecond: Infinity }, requestCpuMs: 0.3, firstRequestCpuMs: 10, requestMs: 0.3, responseMs: 0.3, threadStartCpuMs: 0, containerMemoryMb: 40, threadMemoryMb: 5, invocationMemoryMb: 1 },
  demandOf: (id, into) => { into.clientCpuMs = 0; into.clientWaitMs = 0; into.cpuMs = 20 * (((id * 2654435761) >>> 0) / 4294967296); into.waitMs = 0; },
  memory: { memoryChanged: () => undefined },
});
const ids = Array.from({ length: functions }, (_, i) => `f${i}`);
const specs = new Map(ids.map((functionId): [string, FunctionSpec] => [functionId, { functionId, name: functionId, kind: 'cpu', handlerPath: '', timeoutMs: 60_000, needs: [] }]));
const definition = builtinSchedulers().get(name);
let done = false;
const engine = new Engine({
  clock, backend, scheduler: definition.create(definition.options.parse({}), { rng: createRng(1), profile: undefined, log: () => undefined }),
  schedulerName: name, functions: specs, recorder, keepAliveMs: 600_000, maxAttempts: 3, stallTimeoutMs: 30_000, onFinished: (error?: Error) => { done = true; if (error) console.log(error.message); clock.stop(); },
} as never);
await backend.open({ listener: engine, functions: specs, inputOf: () => undefined, multiplexing: true });
const gapMs = 10 / (32 * 0.5);
const arrival = {
  fire(n: number): void {
    engine.submit(n, ids[(rng.next() * rng.next() * functions) | 0] as string, clock.nowMs());
    if (n + 1 < count) clock.schedule(-gapMs * Math.log(1 - rng.next()), arrival, n + 1);
    else engine.arrivalsDone();
  },
};
clock.schedule(0, arrival, 0);
const start = process.hrtime.bigint();
while (clock.run(100_000)) continue;
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(name, ended, 'ended', done, (ended / seconds).toFixed(0), 'per second', 'mean', (sum / ended).toFixed(2), 'rss', (process.memoryUsage().rss / 1e6).toFixed(0), 'launched', engine.counts.launched);
