import { CpuAccount, Processor, workClass, type WorkOwner } from './processor.js';
import type { VirtualClock } from './virtual-clock.js';

/** What it costs to start a container. */
export interface LaunchCosts {
  /** Launches under way at once; more wait in line. Infinite: no limit. */
  readonly parallel: number;
  /** Latency of a launch alone besides its CPU work, in ms. */
  readonly latencyMs: number;
  /** CPU work of a launch on the cores of the host, in ms, and how many threads share it evenly. */
  readonly cpuMs: number;
  readonly threads: number;
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
  /** CPU work of loading the function, on one thread, in ms. */
  readonly loadCpuMs: number;
  /** Under way in the container engine or on the cores. */
  readonly works: Set<number>;
  stage: 'waiting' | 'engine' | 'cpu' | 'load';
}

/**
 * Launches contend in two ways: for the container engine, which n launches share so that one of them takes max(latency, n / rate), and then
 * for the cores of the host like everything else; last the function is loaded. At most so many are under way; the others wait, first come
 * first served.
 */
export class LaunchModel implements WorkOwner {
  readonly #costs: LaunchCosts;
  readonly #processor: Processor;
  /** The engine as a processor of its own: `latencyMs` of work for each launch, `perSecond` of them a second. */
  readonly #engine: Processor;
  readonly #engineAccount = new CpuAccount();
  readonly #listener: LaunchListener;
  readonly #launches = new Map<number, Launch>();
  readonly #line: Launch[] = [];
  #underWay = 0;

  constructor(costs: LaunchCosts, clock: VirtualClock, processor: Processor, listener: LaunchListener) {
    this.#costs = costs;
    this.#processor = processor;
    this.#engine = new Processor(clock, (costs.perSecond * costs.latencyMs) / 1_000);
    this.#listener = listener;
  }

  begin(container: number, account: CpuAccount, loadCpuMs: number): void {
    const launch: Launch = { container, account, loadCpuMs, works: new Set(), stage: 'waiting' };
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
    const processor = launch.stage === 'engine' ? this.#engine : this.#processor;
    for (const work of launch.works) processor.abandon(work);
    this.#underWay -= 1;
    this.#advance();
  }

  /** One of the works of the stage is done. */
  workDone(container: number, work: number): void {
    const launch = this.#launches.get(container) as Launch;
    launch.works.delete(work);
    if (launch.works.size > 0) return;
    if (launch.stage === 'engine') this.#enterCpu(launch);
    else if (launch.stage === 'cpu' && launch.loadCpuMs > 0) this.#load(launch);
    else this.#end(launch);
  }

  #enterEngine(launch: Launch): void {
    const { latencyMs } = this.#costs;
    if (latencyMs === 0) {
      this.#enterCpu(launch);
      return;
    }
    launch.stage = 'engine';
    launch.works.add(this.#engine.begin(this.#engineAccount, latencyMs, workClass.fair, this, launch.container));
  }

  #enterCpu(launch: Launch): void {
    const { cpuMs, threads } = this.#costs;
    launch.stage = 'cpu';
    for (let i = 0; i < threads; i += 1) launch.works.add(this.#processor.begin(launch.account, cpuMs / threads, workClass.fair, this, launch.container));
  }

  #load(launch: Launch): void {
    launch.stage = 'load';
    launch.works.add(this.#processor.begin(launch.account, launch.loadCpuMs, workClass.fair, this, launch.container));
  }

  #end({ container }: Launch): void {
    this.#launches.delete(container);
    this.#underWay -= 1;
    this.#listener.launched(container);
    this.#advance();
  }

  #advance(): void {
    while (this.#underWay < this.#costs.parallel && this.#line.length > 0) {
      const launch = this.#line.shift() as Launch;
      this.#underWay += 1;
      this.#enterEngine(launch);
    }
  }
}
