import { readFileSync } from 'node:fs';
import { arch, cpus, freemem, loadavg, platform, release, totalmem } from 'node:os';

/** What a result depends on besides the suite; stored with it, compared before two are. */
export interface HostFingerprint {
  readonly platform: string;
  readonly kernel: string;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** How CPU frequency is governed, where Linux tells. */
  readonly cpuGovernor: string | null;
  /** Runnable processes averaged over the minute before the suite; far above 0 means the host was not quiet. */
  readonly loadAverageBefore: number;
}

function cpuGovernor(): string | null {
  try {
    return readFileSync('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'utf8').trim();
  } catch {
    return null;
  }
}

export function hostFingerprint(): HostFingerprint {
  const processors = cpus();
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    cpuModel: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round((totalmem() / 1_073_741_824) * 10) / 10,
    node: process.version,
    cpuGovernor: cpuGovernor(),
    loadAverageBefore: loadavg()[0] ?? 0,
  };
}

const mb = 1_048_576;

/** Memory that can be had without swapping, in MB: what is free, and what the kernel would give up. */
export function availableMemoryMb(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1_024;
  } catch {
    // No Linux.
  }
  return freemem() / mb;
}
