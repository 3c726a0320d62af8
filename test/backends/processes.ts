import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process runs. One that is dead and not yet collected by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(status.charAt(status.lastIndexOf(')') + 2));
  } catch {
    // Linux: it ended between the two reads. Elsewhere there is no /proc, and the signal has told.
    return process.platform !== 'linux';
  }
}

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Every running process that was started with this line in its environment. Linux only. */
export function processesWith(variable: string, value: string): FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(`${variable}=${value}`)) continue;
      found.push({ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim() });
    } catch {
      // It ended meanwhile.
    }
  }
  return found.filter(({ pid }) => isRunning(pid));
}
