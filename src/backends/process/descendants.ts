import { readdirSync, readFileSync } from 'node:fs';
import { markVariable } from './launcher-protocol.js';

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
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return 0;
  }
  let killed = 0;
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(wanted)) continue;
      process.kill(Number(name), 'SIGKILL');
      killed += 1;
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return killed;
}

/** Resident memory of a process in MB from /proc, or undefined where that cannot be read. */
export function residentMb(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
