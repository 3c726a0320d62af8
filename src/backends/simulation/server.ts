import { CpuAccount, workClass, type Cores, type WorkOwner } from './cores.js';

interface ServerTask {
  readonly workMs: number;
  readonly done: () => void;
}

/** A server that runs on the host beside the containers, on one thread: it takes one request after another. */
export class Server implements WorkOwner {
  readonly #cores: Cores;
  readonly #account = new CpuAccount(false);
  readonly #line: ServerTask[] = [];
  #current: ServerTask | undefined;

  constructor(cores: Cores) {
    this.#cores = cores;
  }

  /** `done` is called also when who asked is gone: the server does not know. */
  serve(workMs: number, done: () => void): void {
    this.#line.push({ workMs, done });
    if (this.#current === undefined) this.#next();
  }

  workDone(): void {
    const { done } = this.#current as ServerTask;
    this.#next();
    done();
  }

  #next(): void {
    this.#current = this.#line.shift();
    if (this.#current !== undefined) this.#cores.begin(this.#account, this.#current.workMs, workClass.fair, this);
  }
}
