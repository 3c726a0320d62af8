import { workClass, yieldingWeight, type CpuAccount, type WorkClass } from './cores.js';
import { HeapKeys, OrderedHeap } from './ordered-heap.js';
import { ServicePool } from './service-pool.js';

/** Containers have little work each, and there may be many of them. */
const fewEntries = 8;

/** Nearer to all of the cores than this part of them is all of them. */
const rounding = 1e-12;

/** More work than any container has of one class. */
const mostWork = 2 ** 20;

type SharedClass = Exclude<WorkClass, typeof workClass.fifo>;

/** Work of one class in one container, by the container's attained service at which it is done. */
class ClassWork {
  readonly heap: OrderedHeap;
  /** Attained service beyond that of the cohort; all of it when the container is in none. */
  offsetMs = 0;

  constructor(keys: HeapKeys) {
    this.heap = new OrderedHeap(keys, fewEntries);
  }
}

/** Fair and yielding work of one container; the objects are used again. */
class ContainerWork {
  readonly slot: number;
  readonly fair: ClassWork;
  readonly yielding: ClassWork;
  cohort: Cohort | undefined;

  constructor(slot: number, keys: HeapKeys) {
    this.slot = slot;
    this.fair = new ClassWork(keys);
    this.yielding = new ClassWork(keys);
  }
}

/** Containers with equally much work of each class: all of them progress at the same rates. */
class Cohort {
  /** Work of each class in every one of them. */
  readonly fairCount: number;
  readonly yieldingCount: number;
  /** The level from which on the cap holds them; infinite when they cannot use as much. */
  readonly #heldFrom: number;
  /** The containers, by when their first work of the class is done. */
  readonly fair: ServicePool;
  readonly yielding: ServicePool;
  /** Among the cohorts that have containers. */
  place = -1;

  constructor(counts: readonly [fair: number, yielding: number], capCores: number, keys: readonly [HeapKeys, HeapKeys]) {
    [this.fairCount, this.yieldingCount] = counts;
    this.fair = new ServicePool(keys[0], fewEntries);
    this.yielding = new ServicePool(keys[1], fewEntries);
    const [fairCount, yieldingWeights] = [this.fairCount, yieldingWeight * this.yieldingCount];
    if (capCores >= fairCount + this.yieldingCount) this.#heldFrom = Number.POSITIVE_INFINITY;
    else if (capCores <= fairCount + yieldingWeights) this.#heldFrom = capCores / (fairCount + yieldingWeights);
    else this.#heldFrom = (capCores - fairCount) / yieldingWeights;
  }

  get size(): number {
    return (this.fairCount > 0 ? this.fair : this.yielding).heap.size;
  }

