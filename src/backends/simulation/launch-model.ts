import { CpuAccount, workClass, type Cores, type WorkOwner } from './cores.js';
import { Processor } from './processor.js';
import type { VirtualClock } from './virtual-clock.js';

/** What it costs to start a container. */
export interface LaunchCosts {
  /** Launches under way at once; more wait in line. Infinite: no limit. */
  readonly parallel: number;
  /** Latency of a launch alone besides its CPU work, in ms. */
  readonly latencyMs: number;
  /** CPU work of a launch on the cores of the host, in ms. */
  readonly cpuMs: number;
  /** Most launches a second that the host's container engine gets through, however many are asked for; infinite: no limit. */
  readonly perSecond: number;
}

/** Where a launch reports. */
export interface LaunchListener {
  launched(container: number): void;
}

class Launch implements WorkOwner {
  readonly container: number;
  readonly account: CpuAccount;
  /** Work under way in the engine or on the cores; -1 in line. */
  work = -1;
  stage: 'waiting' | 'engine' | 'cpu' = 'waiting';
  readonly #onWorkDone: (launch: Launch) => void;

  constructor(container: number, account: CpuAccount, onWorkDone: (launch: Launch) => void) {
    this.container = container;
    this.account = account;
    this.#onWorkDone = onWorkDone;
  }

  workDone(): void {
    this.#onWorkDone(this);
  }
}

/**
 * Launches contend in two ways: for the container engine, which n launches share so that one of them takes max(latency, n / rate), and then
 * for the cores of the host like everything else. At most so many are under way; the others wait, first come first served.
 */
export class LaunchModel {
  readonly #costs: LaunchCosts;
  readonly #processor: Cores;
  /** The engine as a processor of its own: `latencyMs` of work for each launch, `perSecond` of them a second. */
  readonly #engine: Processor;
  readonly #engineAccount = new CpuAccount();
  readonly #listener: LaunchListener;
  readonly #launches = new Map<number, Launch>();
  readonly #line: Launch[] = [];
  #underWay = 0;

  constructor(costs: LaunchCosts, clock: VirtualClock, processor: Cores, listener: LaunchListener) {
    this.#costs = costs;
    this.#processor = processor;
    this.#engine = new Processor(clock, (costs.perSecond * costs.latencyMs) / 1_000);
    this.#listener = listener;
  }

  begin(container: number, account: CpuAccount): void {
    const launch = new Launch(container, account, (done) => this.#stageDone(done));
    this.#launches.set(container, launch);
    this.#line.push(launch);
    this.#advance();
  }

  /** Gives up a launch that is not over. */
  abandon(container: number): void {
    const launch = this.#launches.get(container);
    if (launch === undefined) return;
    this.#launches.delete(container);
    if (launch.stage === 'waiting') {
      this.#line.splice(this.#line.indexOf(launch), 1);
      return;
    }
    (launch.stage === 'engine' ? this.#engine : this.#processor).abandon(launch.work);
    this.#underWay -= 1;
    this.#advance();
  }

  #stageDone(launch: Launch): void {
    if (launch.stage === 'engine') {
      this.#enterCpu(launch);
      return;
    }
    this.#launches.delete(launch.container);
    this.#underWay -= 1;
    this.#listener.launched(launch.container);
    this.#advance();
  }

  #enterEngine(launch: Launch): void {
    const { latencyMs } = this.#costs;
    if (latencyMs === 0) {
      this.#enterCpu(launch);
      return;
    }
    launch.stage = 'engine';
    launch.work = this.#engine.begin(this.#engineAccount, latencyMs, workClass.fair, launch);
  }

  #enterCpu(launch: Launch): void {
    launch.stage = 'cpu';
    launch.work = this.#processor.begin(launch.account, this.#costs.cpuMs, workClass.fair, launch);
  }

  #advance(): void {
    while (this.#underWay < this.#costs.parallel && this.#line.length > 0) {
      const launch = this.#line.shift() as Launch;
      this.#underWay += 1;
      this.#enterEngine(launch);
    }
  }
}
