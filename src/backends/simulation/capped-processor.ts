import { AccountedCores } from './accounted-cores.js';
import { CappedShares } from './capped-shares.js';
import { workClass, type CpuAccount, type WorkClass } from './cores.js';
import { HeapKeys } from './ordered-heap.js';
import { ServicePool } from './service-pool.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * The cores of a host whose containers use at most so many of them each, as with `docker --cpus`: the shares of `Processor`, but what a
 * cap holds back goes to the others. Real-time work is not held by the cap, as with quotas in Linux, but what it uses counts: the rest of
 * the cap is for the other work of its container. In O(log n) per change and the number of kinds of containers, by how much work they have.
 */
export class CappedProcessor extends AccountedCores {
  readonly #shares: CappedShares;
  readonly #fifo = new ServicePool(new HeapKeys());
  #ending = false;

  constructor(clock: VirtualClock, cores: number, containerCores: number) {
    super(clock, cores);
    this.#shares = new CappedShares(Math.min(cores, containerCores));
  }

  protected get fifoCount(): number {
    return this.#fifo.heap.size;
  }

  protected attainedMs(account: CpuAccount, cpuClass: WorkClass): number {
    return cpuClass === workClass.fifo ? this.#fifo.attainedMs : this.#shares.attainedMs(account, cpuClass);
  }

  protected startAnew(): void {
    if (this.#fifo.heap.size === 0) this.#fifo.attainedMs = 0;
  }

  protected put(work: number, workMs: number, account: CpuAccount, cpuClass: WorkClass): void {
    if (cpuClass === workClass.fifo) {
      this.#fifo.heap.push(work, this.#fifo.attainedMs + workMs);
      this.#shares.fifoChanged(account);
    } else this.#shares.enter(work, workMs, account, cpuClass);
  }

  protected take(work: number, account: CpuAccount, cpuClass: WorkClass): number {
    if (cpuClass !== workClass.fifo) return this.#shares.leave(work, account, cpuClass);
    const leftMs = this.#fifo.take(work);
    this.#shares.fifoChanged(account);
    return leftMs;
  }

  protected serve(passedMs: number): number {
    const fifo = this.#fifo;
    fifo.attainedMs += passedMs * fifo.rate;
    this.#shares.advance(passedMs);
    return passedMs * (fifo.heap.size * fifo.rate + this.#shares.usedCores);
  }

  protected endDue(): void {
    this.#ending = true;
    while (this.#fifo.due) this.end(this.#fifo.heap.top);
    for (let work = this.#shares.due(); work >= 0; work = this.#shares.due()) this.end(work);
    this.#ending = false;
  }

  protected settle(): void {
    // Once for all that happens when work is done.
    if (this.#ending) return;
    const fifo = this.#fifo;
    const fifoCount = fifo.heap.size;
    fifo.rate = fifoCount <= this.cores ? 1 : this.cores / fifoCount;
    const nextInMs = this.#shares.share(Math.max(0, this.cores - fifoCount));
    this.nextDone.moveTo(this.atMs + Math.min(fifo.nextInMs, nextInMs));
  }
}
