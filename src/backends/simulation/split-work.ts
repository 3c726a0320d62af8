import type { Cores, CpuAccount, WorkClass, WorkOwner } from './cores.js';

class Part implements WorkOwner {
  /** On the cores. */
  work = -1;
  readonly #onDone: (part: Part) => void;

  constructor(onDone: (part: Part) => void) {
    this.#onDone = onDone;
  }

  workDone(): void {
    this.#onDone(this);
  }
}

interface Split {
  readonly workMs: number;
  readonly threads: number;
}

/** CPU work that threads share evenly; it is done when the last of them is. */
export class SplitWork {
  readonly #cores: Cores;
  readonly #onDone: () => void;
  readonly #parts = new Set<Part>();

  constructor(cores: Cores, onDone: () => void) {
    this.#cores = cores;
    this.#onDone = onDone;
  }

  begin(account: CpuAccount, { workMs, threads }: Split, cpuClass: WorkClass): this {
    for (let i = 0; i < threads; i += 1) {
      const part = new Part((done) => this.#partDone(done));
      this.#parts.add(part);
      part.work = this.#cores.begin(account, workMs / threads, cpuClass, part);
    }
    return this;
  }

  setClass(cpuClass: WorkClass): void {
    for (const { work } of this.#parts) this.#cores.setClass(work, cpuClass);
  }

  abandon(): void {
    for (const { work } of this.#parts) this.#cores.abandon(work);
    this.#parts.clear();
  }

  #partDone(part: Part): void {
    this.#parts.delete(part);
    if (this.#parts.size === 0) this.#onDone();
  }
}
