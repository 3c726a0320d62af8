import { parentPort, workerData } from 'node:worker_threads';
import { kernelThreadId } from '../core/kernel-thread.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import type { PacerData, PacerReady, PacerStart } from './pacer-protocol.js';

/**
 * The pacing thread: sleeps on a futex until shortly before an arrival is due and spins the rest, because Node's timers have a grain
 * of a millisecond. It never waits for anybody: arrivals are told when they are due, whatever became of the earlier ones.
 */
const spinMs = 0.2;

const { intendedMs, stop } = workerData as PacerData;

/** False when asked to stop meanwhile. */
function waitUntil(dueMs: number): boolean {
  for (let leftMs = dueMs - monotonicNowMs(); leftMs > 0; leftMs = dueMs - monotonicNowMs()) {
    if (leftMs > spinMs && Atomics.wait(stop, 0, 0, leftMs - spinMs) !== 'timed-out') return false;
  }
  return true;
}

parentPort?.once('message', ({ startMs }: PacerStart) => {
  for (let next = 0; next < intendedMs.length; ) {
    if (!waitUntil(startMs + (intendedMs[next] as number))) break;
    const nowMs = monotonicNowMs();
    while (next < intendedMs.length && startMs + (intendedMs[next] as number) <= nowMs) next += 1;
    parentPort?.postMessage(next);
  }
  parentPort?.close();
});
const ready: PacerReady = { threadId: kernelThreadId() };
parentPort?.postMessage(ready);
