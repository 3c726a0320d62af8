import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CpuClass, CpuState } from '../../core/index.js';

/** Below the harness, which measures, and its helper, which must get through while both cores are taken; above everything else. */
const containerPriority = 30;
const helperPriority = 40;

/** Why processes cannot be put into the real-time class here; undefined when they can. */
export function whyNoRealTime(): string | undefined {
  try {
    execFileSync('chrt', ['--fifo', String(containerPriority), 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (thrown) {
    const { code, stderr } = thrown as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') return 'there is no chrt here (util-linux)';
    return `chrt --fifo is refused: ${stderr?.toString().trim().split('\n')[0] ?? 'unknown reason'}`;
  }
}

/**
 * Moves processes between the real-time class and fair share. Node cannot, so a small shell, itself in the real-time class, runs
 * `chrt` for every change: about 2 ms, most of it the start of `chrt`. It ends when its input does, so it does not outlive the harness.
 * All threads of a process change together, and threads made later inherit: a main thread in the real-time class that spins for a
 * thread of its own process in the normal class (seen with `--reset-on-fork`) would keep it from the core for ever.
 */
export class CpuClassControl {
  readonly #helper: ChildProcess;

  constructor() {
    const program = 'while read -r class priority pid; do chrt --all-tasks "$class" --pid "$priority" "$pid" 2>/dev/null; done';
    this.#helper = spawn('chrt', ['--fifo', String(helperPriority), 'sh', '-c', program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // A container may have ended before its turn came, and the helper may have ended with the cell.
    this.#helper.on('error', () => undefined);
    this.#helper.stdin?.on('error', () => undefined);
  }

  set(pid: number, cpuClass: CpuClass): void {
    this.#helper.stdin?.write(cpuClass === 'fifo' ? `--fifo ${containerPriority} ${pid}\n` : `--other 0 ${pid}\n`);
  }

  close(): void {
    this.#helper.stdin?.end();
  }
}

/** State of a process's main thread, on which serial batches run. One that is gone sleeps. */
export function cpuStateOf(pid: number): CpuState {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'R' ? 'runnable' : 'sleeping';
  } catch {
    return 'sleeping';
  }
}
