import { AccountedCores } from './accounted-cores.js';
import { workClass, yieldingWeight, type CpuAccount, type WorkClass } from './cores.js';
import { HeapKeys } from './ordered-heap.js';
import { ServicePool } from './service-pool.js';

/**
 * The cores of a host under a fair scheduler, as processor sharing over runnable work (and not over containers, which no limit holds):
 * every work gets min(1, its weight x level) of a core, the level being such that the cores are used up. As much work of the real-time
 * class as there are cores goes before, first come first served. All in O(log n) per change.
 */
export class Processor extends AccountedCores {
  readonly #keys = new HeapKeys();
  /** By work class. */
  readonly #pools: readonly ServicePool[] = [new ServicePool(this.#keys), new ServicePool(this.#keys), new ServicePool(this.#keys)];

  protected get fifoCount(): number {
    return this.#pool(workClass.fifo).heap.size;
  }

  protected attainedMs(_account: CpuAccount, cpuClass: WorkClass): number {
    return this.#pool(cpuClass).attainedMs;
  }

  /** So that attained service never grows so large that small work is lost in it. */
  protected startAnew(cpuClass: WorkClass): void {
    const pool = this.#pool(cpuClass);
    if (pool.heap.size === 0) pool.attainedMs = 0;
  }

  protected put(work: number, workMs: number, _account: CpuAccount, cpuClass: WorkClass): void {
    const pool = this.#pool(cpuClass);
    pool.heap.push(work, pool.attainedMs + workMs);
  }

  protected take(work: number, _account: CpuAccount, cpuClass: WorkClass): number {
    return this.#pool(cpuClass).take(work);
  }

  protected serve(passedMs: number): number {
    let usedMs = 0;
    for (let c = 0; c < 3; c += 1) {
      const pool = this.#pools[c] as ServicePool;
      if (pool.heap.size === 0) continue;
      pool.attainedMs += passedMs * pool.rate;
      usedMs += passedMs * pool.rate * pool.heap.size;
    }
    return usedMs;
  }

  protected endDue(): void {
    for (let c = 0; c < 3; c += 1) {
      const pool = this.#pools[c] as ServicePool;
      while (pool.due) this.end(pool.heap.top);
    }
  }

  protected settle(): void {
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
    this.nextDone.moveTo(this.atMs + Math.min(fifo.nextInMs, fair.nextInMs, yielding.nextInMs));
  }

  #pool(cpuClass: WorkClass): ServicePool {
    return this.#pools[cpuClass] as ServicePool;
  }
}
