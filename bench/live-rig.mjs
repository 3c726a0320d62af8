// An engine over real containers that run a no-op, for benchmarks of the harness itself. Uses the built package.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createProcessBackend } from '../dist/src/backends/process/index.js';
import { MonotonicClock } from '../dist/src/core/index.js';
import { Engine } from '../dist/src/engine/index.js';

const runtimeFolder = fileURLToPath(new URL('../dist/runtime', import.meta.url));
export const pacerPath = fileURLToPath(new URL('../dist/runtime/pacer.cjs', import.meta.url));

const functions = new Map([
  ['noop', { functionId: 'noop', kind: 'io', handlerPath: fileURLToPath(new URL('./noop.cjs', import.meta.url)), timeoutMs: 10_000, needs: [] }],
]);
const nobody = { containerStarted: () => undefined, containerRead: () => undefined, containerStopped: () => undefined };

/** Opens it with a scheduler; `onOutcome` and `onReady` are told as things happen. */
export async function openRig({ scheduler, onOutcome = () => undefined, onFinished = () => undefined }) {
  const clock = new MonotonicClock();
  const backend = createProcessBackend({ clock, cores: availableParallelism(), runtimeFolder, launchLimit: 4, memoryLimitMb: 1024, containerCores: availableParallelism(), observer: nobody, whyNoRealTime: 'not needed', classChanger: 'chrt' });
  const recorder = { containerLaunched: () => undefined, invocationEnded: onOutcome, containerLeft: () => undefined, containerUsage: () => undefined };
  const engine = new Engine({ clock, backend, scheduler, schedulerName: 'bench', functions, recorder, keepAliveMs: 600_000, maxAttempts: 1, stallTimeoutMs: 30_000, onFinished });
  await backend.open({ listener: engine, functions, inputOf: () => undefined, multiplexing: false });
  return { clock, engine, backend };
}

/** The most recently used idle container, or a new one. */
export const warmFirst = {
  onArrival(invocation, ctx) {
    ctx.assign(ctx.pool('noop').idle.at(-1) ?? ctx.launch('noop'), [invocation], 'serial');
  },
};

/** Everything into one container, which takes it side by side. */
export const oneContainer = {
  onArrival(invocation, ctx) {
    const { idle, busy, starting } = ctx.pool('noop');
    ctx.assign(idle[0] ?? busy[0] ?? starting[0] ?? ctx.launch('noop'), [invocation], 'expanded');
  },
};

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);
