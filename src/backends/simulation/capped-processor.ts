import { CappedShares } from './capped-shares.js';
import { workClass, type Cores, type CpuAccount, type WorkClass, type WorkOwner } from './cores.js';
import type { EventHandler, StandingEvent } from './event-queue.js';
import { HeapKeys } from './ordered-heap.js';
import { ServicePool } from './service-pool.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * The cores of a host whose containers use at most so many of them each, as with `docker --cpus`: the shares of `Processor`, but what a
 * cap holds back goes to the others. Real-time work is not held by the cap, as with quotas in Linux, but what it uses counts: the rest of
 * the cap is for the other work of its container. In O(log n) per change and the number of kinds of containers, by how much work they have.
 */
export class CappedProcessor implements Cores, EventHandler {
  readonly cores: number;
  readonly #clock: VirtualClock;
  readonly #shares: CappedShares;
  readonly #fifo = new ServicePool(new HeapKeys());
  /** Work of the real-time class that waits for a core. */
  readonly #fifoQueue: number[] = [];
  readonly #mostFifo: number;

  // By work.
  readonly #class: (WorkClass | -1)[] = [];
  readonly #enteredAt: number[] = [];
  readonly #queuedMs: number[] = [];
  readonly #owner: (WorkOwner | undefined)[] = [];
  readonly #account: (CpuAccount | undefined)[] = [];
  readonly #free: number[] = [];

  readonly #nextDone: StandingEvent;
  #firing = false;
  #atMs = 0;
  #usedMs = 0;

  constructor(clock: VirtualClock, cores: number, containerCores: number) {
    this.#clock = clock;
    this.cores = cores;
    this.#shares = new CappedShares(Math.min(cores, containerCores));
    this.#mostFifo = Math.ceil(cores);
    this.#nextDone = clock.events.addStanding(this);
  }

  get usedMs(): number {
    this.#advance();
    return this.#usedMs;
  }

  accountMs(account: CpuAccount): number {
    this.#advance();
    let ms = account.settledMs;
    for (const cpuClass of Object.values(workClass)) ms += (account.running[cpuClass] as number) * this.#attainedMs(account, cpuClass) - (account.enteredAt[cpuClass] as number);
    return ms;
  }

  begin(account: CpuAccount, workMs: number, cpuClass: WorkClass, owner: WorkOwner): number {
    this.#advance();
    const work = this.#free.length > 0 ? (this.#free.pop() as number) : this.#class.length;
    this.#owner[work] = owner;
    this.#account[work] = account;
    this.#enter(work, workMs, cpuClass);
    this.#settle();
    return work;
  }

  setClass(work: number, cpuClass: WorkClass): void {
    this.#advance();
    this.#enter(work, this.#leave(work), cpuClass);
    this.#settle();
  }

  abandon(work: number): void {
    this.#advance();
    this.#leave(work);
    this.#release(work);
    this.#settle();
  }

  /** The first work is done. */
  fire(): void {
    this.#advance();
    this.#firing = true;
    while (this.#fifo.due) this.#end(this.#fifo.heap.top);
    for (let work = this.#shares.due(); work >= 0; work = this.#shares.due()) this.#end(work);
    this.#firing = false;
    this.#settle();
  }

  #end(work: number): void {
    const owner = this.#owner[work] as WorkOwner;
    this.#leave(work);
    this.#release(work);
    owner.workDone();
  }

  #release(work: number): void {
    this.#owner[work] = undefined;
    this.#account[work] = undefined;
    this.#free.push(work);
  }

  #attainedMs(account: CpuAccount, cpuClass: WorkClass): number {
    return cpuClass === workClass.fifo ? this.#fifo.attainedMs : this.#shares.attainedMs(account, cpuClass);
  }

  #enter(work: number, workMs: number, cpuClass: WorkClass): void {
    const fifo = this.#fifo;
    if (cpuClass === workClass.fifo && fifo.heap.size >= this.#mostFifo) {
      this.#class[work] = -1;
      this.#queuedMs[work] = workMs;
      this.#fifoQueue.push(work);
      return;
    }
    if (fifo.heap.size === 0) fifo.attainedMs = 0;
    const account = this.#account[work] as CpuAccount;
    const attainedMs = this.#attainedMs(account, cpuClass);
    this.#class[work] = cpuClass;
    this.#enteredAt[work] = attainedMs;
    account.enter(cpuClass, attainedMs);
    if (cpuClass === workClass.fifo) {
      fifo.heap.push(work, attainedMs + workMs);
      this.#shares.fifoChanged(account);
    } else this.#shares.enter(work, workMs, account, cpuClass);
  }

  /** Returns what is left of it, in ms. */
  #leave(work: number): number {
    const cpuClass = this.#class[work] as WorkClass | -1;
    if (cpuClass === -1) {
      this.#fifoQueue.splice(this.#fifoQueue.indexOf(work), 1);
      return this.#queuedMs[work] as number;
    }
    const account = this.#account[work] as CpuAccount;
    account.leave(cpuClass, this.#enteredAt[work] as number, this.#attainedMs(account, cpuClass));
    if (cpuClass !== workClass.fifo) return this.#shares.leave(work, account, cpuClass);
    const fifo = this.#fifo;
    const leftMs = Math.max(0, (fifo.keys.keys[work] as number) - fifo.attainedMs);
    fifo.heap.remove(work);
    this.#shares.fifoChanged(account);
    const next = this.#fifoQueue.shift();
    if (next !== undefined) this.#enter(next, this.#queuedMs[next] as number, workClass.fifo);
    return leftMs;
  }

  /** Brings attained service up to now. */
  #advance(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#atMs;
    if (passedMs === 0) return;
    this.#atMs = nowMs;
    const fifo = this.#fifo;
    fifo.attainedMs += passedMs * fifo.rate;
    this.#shares.advance(passedMs);
    this.#usedMs += passedMs * (fifo.heap.size * fifo.rate + this.#shares.usedCores);
  }

  /** Shares the cores anew and finds who is done next. */
  #settle(): void {
    // Once for all that happens when work is done.
    if (this.#firing) return;
    const fifo = this.#fifo;
    const fifoCount = fifo.heap.size;
    fifo.rate = fifoCount <= this.cores ? 1 : this.cores / fifoCount;
    const nextInMs = this.#shares.share(Math.max(0, this.cores - fifoCount));
    this.#nextDone.moveTo(this.#atMs + Math.min(fifo.nextInMs, nextInMs));
  }
}
