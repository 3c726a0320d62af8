// An engine over real containers that run a no-op, for benchmarks of the harness itself. Uses the built package.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createProcessBackend } from '../dist/src/backends/process/index.js';
import { MonotonicClock } from '../dist/src/core/index.js';
import { Engine } from '../dist/src/engine/index.js';

export const runtimeFolder = fileURLToPath(new URL('../dist/runtime', import.meta.url));
export const pacerPath = fileURLToPath(new URL('../dist/runtime/pacer.cjs', import.meta.url));

export const functions = new Map([
  ['noop', { functionId: 'noop', name: 'noop', kind: 'io', handlerPath: fileURLToPath(new URL('./noop.cjs', import.meta.url)), timeoutMs: 10_000, needs: [] }],
]);
export const nobody = { containerStarted: () => undefined, containerRead: () => undefined, containerStopped: () => undefined };

async function processBackend(clock) {
  return createProcessBackend({ clock, cores: availableParallelism(), runtimeFolder, launchLimit: 4, memoryLimitMb: 1024, containerCores: availableParallelism(), observer: nobody, whyNoRealTime: 'not needed', classChanger: 'chrt' });
}

/** Opens it with a scheduler; `onOutcome` is told as things happen. `createBackend`: other containers than processes. */
export async function openRig({ scheduler, onOutcome = () => undefined, onFinished = () => undefined, createBackend = processBackend }) {
  const clock = new MonotonicClock();
  const backend = await createBackend(clock);
  const recorder = { containerLaunched: () => undefined, invocationEnded: onOutcome, containerLeft: () => undefined, containerUsage: () => undefined };
  const engine = new Engine({ clock, backend, scheduler, schedulerName: 'bench', functions, recorder, keepAliveMs: 600_000, maxAttempts: 1, stallTimeoutMs: 30_000, onFinished });
  await backend.open({ listener: engine, functions, inputOf: () => undefined, resourceCache: { policy: 'off' } });
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

/** Arrival to handler start of warm no-ops, one at a time. */
export async function dispatchOverhead(count, createBackend) {
  const overheadsMs = [];
  let next = 1;
  const finished = new Promise((resolve, reject) => {
    void openRig({
      scheduler: warmFirst,
      createBackend,
      onOutcome: (outcome) => {
        if (outcome.id > 200) overheadsMs.push(outcome.startedMs - outcome.submittedMs);
        setImmediate(() => (next < count ? rig.engine.submit(next++, 'noop', rig.clock.nowMs()) : rig.engine.arrivalsDone()));
      },
      onFinished: (error) => (error === undefined ? resolve() : reject(error)),
    }).then((opened) => {
      rig = opened;
      rig.engine.submit(0, 'noop', rig.clock.nowMs());
    }, reject);
  });
  let rig;
  await finished;
  await rig.backend.close();
  return { p50: quantile(overheadsMs, 0.5), p99: quantile(overheadsMs, 0.99) };
}
