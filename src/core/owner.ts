import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that something belongs to, so that others can tell whether it is still there. */
export interface Owner {
  readonly machine: string;
  /** Differs between two starts of a machine. */
  readonly boot: string;
  /** Process ids mean something within it only. */
  readonly pidSpace: string;
  readonly pid: number;
  /** When the process began, in ticks of the kernel: ids are given again. */
  readonly startTick: string;
}

function orEmpty(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/** Has ended, and whoever started it has not asked how: it keeps its id, for good where nobody ever asks. */
const zombie = 'Z';

function startTickOf(pid: number): string {
  return orEmpty(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === zombie ? zombie : (fields[19] ?? '');
  });
}

export function thisProcess(): Owner {
  return {
    // Hashed: the id of a machine is not to be given to others.
    machine: createHash('sha256').update(`${hostname()} ${orEmpty(() => readFileSync('/etc/machine-id', 'latin1'))}`).digest('hex').slice(0, 16),
    boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    pidSpace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    startTick: startTickOf(process.pid),
  };
}

export function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    const { machine, boot, pidSpace, pid, startTick } = owner;
    const isWhole = [machine, boot, pidSpace, startTick].every((value) => typeof value === 'string') && Number.isInteger(pid);
    return isWhole ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether no process here has this id. */
export function hasNoProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Whether an owner is known to be gone; one on another machine, or whose process ids mean nothing here, is not. */
export function isGone(owner: Owner): boolean {
  const here = thisProcess();
  if (owner.machine !== here.machine) return false;
  if (owner.boot !== here.boot) return true;
  if (owner.pidSpace !== here.pidSpace) return false;
  return hasNoProcess(owner.pid) || startTickOf(owner.pid) !== owner.startTick;
}

/** Whether an owner is known to be alive: it is of this machine, and its process is there. */
export function isAlive(owner: Owner): boolean {
  const here = thisProcess();
  return owner.machine === here.machine && owner.pidSpace === here.pidSpace && !isGone(owner);
}
