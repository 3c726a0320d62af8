import { workClass, yieldingWeight, type Cores, type CpuAccount, type WorkClass, type WorkOwner } from './cores.js';
import type { EventHandler, StandingEvent } from './event-queue.js';
import { HeapKeys } from './ordered-heap.js';
import { ServicePool } from './service-pool.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * The cores of a host under a fair scheduler, as processor sharing over runnable work (and not over containers, which no limit holds):
 * every work gets min(1, its weight x level) of a core, the level being such that the cores are used up. As much work of the real-time
 * class as there are cores goes before, first come first served. All in O(log n) per change.
 */
export class Processor implements Cores, EventHandler {
  readonly cores: number;
  readonly #clock: VirtualClock;
  readonly #keys = new HeapKeys();
  readonly #pools: readonly ServicePool[];
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
  #atMs = 0;
  #usedMs = 0;

  constructor(clock: VirtualClock, cores: number) {
    this.#clock = clock;
    this.cores = cores;
    this.#mostFifo = Math.ceil(cores);
    this.#nextDone = clock.events.addStanding(this);
    this.#pools = [new ServicePool(this.#keys), new ServicePool(this.#keys), new ServicePool(this.#keys)];
  }

  get usedMs(): number {
    this.#advance();
    return this.#usedMs;
  }

  accountMs(account: CpuAccount): number {
    this.#advance();
    let ms = account.settledMs;
    for (let c = 0; c < 3; c += 1) ms += (account.running[c] as number) * (this.#pools[c] as ServicePool).attainedMs - (account.enteredAt[c] as number);
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
    for (let c = 0; c < 3; c += 1) {
      const pool = this.#pools[c] as ServicePool;
      while (pool.due) {
        const work = pool.heap.top;
        const owner = this.#owner[work] as WorkOwner;
        this.#leave(work);
        this.#release(work);
        owner.workDone();
      }
    }
    this.#settle();
  }

  #release(work: number): void {
    this.#owner[work] = undefined;
    this.#account[work] = undefined;
    this.#free.push(work);
  }

  #enter(work: number, workMs: number, cpuClass: WorkClass): void {
    const pool = this.#pools[cpuClass] as ServicePool;
    if (cpuClass === workClass.fifo && pool.heap.size >= this.#mostFifo) {
      this.#class[work] = -1;
      this.#queuedMs[work] = workMs;
      this.#fifoQueue.push(work);
      return;
    }
    // An empty pool starts anew, so that attained service never grows so large that small work is lost in it.
    if (pool.heap.size === 0) pool.attainedMs = 0;
    this.#class[work] = cpuClass;
    this.#enteredAt[work] = pool.attainedMs;
    (this.#account[work] as CpuAccount).enter(cpuClass, pool.attainedMs);
    pool.heap.push(work, pool.attainedMs + workMs);
  }

  /** Returns what is left of it, in ms. */
  #leave(work: number): number {
    const cpuClass = this.#class[work] as WorkClass | -1;
    if (cpuClass === -1) {
      this.#fifoQueue.splice(this.#fifoQueue.indexOf(work), 1);
      return this.#queuedMs[work] as number;
    }
    const pool = this.#pools[cpuClass] as ServicePool;
    const leftMs = Math.max(0, (this.#keys.keys[work] as number) - pool.attainedMs);
    pool.heap.remove(work);
    (this.#account[work] as CpuAccount).leave(cpuClass, this.#enteredAt[work] as number, pool.attainedMs);
    if (cpuClass === workClass.fifo && this.#fifoQueue.length > 0) {
      const next = this.#fifoQueue.shift() as number;
      this.#enter(next, this.#queuedMs[next] as number, workClass.fifo);
    }
    return leftMs;
  }

  /** Brings attained service up to now. */
  #advance(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#atMs;
    if (passedMs === 0) return;
    this.#atMs = nowMs;
    for (let c = 0; c < 3; c += 1) {
      const pool = this.#pools[c] as ServicePool;
      if (pool.heap.size === 0) continue;
      pool.attainedMs += passedMs * pool.rate;
      this.#usedMs += passedMs * pool.rate * pool.heap.size;
    }
  }

  /** Shares the cores anew and finds who is done next. */
  #settle(): void {
    const [fifo, fair, yielding] = this.#pools as [ServicePool, ServicePool, ServicePool];
    const { cores } = this;
    const fifoCount = fifo.heap.size;
    const fairCount = fair.heap.size;
    const yieldingCount = yielding.heap.size;
    fifo.rate = fifoCount <= cores ? 1 : cores / fifoCount;
    const left = Math.max(0, cores - fifoCount);
    const level = left / (fairCount + yieldingWeight * yieldingCount);
    fair.rate = Math.min(1, level);
    // Where the others do not use the cores up, those that yield share the rest.
    yielding.rate = level <= 1 ? yieldingWeight * level : Math.min(1, (left - fairCount) / yieldingCount);
    this.#nextDone.moveTo(this.#atMs + Math.min(fifo.nextInMs, fair.nextInMs, yielding.nextInMs));
  }
}
