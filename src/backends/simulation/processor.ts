import type { EventHandler } from './event-queue.js';
import { HeapKeys, OrderedHeap } from './ordered-heap.js';
import type { VirtualClock } from './virtual-clock.js';

/** Whose work it is; told when it is done. */
export interface WorkOwner {
  workDone(argument: number): void;
}

/** Which work runs before which: the real-time class before the normal one, and there those that yield (nice 19) after the others. */
export const workClass = { fifo: 0, fair: 1, yielding: 2 } as const;
export type WorkClass = (typeof workClass)[keyof typeof workClass];

/** Weight of nice 19 against nice 0 in Linux (15 of 1024). */
const yieldingWeight = 15 / 1_024;

/** Work that is nearer to its end than this is done: 1 ns. */
const doneWithinMs = 1e-6;

/** CPU time of one container. */
export class CpuAccount {
  /** Of work that has left its pool. */
  settledMs = 0;
  /** By work class: how much of its work runs there, and the sum of the pool's attained service when each entered. */
  readonly running = [0, 0, 0];
  readonly enteredAt = [0, 0, 0];
}

/** Equal shares by virtual time: all in the pool attain service at one rate, so who ends first is known by a key that never changes. */
class SharedPool {
  readonly heap: OrderedHeap;
  readonly keys: HeapKeys;
  /** Service that one who was here from the beginning has attained, in ms. */
  attainedMs = 0;
  rate = 0;

  constructor(keys: HeapKeys) {
    this.keys = keys;
    this.heap = new OrderedHeap(keys);
  }

  /** Ms until the first of them is done; infinite when none gets anything. */
  get nextInMs(): number {
    if (this.heap.size === 0) return Number.POSITIVE_INFINITY;
    const leftMs = (this.keys.keys[this.heap.top] as number) - this.attainedMs;
    // Work of nothing is done even where nobody gets anything.
    return leftMs > 0 ? leftMs / this.rate : 0;
  }
}

/**
 * The cores of a host under a fair scheduler, as processor sharing over runnable work (and not over containers, which no limit holds):
 * every work gets min(1, its weight x level) of a core, the level being such that the cores are used up. As much work of the real-time
 * class as there are cores goes before, first come first served. All in O(log n) per change.
 */
export class Processor implements EventHandler {
  readonly cores: number;
  readonly #clock: VirtualClock;
  readonly #keys = new HeapKeys();
  readonly #pools: readonly SharedPool[];
  /** Work of the real-time class that waits for a core. */
  readonly #fifoQueue: number[] = [];
  readonly #mostFifo: number;

  // By work.
  readonly #class: (WorkClass | -1)[] = [];
  readonly #enteredAt: number[] = [];
  readonly #queuedMs: number[] = [];
  readonly #owner: (WorkOwner | undefined)[] = [];
  readonly #argument: number[] = [];
  readonly #account: (CpuAccount | undefined)[] = [];
  readonly #free: number[] = [];

  #atMs = 0;
  #event = -1;
  #eventMs = Number.POSITIVE_INFINITY;
  #usedMs = 0;

  /** `cores` need not be whole: threads of one core share it. */
  constructor(clock: VirtualClock, cores: number) {
    this.#clock = clock;
    this.cores = cores;
    this.#mostFifo = Math.max(1, Math.floor(cores));
    this.#pools = [new SharedPool(this.#keys), new SharedPool(this.#keys), new SharedPool(this.#keys)];
  }

  /** Core-ms that were used so far. */
  get usedMs(): number {
    this.#advance();
    return this.#usedMs;
  }

  /** CPU time of a container so far, in ms. */
  accountMs(account: CpuAccount): number {
    this.#advance();
    let ms = account.settledMs;
    for (let c = 0; c < 3; c += 1) ms += (account.running[c] as number) * (this.#pools[c] as SharedPool).attainedMs - (account.enteredAt[c] as number);
    return ms;
  }

  /** Begins work of `workMs` on one core. Returns its number, which is used again once it is done. */
  begin(account: CpuAccount, workMs: number, cpuClass: WorkClass, owner: WorkOwner, argument: number): number {
    this.#advance();
    const work = this.#free.length > 0 ? (this.#free.pop() as number) : this.#class.length;
    this.#owner[work] = owner;
    this.#argument[work] = argument;
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

  /** Takes out work that will not be done. */
  abandon(work: number): void {
    this.#advance();
    this.#leave(work);
    this.#release(work);
    this.#settle();
  }

  /** The first work is done. */
  fire(): void {
    this.#event = -1;
    this.#eventMs = Number.POSITIVE_INFINITY;
    this.#advance();
    for (let c = 0; c < 3; c += 1) {
      const pool = this.#pools[c] as SharedPool;
      while (pool.heap.size > 0 && (this.#keys.keys[pool.heap.top] as number) - pool.attainedMs <= doneWithinMs) {
        const work = pool.heap.top;
        const owner = this.#owner[work] as WorkOwner;
        const argument = this.#argument[work] as number;
        this.#leave(work);
        this.#release(work);
        owner.workDone(argument);
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
    const pool = this.#pools[cpuClass] as SharedPool;
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
    const account = this.#account[work] as CpuAccount;
    account.running[cpuClass] = (account.running[cpuClass] as number) + 1;
    account.enteredAt[cpuClass] = (account.enteredAt[cpuClass] as number) + pool.attainedMs;
    pool.heap.push(work, pool.attainedMs + workMs);
  }

  /** Returns what is left of it, in ms. */
  #leave(work: number): number {
    const cpuClass = this.#class[work] as WorkClass | -1;
    if (cpuClass === -1) {
      this.#fifoQueue.splice(this.#fifoQueue.indexOf(work), 1);
      return this.#queuedMs[work] as number;
    }
    const pool = this.#pools[cpuClass] as SharedPool;
    const leftMs = Math.max(0, (this.#keys.keys[work] as number) - pool.attainedMs);
    pool.heap.remove(work);
    const account = this.#account[work] as CpuAccount;
    const enteredAt = this.#enteredAt[work] as number;
    const running = (account.running[cpuClass] as number) - 1;
    account.settledMs += pool.attainedMs - enteredAt;
    account.running[cpuClass] = running;
    account.enteredAt[cpuClass] = running === 0 ? 0 : (account.enteredAt[cpuClass] as number) - enteredAt;
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
      const pool = this.#pools[c] as SharedPool;
      if (pool.heap.size === 0) continue;
      pool.attainedMs += passedMs * pool.rate;
      this.#usedMs += passedMs * pool.rate * pool.heap.size;
    }
  }

  /** Shares the cores anew and finds who is done next. */
  #settle(): void {
    const [fifo, fair, yielding] = this.#pools as [SharedPool, SharedPool, SharedPool];
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
    const nextMs = this.#atMs + Math.min(fifo.nextInMs, fair.nextInMs, yielding.nextInMs);
    if (nextMs === this.#eventMs) return;
    this.#eventMs = nextMs;
    const { events } = this.#clock;
    if (nextMs === Number.POSITIVE_INFINITY) {
      events.cancel(this.#event);
      this.#event = -1;
    } else if (this.#event < 0) this.#event = events.schedule(nextMs, this, 0);
    else events.move(this.#event, nextMs);
  }
}
