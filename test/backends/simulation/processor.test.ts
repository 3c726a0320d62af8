import { describe, expect, it } from 'vitest';
import { createRng } from '../../../src/core/index.js';
import { CpuAccount, workClass, type WorkOwner } from '../../../src/backends/simulation/cores.js';
import { Processor } from '../../../src/backends/simulation/processor.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';

class Log {
  readonly done: [work: number, atMs: number][] = [];
  readonly #clock: VirtualClock;
  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }
  work(name: number): WorkOwner {
    return { workDone: () => this.done.push([name, Math.round(this.#clock.nowMs() * 1e6) / 1e6]) };
  }
}

function setUp(cores: number): { clock: VirtualClock; processor: Processor; log: Log; account: CpuAccount; at: (atMs: number, action: () => void) => void; run: () => void } {
  const clock = new VirtualClock();
  return {
    clock,
    processor: new Processor(clock, cores),
    log: new Log(clock),
    account: new CpuAccount(),
    at: (atMs, action) => void clock.setTimer(atMs, action),
    run: () => {
      while (clock.run(1_000)) continue;
    },
  };
}

describe('the processor', () => {
  it('gives each its own core as long as there is one', () => {
    const { processor, log, account, run } = setUp(2);
    processor.begin(account, 10, workClass.fair, log.work(1));
    processor.begin(account, 30, workClass.fair, log.work(2));
    run();
    expect(log.done).toEqual([[1, 10], [2, 30]]);
  });

  it('shares the cores equally when there are more than cores', () => {
    const { processor, log, account, at, run } = setUp(2);
    for (const work of [1, 2, 3, 4]) processor.begin(account, 10, workClass.fair, log.work(work));
    at(10, () => processor.begin(account, 1, workClass.fair, log.work(5)));
    run();
    // Five on two cores: 0.4 of a core each.
    expect(log.done).toEqual([[5, 12.5], [1, 20.5], [2, 20.5], [3, 20.5], [4, 20.5]]);
  });

  it('lets the real-time class go first, first come first served', () => {
    const { processor, log, account, run } = setUp(1);
    processor.begin(account, 5, workClass.fair, log.work(1));
    processor.begin(account, 10, workClass.fifo, log.work(2));
    processor.begin(account, 1, workClass.fifo, log.work(3));
    run();
    expect(log.done).toEqual([[2, 10], [3, 11], [1, 16]]);
  });

  it('moves work between classes with what is left of it', () => {
    const { processor, log, account, at, run } = setUp(1);
    const long = processor.begin(account, 100, workClass.fifo, log.work(1));
    processor.begin(account, 10, workClass.fair, log.work(2));
    at(20, () => processor.setClass(long, workClass.fair));
    run();
    expect(log.done).toEqual([[2, 40], [1, 110]]);
  });

  it('gives those that yield the rest, and hardly anything when there is none', () => {
    const { processor, log, account, run } = setUp(2);
    processor.begin(account, 10, workClass.fair, log.work(1));
    processor.begin(account, 10, workClass.yielding, log.work(2));
    processor.begin(account, 10, workClass.yielding, log.work(3));
    run();
    expect(log.done).toEqual([[1, 10], [2, 15], [3, 15]]);
  });

  it('accounts for what each container used, of all classes, to the ms', () => {
    const { processor, log, at, run, clock } = setUp(2);
    const [one, two] = [new CpuAccount(), new CpuAccount()];
    processor.begin(one, 10, workClass.fair, log.work(1));
    processor.begin(one, 40, workClass.fair, log.work(2));
    const fifo = processor.begin(two, 30, workClass.fifo, log.work(3));
    const seen: number[][] = [];
    at(10, () => seen.push([processor.accountMs(one), processor.accountMs(two), processor.usedMs]));
    at(10, () => processor.setClass(fifo, workClass.yielding));
    at(12, () => processor.abandon(fifo));
    run();
    expect(seen).toEqual([[10, 10, 20]]);
    expect(processor.accountMs(one)).toBeCloseTo(50, 6);
    expect(processor.accountMs(two)).toBeGreaterThan(10);
    expect(processor.usedMs).toBeCloseTo(processor.accountMs(one) + processor.accountMs(two), 6);
    expect(clock.nowMs()).toBeLessThan(50);
  });

  it('meets the mean response of M/M/1 and M/G/1 under processor sharing, 1 / (mu - lambda)', () => {
    for (const service of ['exponential', 'hyperexponential'] as const) {
      const { clock, processor, account, run } = setUp(1);
      const rng = createRng(7);
      const exponential = (meanMs: number): number => -meanMs * Math.log(1 - rng.next());
      const work = service === 'exponential' ? () => exponential(7) : () => (rng.next() < 0.9 ? exponential(2) : exponential(52));
      let sumMs = 0;
      const count = 200_000;
      const arrival = {
        fire(n: number): void {
          const arrivedMs = clock.nowMs();
          processor.begin(account, work(), workClass.fair, { workDone: () => void (sumMs += clock.nowMs() - arrivedMs) });
          if (n + 1 < count) clock.schedule(exponential(10), arrival, n + 1);
        },
      };
      clock.schedule(0, arrival, 0);
      run();
      // mu = 1/7, lambda = 1/10 a ms.
      expect(sumMs / count / (1 / (1 / 7 - 1 / 10))).toBeCloseTo(1, 1);
    }
  });
});
