import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
  /** Whether it is a container, or something that a container started. */
  readonly marked: boolean;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return '';
  }
}

/** Every process that was started with this folder for its temporary files. Only Linux tells; elsewhere there are none to see. */
export function processesOf(temporary: string): FoundProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), environment: read(`/proc/${pid}/environ`).split('\0'), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ environment }) => environment.includes(`TMPDIR=${temporary}`))
    .map(({ pid, command, environment }) => ({ pid, command, marked: environment.some((entry) => entry.startsWith('FBB_MARK=')) }));
}

/** The sockets of the containers that listen. */
export function socketsIn(temporary: string): string[] {
  return readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.sock'));
}

/** Waits for the run to have a container, so that what follows hits it in mid-cell. */
export async function containerIsUp(temporary: string): Promise<void> {
  await vi.waitUntil(() => socketsIn(temporary).length > 0, { timeout: 20_000, interval: 20 });
}

/** What is left of a run, after waiting up to 5 s for it to go: processes, and files in its folder for temporary files. */
export async function leftOver(temporary: string): Promise<string[]> {
  const found = (): string[] => [...processesOf(temporary).map(({ pid, command }) => `${pid} ${command}`), ...readdirSync(temporary).map((name) => join(temporary, name))];
  await vi.waitUntil(() => found().length === 0, { timeout: 5_000, interval: 50 }).catch(() => undefined);
  return found();
}
