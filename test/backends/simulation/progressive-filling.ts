import type { Timer } from '../../../src/core/index.js';
import { workClass, yieldingWeight, type Cores, type CpuAccount, type WorkClass, type WorkOwner } from '../../../src/backends/simulation/cores.js';
import type { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';

interface Work {
  readonly number: number;
  readonly account: CpuAccount;
  readonly owner: WorkOwner;
  leftMs: number;
  cpuClass: WorkClass;
  rate: number;
}

const nothing = 1e-9;

/**
 * Cores with a cap for containers, the obvious way: at every change all shares grow from nothing, in proportion to weight, until the work has
 * a core, its container its cap, or all cores are used. Takes time in proportion to the work squared.
 */
export class ProgressiveFilling implements Cores {
  readonly cores: number;
  usedMs = 0;
  readonly #clock: VirtualClock;
  readonly #containerCores: number;
  /** In the order in which each came to its class. */
  readonly #work: Work[] = [];
  readonly #spentMs = new Map<CpuAccount, number>();
  #begun = 0;
  #atMs = 0;
  #timer: Timer | undefined;

  constructor(clock: VirtualClock, cores: number, containerCores: number) {
    this.#clock = clock;
    this.cores = cores;
    this.#containerCores = containerCores;
  }

  accountMs(account: CpuAccount): number {
    this.#advance();
    return this.#spentMs.get(account) ?? 0;
  }

  begin(account: CpuAccount, workMs: number, cpuClass: WorkClass, owner: WorkOwner): number {
    this.#advance();
    const number = this.#begun++;
    this.#work.push({ number, account, owner, leftMs: workMs, cpuClass, rate: 0 });
    this.#fill();
    return number;
  }

  setClass(number: number, cpuClass: WorkClass): void {
    this.#advance();
    const work = this.#take(number);
    work.cpuClass = cpuClass;
    this.#work.push(work);
    this.#fill();
  }

  abandon(number: number): void {
    this.#advance();
    this.#take(number);
    this.#fill();
  }

  #take(number: number): Work {
    const [work] = this.#work.splice(this.#work.findIndex((each) => each.number === number), 1);
    return work as Work;
  }

  #advance(): void {
    const passedMs = this.#clock.nowMs() - this.#atMs;
    this.#atMs = this.#clock.nowMs();
    for (const work of this.#work) {
      const ms = passedMs * work.rate;
      work.leftMs -= ms;
      this.usedMs += ms;
      this.#spentMs.set(work.account, (this.#spentMs.get(work.account) ?? 0) + ms);
    }
  }

  #fill(): void {
    for (const work of this.#work) work.rate = 0;
    const fifo = this.#work.filter(({ cpuClass }) => cpuClass === workClass.fifo).slice(0, Math.ceil(this.cores));
    for (const work of fifo) work.rate = Math.min(1, this.cores / fifo.length);
    let growing = this.#work.filter(({ cpuClass }) => cpuClass !== workClass.fifo);
    const weight = ({ cpuClass }: Work): number => (cpuClass === workClass.fair ? 1 : yieldingWeight);
    const sum = (of: readonly Work[], value: (work: Work) => number): number => of.reduce((total, work) => total + value(work), 0);
    const rate = (work: Work): number => (work.cpuClass === workClass.fifo ? 1 : work.rate);
    const idle = (): number => this.cores - sum(this.#work.filter((work) => fifo.includes(work) || work.cpuClass !== workClass.fifo), (work) => work.rate);
    const capLeft = (account: CpuAccount): number =>
      this.#containerCores - sum(this.#work.filter((work) => work.account === account && (fifo.includes(work) || work.cpuClass !== workClass.fifo)), rate);
    const stopped = (work: Work): boolean => work.rate > 1 - nothing || capLeft(work.account) < nothing || idle() < nothing;
    for (growing = growing.filter((work) => !stopped(work)); growing.length > 0; growing = growing.filter((work) => !stopped(work))) {
      const among = growing;
      const step = Math.min(
        idle() / sum(among, weight),
        ...among.map((work) => (1 - work.rate) / weight(work)),
        ...among.map(({ account }) => capLeft(account) / sum(among.filter((work) => work.account === account), weight)),
      );
      for (const work of among) work.rate += step * weight(work);
    }
    this.#timer?.cancel();
    const nextInMs = Math.min(...this.#work.map(({ leftMs, rate: share }) => (share === 0 ? Number.POSITIVE_INFINITY : Math.max(0, leftMs) / share)));
    this.#timer = nextInMs === Number.POSITIVE_INFINITY ? undefined : this.#clock.setTimer(nextInMs, () => this.#end());
  }

  #end(): void {
    this.#timer = undefined;
    this.#advance();
    for (const work of this.#work.filter(({ leftMs, rate }) => rate > 0 && leftMs <= 1e-6)) {
      this.#take(work.number);
      work.owner.workDone();
    }
    this.#fill();
  }
}
