import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CgroupFiles } from '../../src/core/index.js';

/** What stands in files, by their path below a folder. */
export type Files = Readonly<Record<string, string>>;

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The group is gone. */
export function removeFiles(folder: string): void {
  rmSync(folder, { recursive: true });
}

interface Usage {
  readonly cpuMs: number;
  readonly chargedMb: number;
  readonly inactiveFileMb: number;
  readonly anonymousMb: number;
}

const mb = 1_048_576;

/** The files of a control group of version 1, as Linux writes them: memory.stat has the same keys for the group alone and, with `total_`, with those below. */
export function version1({ cpuMs, chargedMb, inactiveFileMb, anonymousMb }: Usage): Files {
  return {
    'cpuacct.usage': `${cpuMs * 1_000_000}\n`,
    'memory.usage_in_bytes': `${chargedMb * mb}\n`,
    'memory.max_usage_in_bytes': `${2 * chargedMb * mb}\n`,
    'memory.stat': `cache 1\nrss 2\nrss_huge 3\ninactive_anon 4\ninactive_file 5\ntotal_cache 6\ntotal_rss ${anonymousMb * mb}\ntotal_rss_huge 7\ntotal_inactive_file ${inactiveFileMb * mb}\ntotal_unevictable 0\n`,
  };
}

export function version2({ cpuMs, chargedMb, inactiveFileMb, anonymousMb }: Usage): Files {
  return {
    'cpu.stat': `usage_usec ${cpuMs * 1_000}\nuser_usec 1\nsystem_usec 2\n`,
    'memory.current': `${chargedMb * mb}\n`,
    'memory.peak': `${2 * chargedMb * mb}\n`,
    'memory.stat': `anon ${anonymousMb * mb}\nfile 1\nkernel 2\ninactive_anon 3\nactive_anon 4\ninactive_file ${inactiveFileMb * mb}\nactive_file 5\n`,
  };
}

/** All files of a group of version 1 in one folder. */
export function writeGroup1(folder: string, usage: Usage): CgroupFiles {
  writeFiles(folder, version1(usage));
  const path = (name: string): string => join(folder, name);
  return { version: 1, cpu: path('cpuacct.usage'), memoryUsage: path('memory.usage_in_bytes'), memoryStat: path('memory.stat'), memoryPeak: path('memory.max_usage_in_bytes') };
}
