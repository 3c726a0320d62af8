import { workClass, type Cores, type CpuAccount, type WorkClass, type WorkOwner } from './cores.js';
import type { EventHandler, StandingEvent } from './event-queue.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * What all cores have in common, however they share themselves out: whose work is where, what it has attained, and the line of real-time
 * work that waits for a core, first come first served.
 */
export abstract class AccountedCores implements Cores, EventHandler {
  readonly cores: number;
  /** When the work that is done first is done. */
  protected readonly nextDone: StandingEvent;
  protected atMs = 0;
  readonly #clock: VirtualClock;
  readonly #fifoLine: number[] = [];
  readonly #mostFifo: number;
  #usedMs = 0;

  // By work.
  readonly #class: (WorkClass | -1)[] = [];
  readonly #enteredAt: number[] = [];
  readonly #queuedMs: number[] = [];
  readonly #owner: (WorkOwner | undefined)[] = [];
  readonly #account: (CpuAccount | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(clock: VirtualClock, cores: number) {
    this.#clock = clock;
    this.cores = cores;
    this.#mostFifo = Math.ceil(cores);
    this.nextDone = clock.events.addStanding(this);
  }

  get usedMs(): number {
    this.#advance();
    return this.#usedMs;
  }

  accountMs(account: CpuAccount): number {
    this.#advance();
    let ms = account.settledMs;
    for (let c: WorkClass = 0; c < 3; c = (c + 1) as WorkClass) {
      const running = account.running[c] as number;
      if (running > 0) ms += running * this.attainedMs(account, c) - (account.enteredAt[c] as number);
    }
    return ms;
  }

  begin(account: CpuAccount, workMs: number, cpuClass: WorkClass, owner: WorkOwner): number {
    this.#advance();
    const work = this.#free.length > 0 ? (this.#free.pop() as number) : this.#class.length;
    this.#owner[work] = owner;
    this.#account[work] = account;
    this.#enter(work, workMs, cpuClass);
    this.settle();
    return work;
  }

  setClass(work: number, cpuClass: WorkClass): void {
    this.#advance();
    this.#enter(work, this.#leave(work), cpuClass);
    this.settle();
  }

  abandon(work: number): void {
    this.#advance();
    this.#leave(work);
    this.#release(work);
    this.settle();
  }

  /** The first work is done. */
  fire(): void {
    this.#advance();
    this.endDue();
    this.settle();
  }

  /** Takes out work that is done and tells its owner. */
  protected end(work: number): void {
    const owner = this.#owner[work] as WorkOwner;
    this.#leave(work);
    this.#release(work);
    owner.workDone();
  }

  /** How much real-time work has a core. */
  protected abstract get fifoCount(): number;
  /** Service that one who had been running in this class from the beginning would have attained, in ms. */
  protected abstract attainedMs(account: CpuAccount, cpuClass: WorkClass): number;
  /** Makes room for one more to start from 0 where nobody runs. */
  protected abstract startAnew(cpuClass: WorkClass): void;
  protected abstract put(work: number, workMs: number, account: CpuAccount, cpuClass: WorkClass): void;
  /** Returns what is left of it, in ms. */
  protected abstract take(work: number, account: CpuAccount, cpuClass: WorkClass): number;
  /** Brings attained service up to now. Returns the core-ms used. */
  protected abstract serve(passedMs: number): number;
  /** Ends all work that is done. */
  protected abstract endDue(): void;
  /** Shares the cores anew and finds who is done next. */
  protected abstract settle(): void;

  #release(work: number): void {
    this.#owner[work] = undefined;
    this.#account[work] = undefined;
    this.#free.push(work);
  }

  #enter(work: number, workMs: number, cpuClass: WorkClass): void {
    if (cpuClass === workClass.fifo && this.fifoCount >= this.#mostFifo) {
      this.#class[work] = -1;
      this.#queuedMs[work] = workMs;
      this.#fifoLine.push(work);
      return;
    }
    this.startAnew(cpuClass);
    const account = this.#account[work] as CpuAccount;
    const attainedMs = this.attainedMs(account, cpuClass);
    this.#class[work] = cpuClass;
    this.#enteredAt[work] = attainedMs;
    account.enter(cpuClass, attainedMs);
    this.put(work, workMs, account, cpuClass);
  }

  #leave(work: number): number {
    const cpuClass = this.#class[work] as WorkClass | -1;
    if (cpuClass === -1) {
      this.#fifoLine.splice(this.#fifoLine.indexOf(work), 1);
      return this.#queuedMs[work] as number;
    }
    const account = this.#account[work] as CpuAccount;
    account.leave(cpuClass, this.#enteredAt[work] as number, this.attainedMs(account, cpuClass));
    const leftMs = this.take(work, account, cpuClass);
    if (cpuClass === workClass.fifo && this.#fifoLine.length > 0) {
      const next = this.#fifoLine.shift() as number;
      this.#enter(next, this.#queuedMs[next] as number, workClass.fifo);
    }
    return leftMs;
  }

  #advance(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.atMs;
    if (passedMs === 0) return;
    this.atMs = nowMs;
    this.#usedMs += this.serve(passedMs);
  }
}
