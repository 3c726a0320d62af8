import { CpuAccount, workClass, type Cores, type WorkClass } from '../../../src/backends/simulation/cores.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';

export interface Action {
  readonly kind: 'begin' | 'abandon' | 'setClass';
  readonly afterMs: number;
  readonly container: number;
  readonly workMs: number;
  readonly cpuClass: WorkClass;
  /** Which of the work that is not done; taken modulo how much there is. */
  readonly target: number;
}

export interface Played {
  /** By order of beginning; NaN when it was abandoned or is never done. */
  readonly doneMs: readonly number[];
  /** CPU time of the four containers at every action and at the end. */
  readonly accountsMs: readonly number[];
  readonly usedMs: number;
}

interface Live {
  readonly index: number;
  readonly work: number;
  readonly container: number;
  cpuClass: WorkClass;
}

/** Plays a script on cores until all is done. `before` is told of all that is live before anything changes. */
export function play(script: readonly Action[], create: (clock: VirtualClock) => Cores, before: (nowMs: number, live: readonly Live[]) => void = () => undefined): Played {
  const clock = new VirtualClock();
  const cores = create(clock);
  const accounts = [0, 1, 2, 3].map(() => new CpuAccount());
  const doneMs: number[] = [];
  const accountsMs: number[] = [];
  /** In the order in which each came to its class. */
  const live: Live[] = [];
  const sample = (): void => void accountsMs.push(...accounts.map((account) => cores.accountMs(account)));

  const begin = ({ container, workMs, cpuClass }: Action): void => {
    const index = doneMs.push(Number.NaN) - 1;
    const workDone = (): void => {
      before(clock.nowMs(), live);
      doneMs[index] = clock.nowMs();
      live.splice(live.findIndex((each) => each.index === index), 1);
    };
    live.push({ index, container, cpuClass, work: cores.begin(accounts[container] as CpuAccount, workMs, cpuClass, { workDone }) });
  };
  const act = (action: Action): void => {
    before(clock.nowMs(), live);
    sample();
    if (action.kind === 'begin') begin(action);
    else if (live.length > 0) {
      const [target] = live.splice(action.target % live.length, 1) as [Live];
      if (action.kind === 'abandon') cores.abandon(target.work);
      else {
        cores.setClass(target.work, action.cpuClass);
        live.push({ ...target, cpuClass: action.cpuClass });
      }
    }
  };
  let atMs = 0;
  for (const action of script) clock.setTimer((atMs += action.afterMs), () => act(action));
  while (clock.run(1_000)) continue;
  sample();
  return { doneMs, accountsMs, usedMs: cores.usedMs };
}

/** Core-ms that can be used while the script is played: by each container as much as its cap lets it, by all no more than there are. */
export class UsableCores {
  ms = 0;
  readonly #cores: number;
  readonly #containerCores: number;
  #sinceMs = 0;

  constructor(cores: number, containerCores: number) {
    this.#cores = cores;
    this.#containerCores = containerCores;
  }

  until(nowMs: number, live: readonly Live[]): void {
    const fifo = live.filter(({ cpuClass }) => cpuClass === workClass.fifo).slice(0, Math.ceil(this.#cores));
    let usable = fifo.length;
    for (const container of [0, 1, 2, 3]) {
      const capLeft = this.#containerCores - fifo.filter((work) => work.container === container).length;
      const others = live.filter((work) => work.container === container && work.cpuClass !== workClass.fifo);
      usable += Math.max(0, Math.min(capLeft, others.length));
    }
    this.ms += (nowMs - this.#sinceMs) * Math.min(this.#cores, usable);
    this.#sinceMs = nowMs;
  }
}