  /** Sets what each work gets, and returns the cores that all of them use. */
  share(level: number): number {
    const ownLevel = Math.min(level, this.#heldFrom);
    this.fair.rate = Math.min(1, ownLevel);
    this.yielding.rate = Math.min(1, yieldingWeight * ownLevel);
    return this.size * (this.fairCount * this.fair.rate + this.yieldingCount * this.yielding.rate);
  }

  /** Cores that they would use more for each unit that the level rises. */
  slope(level: number): number {
    if (level >= this.#heldFrom) return 0;
    return this.size * ((level < 1 ? this.fairCount : 0) + (yieldingWeight * level < 1 ? yieldingWeight * this.yieldingCount : 0));
  }
}

/**
 * Max-min fair shares of work in containers that have a cap: every work gets min(1, its weight x level) of a core, and the level is that of
 * the host, or a lower one of the container at which its cap is used up. Nothing is done per work or per container as time passes: work is
 * keyed by the attained service of its container, and containers by that of their cohort.
 */
export class CappedShares {
  readonly #capCores: number;
  readonly #workKeys = new HeapKeys();
  /** Of containers in cohorts, by class. */
  readonly #containerKeys: readonly [HeapKeys, HeapKeys] = [new HeapKeys(), new HeapKeys()];
  readonly #containers: ContainerWork[] = [];
  readonly #freeContainers: ContainerWork[] = [];
  readonly #byAccount = new Map<CpuAccount, ContainerWork>();
  readonly #cohorts = new Map<number, Cohort>();
  readonly #inUse: Cohort[] = [];
  /** Cores used by all. */
  usedCores = 0;
  #level = 0;

  constructor(capCores: number) {
    this.#capCores = capCores;
  }

  /** Service that work of this class has attained since the container has some. */
  attainedMs(account: CpuAccount, cpuClass: SharedClass): number {
    if (account.running[cpuClass] === 0) return 0;
    const { cohort, fair, yielding } = this.#byAccount.get(account) as ContainerWork & { readonly cohort: Cohort };
    return cpuClass === workClass.fair ? cohort.fair.attainedMs + fair.offsetMs : cohort.yielding.attainedMs + yielding.offsetMs;
  }

  /** The account counts the work already. */
  enter(work: number, workMs: number, account: CpuAccount, cpuClass: SharedClass): void {
    const container = this.#byAccount.get(account) ?? this.#newContainer(account);
    this.#leaveCohort(container);
    const { heap, offsetMs } = cpuClass === workClass.fair ? container.fair : container.yielding;
    heap.push(work, offsetMs + workMs);
    this.#joinCohort(container, account);
  }

  /** The account does not count the work any more. Returns what is left of it, in ms. */
  leave(work: number, account: CpuAccount, cpuClass: SharedClass): number {
    const container = this.#byAccount.get(account) as ContainerWork;
    this.#leaveCohort(container);
    const own = cpuClass === workClass.fair ? container.fair : container.yielding;
    const leftMs = Math.max(0, (this.#workKeys.keys[work] as number) - own.offsetMs);
    own.heap.remove(work);
    // A class without work starts anew, so that attained service never grows so large that small work is lost in it.
    if (own.heap.size === 0) own.offsetMs = 0;
    if (container.fair.heap.size + container.yielding.heap.size > 0) this.#joinCohort(container, account);
    else {
      this.#byAccount.delete(account);
      this.#freeContainers.push(container);
    }
    return leftMs;
  }

  /** Real-time work of the container has begun or ended, which leaves its other work less or more of the cap. */
  fifoChanged(account: CpuAccount): void {
    const container = this.#byAccount.get(account);
    if (container === undefined) return;
    this.#leaveCohort(container);
    this.#joinCohort(container, account);
  }

  advance(passedMs: number): void {
    for (const { fair, yielding } of this.#inUse) {
      fair.attainedMs += passedMs * fair.rate;
      yielding.attainedMs += passedMs * yielding.rate;
    }
  }

  /** A work that is done; -1 when there is none. */
  due(): number {
    for (const { fair, yielding } of this.#inUse) {
      if (fair.due) return (this.#containers[fair.heap.top] as ContainerWork).fair.heap.top;
      if (yielding.due) return (this.#containers[yielding.heap.top] as ContainerWork).yielding.heap.top;
    }
    return -1;
  }

  /** Shares `cores` anew. Returns the ms until the first work is done; infinite when none gets anything. */
  share(cores: number): number {
    this.#setLevel(cores);
    let nextInMs = Number.POSITIVE_INFINITY;
    for (const { fair, yielding } of this.#inUse) nextInMs = Math.min(nextInMs, fair.nextInMs, yielding.nextInMs);
    return nextInMs;
  }

  /**
   * Finds the level at which the cores are used up, or nobody can use more, by Newton's method from the level before. What is used is
   * concave in the level, so the first step ends below the root, no later one passes it, and it is made of straight pieces, so the step on
   * the root's own piece is the last.
   */
  #setLevel(cores: number): void {
    let level = cores > 0 ? this.#level : 0;
    for (;;) {
      let used = 0;
      let slope = 0;
      for (const cohort of this.#inUse) {
        used += cohort.share(level);
        slope += cohort.slope(level);
      }
      this.#level = level;
      this.usedCores = used;
      const tooMuch = used > cores * (1 + rounding);
      if (!tooMuch && (slope === 0 || used >= cores * (1 - rounding))) return;
      // Where nobody can use more, the slope tells nothing of the way down.
      level = slope === 0 ? 0 : Math.max(0, level + (cores - used) / slope);
    }
  }

  #newContainer(account: CpuAccount): ContainerWork {
    let container = this.#freeContainers.pop();
    if (container === undefined) {
      container = new ContainerWork(this.#containers.length, this.#workKeys);
      this.#containers.push(container);
    }
    this.#byAccount.set(account, container);
    return container;
  }

  #cohortOf({ capped, running: [fifo, fair, yielding] }: CpuAccount): Cohort {
    // More real-time work than the cap holds leaves as little as just as much. One kind more is what has no cap.
    const uncapped = Math.ceil(this.#capCores) + 1;
    const kind = capped ? Math.min(fifo as number, uncapped - 1) : uncapped;
    const key = ((yielding as number) * mostWork + (fair as number)) * (uncapped + 1) + kind;
    let cohort = this.#cohorts.get(key);
    if (cohort === undefined) {
      const capCores = capped ? Math.max(0, this.#capCores - kind) : Number.POSITIVE_INFINITY;
      cohort = new Cohort([fair as number, yielding as number], capCores, this.#containerKeys);
      this.#cohorts.set(key, cohort);
    }
    return cohort;
  }

  #leaveCohort(container: ContainerWork): void {
    const { cohort, slot, fair, yielding } = container;
    if (cohort === undefined) return;
    container.cohort = undefined;
    if (cohort.fairCount > 0) {
      fair.offsetMs += cohort.fair.attainedMs;
      cohort.fair.heap.remove(slot);
    }
    if (cohort.yieldingCount > 0) {
      yielding.offsetMs += cohort.yielding.attainedMs;
      cohort.yielding.heap.remove(slot);
    }
    if (cohort.size > 0) return;
    const last = this.#inUse.pop() as Cohort;
    if (last === cohort) return;
    this.#inUse[cohort.place] = last;
    last.place = cohort.place;
  }

  #joinCohort(container: ContainerWork, account: CpuAccount): void {
    const { slot, fair, yielding } = container;
    const cohort = this.#cohortOf(account);
    container.cohort = cohort;
    if (cohort.size === 0) {
      cohort.fair.attainedMs = 0;
      cohort.yielding.attainedMs = 0;
      cohort.place = this.#inUse.push(cohort) - 1;
    }
    const { keys } = this.#workKeys;
    if (cohort.fairCount > 0) {
      fair.offsetMs -= cohort.fair.attainedMs;
      cohort.fair.heap.push(slot, (keys[fair.heap.top] as number) - fair.offsetMs);
    }
    if (cohort.yieldingCount > 0) {
      yielding.offsetMs -= cohort.yielding.attainedMs;
      cohort.yielding.heap.push(slot, (keys[yielding.heap.top] as number) - yielding.offsetMs);
    }
  }
}
