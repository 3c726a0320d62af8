/** Who waits for work to be done. A long-lived object, so that work allocates nothing. */
export interface WorkOwner {
  workDone(): void;
}

/** Which work runs before which: the real-time class before the normal one, and there those that yield (nice 19) after the others. */
export const workClass = { fifo: 0, fair: 1, yielding: 2 } as const;
export type WorkClass = (typeof workClass)[keyof typeof workClass];

/** Weight of nice 19 against nice 0 in Linux (15 of 1024). */
export const yieldingWeight = 15 / 1_024;

/** CPU time of one container, or of what runs beside them, and how much of its work runs. */
export class CpuAccount {
  /** Whether it gets no more cores than a container. */
  readonly capped: boolean;
  /** Of work that has left its class. */
  settledMs = 0;
  /** By work class: how much of its work runs there, and the sum of the service that was attained there when each entered. */
  readonly running = [0, 0, 0];
  readonly enteredAt = [0, 0, 0];

  constructor(capped = true) {
    this.capped = capped;
  }

  enter(cpuClass: WorkClass, attainedMs: number): void {
    this.running[cpuClass] = (this.running[cpuClass] as number) + 1;
    this.enteredAt[cpuClass] = (this.enteredAt[cpuClass] as number) + attainedMs;
  }

  leave(cpuClass: WorkClass, enteredAtMs: number, attainedMs: number): void {
    const running = (this.running[cpuClass] as number) - 1;
    this.settledMs += attainedMs - enteredAtMs;
    this.running[cpuClass] = running;
    this.enteredAt[cpuClass] = running === 0 ? 0 : (this.enteredAt[cpuClass] as number) - enteredAtMs;
  }
}

/** The cores of a host, which share themselves out to the work that is runnable. */
export interface Cores {
  /** Need not be whole: threads of one core share it. */
  readonly cores: number;
  /** Core-ms that were used so far. */
  readonly usedMs: number;
  /** CPU time of a container so far, in ms. */
  accountMs(account: CpuAccount): number;
  /** Begins work of `workMs` on one core. Returns its number, which is used again once it is done. */
  begin(account: CpuAccount, workMs: number, cpuClass: WorkClass, owner: WorkOwner): number;
  setClass(work: number, cpuClass: WorkClass): void;
  /** Takes out work that will not be done. */
  abandon(work: number): void;
}
