import type { ContainerReading } from '../../core/container-observer.js';

const nsPerMs = 1e6;
const mb = 1_048_576;

interface Stats {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: { readonly usage?: number; readonly max_usage?: number; readonly stats?: Readonly<Record<string, number>> };
}

/** A line of Docker's stats stream; undefined for a container that does not run. */
export function readStats(line: unknown): ContainerReading | undefined {
  const { cpu_stats: cpu, memory_stats: memory } = line as Stats;
  const usage = memory?.usage;
  const cpuNs = cpu?.cpu_usage?.total_usage;
  if (usage === undefined || cpuNs === undefined) return undefined;
  const inactiveFile = memory?.stats?.['total_inactive_file'] ?? memory?.stats?.['inactive_file'] ?? 0;
  return { cpuMs: cpuNs / nsPerMs, memoryMb: Math.max(0, usage - inactiveFile) / mb };
}
