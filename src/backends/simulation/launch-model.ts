import { CpuAccount, Processor, workClass, type WorkOwner } from './processor.js';
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

interface Launch {
  readonly container: number;
  readonly account: CpuAccount;
  /** Work under way in the engine or on the cores; -1 in line. */
  work: number;
  stage: 'waiting' | 'engine' | 'cpu';
}

/**
 * Launches contend in two ways: for the container engine, which n launches share so that one of them takes max(latency, n / rate), and then
 * for the cores of the host like everything else. At most so many are under way; the others wait, first come first served.
 */
export class LaunchModel implements WorkOwner {
  readonly #costs: LaunchCosts;
  readonly #processor: Processor;
  /** The engine as a processor of its own, that gets through `perSecond` launches a second. */
  readonly #engine: Processor;
  /** Work of a launch for the engine: how long one alone takes. */
  readonly #engineMs: number;
  readonly #engineAccount = new CpuAccount();
  readonly #listener: LaunchListener;
  readonly #launches = new Map<number, Launch>();
  readonly #line: Launch[] = [];
  #underWay = 0;

  constructor(costs: LaunchCosts, clock: VirtualClock, processor: Processor, listener: LaunchListener) {
    this.#costs = costs;
    this.#processor = processor;
    this.#engineMs = Math.max(costs.latencyMs, 1_000 / costs.perSecond);
    this.#engine = new Processor(clock, this.#engineMs === 0 ? Number.POSITIVE_INFINITY : (costs.perSecond * this.#engineMs) / 1_000);
    this.#listener = listener;
  }

  begin(container: number, account: CpuAccount): void {
    const launch: Launch = { container, account, work: -1, stage: 'waiting' };
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

  workDone(container: number): void {
    const launch = this.#launches.get(container) as Launch;
    if (launch.stage === 'engine') {
      this.#enterCpu(launch);
      return;
    }
    this.#launches.delete(container);
    this.#underWay -= 1;
    this.#listener.launched(container);
    this.#advance();
  }

  #enterEngine(launch: Launch): void {
    if (this.#engineMs === 0) {
      this.#enterCpu(launch);
      return;
    }
    launch.stage = 'engine';
    launch.work = this.#engine.begin(this.#engineAccount, this.#engineMs, workClass.fair, this, launch.container);
  }

  #enterCpu(launch: Launch): void {
    launch.stage = 'cpu';
    launch.work = this.#processor.begin(launch.account, this.#costs.cpuMs, workClass.fair, this, launch.container);
  }

  #advance(): void {
    while (this.#underWay < this.#costs.parallel && this.#line.length > 0) {
      const launch = this.#line.shift() as Launch;
      this.#underWay += 1;
      this.#enterEngine(launch);
    }
  }
}
