import { openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(128);
let schedstat: number | undefined;
try {
  // Resolved to the opening thread, so each thread must open it for itself; this module is loaded once a thread.
  schedstat = openSync('/proc/thread-self/schedstat', 'r');
} catch {
  schedstat = undefined;
}

/** CPU time of the calling thread in ms, or NaN where the kernel does not tell (no Linux, no schedstats). */
export function threadCpuMs(): number {
  if (schedstat === undefined) return Number.NaN;
  const length = readSync(schedstat, buffer, 0, buffer.length, 0);
  return Number.parseInt(buffer.toString('latin1', 0, length), 10) / 1e6;
}
