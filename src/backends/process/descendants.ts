import { readdirSync, readFileSync } from 'node:fs';
import { markVariable } from '../launched/launcher-protocol.js';

/** Sends SIGKILL to a process group; true when there was one. */
export function killGroup(leaderPid: number): boolean {
  try {
    process.kill(-leaderPid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/**
 * Kills every process that carries the mark in its environment: what a function started and detached from its group. Only Linux
 * tells environments (/proc); elsewhere a detached descendant can survive its container.
 */
export function killMarked(mark: string): number {
  const wanted = `${markVariable}=${mark}`;
  let killed = 0;
  for (const pid of processIds()) {
    if (pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted)) continue;
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return killed;
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** All processes below the given ones, as /proc tells; none where there is no /proc. */
export function descendantsOf(pids: readonly number[]): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const pid of pids.length === 0 ? [] : processIds()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
    } catch {
      // It ended meanwhile.
    }
  }
  const found: number[] = [];
  for (const open = [...pids]; open.length > 0; ) {
    const children = childrenOf.get(open.pop() as number) ?? [];
    found.push(...children);
    open.push(...children);
  }
  return found;
}

export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

const kernelPageKb = ((): number => {
  try {
    return Number(/KernelPageSize:\s+(\d+) kB/.exec(readFileSync('/proc/self/smaps', 'latin1'))?.[1] ?? 4);
  } catch {
    return 4;
  }
})();

/** Resident memory of a process in MB from /proc, or undefined where that cannot be read. */
export function residentMb(pid: number): number | undefined {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * kernelPageKb) / 1024;
  } catch {
    return undefined;
  }
}
