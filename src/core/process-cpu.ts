const microsecondsPerMs = 1_000;

/** CPU time of this process since its start, in ms. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / microsecondsPerMs;
}
