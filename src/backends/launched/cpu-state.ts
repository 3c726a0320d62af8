import { closeSync, openSync, readSync } from 'node:fs';
import type { CpuState } from '../../core/index.js';

/** Enough of /proc/<pid>/stat for the id, the name (16 bytes) and the state. */
const buffer = Buffer.alloc(64);
const running = 'R'.charCodeAt(0);
const nameEnd = ')'.charCodeAt(0);

/** Reads the state of a process's main thread, on which serial batches run; the file stays open, as it is read every ms. */
export class CpuStateReader {
  readonly #pid: number;
  #fd: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** One that is gone sleeps. */
  read(): CpuState {
    try {
      this.#fd ??= openSync(`/proc/${this.#pid}/stat`, 'r');
      const length = readSync(this.#fd, buffer, 0, buffer.length, 0);
      return buffer[buffer.lastIndexOf(nameEnd, length - 1) + 2] === running ? 'runnable' : 'sleeping';
    } catch {
      return 'sleeping';
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
