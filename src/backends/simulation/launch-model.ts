import { CpuAccount, workClass, type Cores } from './cores.js';
import type { FunctionModel } from './demand.js';
import { Processor } from './processor.js';
import { SplitWork } from './split-work.js';
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

/** What the function adds; see `FunctionModel`. */
type Loading = Pick<FunctionModel, 'loadLatencyMs' | 'loadCpuMs'>;

/** Where a launch reports. */
export interface LaunchListener {
  /** It is its turn: from now on it exists and takes memory. */
  begun(container: number): void;
  launched(container: number): void;
}

class Launch {
  readonly container: number;
  readonly account: CpuAccount;
  readonly loading: Loading;
  /** What is under way of its stage. */
  work: SplitWork | undefined;
  stage: 'waiting' | 'engine' | 'cpu' | 'load' = 'waiting';

  constructor(container: number, account: CpuAccount, loading: Loading) {
    this.container = container;
    this.account = account;
    this.loading = loading;
  }
}

/**
 * Launches contend in two ways: for the container engine, which n launches share so that one of them takes max(latency, n / rate), and then
 * for the cores of the host like everything else; last the function is loaded. At most so many are under way; the others wait, first come
 * first served.
 */
export class LaunchModel {
  readonly #costs: LaunchCosts;
  readonly #processor: Cores;
  /** The engine as a processor of its own, that gets through `perSecond` launches a second. */
  readonly #engine: Processor;
  /** Work of a launch for the engine: how long one alone takes. */
  readonly #engineMs: number;
  readonly #engineAccount = new CpuAccount();
  readonly #listener: LaunchListener;
  readonly #launches = new Map<number, Launch>();
  readonly #line: Launch[] = [];
  #underWay = 0;

  constructor(costs: LaunchCosts, clock: VirtualClock, processor: Cores, listener: LaunchListener) {
    this.#costs = costs;
    this.#processor = processor;
    this.#engineMs = Math.max(costs.latencyMs, 1_000 / costs.perSecond);
    this.#engine = new Processor(clock, this.#engineMs === 0 ? Number.POSITIVE_INFINITY : (costs.perSecond * this.#engineMs) / 1_000);
    this.#listener = listener;
  }

  begin(container: number, account: CpuAccount, loading: Loading): void {
    const launch = new Launch(container, account, loading);
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
    launch.work?.abandon();
    this.#underWay -= 1;
    this.#advance();
  }

  #stageDone(launch: Launch): void {
    if (launch.stage === 'engine') this.#enterCpu(launch);
    else if (launch.stage === 'cpu' && launch.loading.loadCpuMs > 0) this.#load(launch);
    else this.#end(launch);
  }

  #enterEngine(launch: Launch): void {
    const workMs = this.#engineMs + launch.loading.loadLatencyMs;
    if (workMs === 0) {
      this.#enterCpu(launch);
      return;
    }
    launch.stage = 'engine';
    launch.work = this.#workOn(this.#engine, launch).begin(this.#engineAccount, { workMs, threads: 1 }, workClass.fair);
  }

  #enterCpu(launch: Launch): void {
    const { cpuMs, threads } = this.#costs;
    launch.stage = 'cpu';
    launch.work = this.#workOn(this.#processor, launch).begin(launch.account, { workMs: cpuMs, threads }, workClass.fair);
  }

  #load(launch: Launch): void {
    launch.stage = 'load';
    launch.work = this.#workOn(this.#processor, launch).begin(launch.account, { workMs: launch.loading.loadCpuMs, threads: 1 }, workClass.fair);
  }

  #workOn(cores: Cores, launch: Launch): SplitWork {
    return new SplitWork(cores, () => this.#stageDone(launch));
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
      this.#listener.begun(launch.container);
      this.#enterEngine(launch);
    }
  }
}
