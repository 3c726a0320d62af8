import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThreadSupply } from '../../src/core/index.js';
import { FakeClock } from '../../src/testkit/fake-clock.js';
import { runs } from '../support/property-runs.js';

/** What a supply takes a start to last before it has seen one, in ms. */
const assumedStartMs = 30;

/** A container whose threads start, fail and end when the test says so. Threads are numbered by their starts, tasks as they come. */
class Container {
  readonly clock = new FakeClock();
  /** When each start was asked for. */
  readonly startsMs: number[] = [];
  /** Thread and task, in the order in which they were given. */
  readonly given: [thread: number, task: number][] = [];
  readonly busy = new Set<number>();
  /** Threads that are out of service. */
  readonly gone = new Set<number>();
  /** Tasks that a failed start handed back. */
  readonly handedBack: number[] = [];
  /** Starts that have neither come to an end nor failed. */
  readonly underWay: number[] = [];
  tasks = 0;
  readonly supply: ThreadSupply<number, number>;

  constructor() {
    this.supply = new ThreadSupply<number, number>({
      clock: this.clock,
      start: () => {
        this.underWay.push(this.startsMs.length);
        this.startsMs.push(this.clock.nowMs());
        expect(this.threads, 'threads when one is started').toBeLessThanOrEqual(this.busy.size + this.waiting);
      },
      give: (thread, task) => {
        expect(this.busy, 'busy threads').not.toContain(thread);
        expect(this.gone, 'threads out of service').not.toContain(thread);
        this.busy.add(thread);
        this.given.push([thread, task]);
      },
    });
  }

  /** Tasks that have neither been given nor handed back. */
  get waiting(): number {
    return this.tasks - this.given.length - this.handedBack.length;
  }

  /** Threads that are there or being started. */
  get threads(): number {
    return this.busy.size + this.supply.idle.length + this.underWay.length;
  }

  add(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.tasks += 1;
      this.supply.add(this.tasks - 1);
    }
  }

  /** The oldest start under way is over. */
  started(): void {
    const thread = this.underWay.shift() as number;
    this.supply.started(thread, this.clock.nowMs() - (this.startsMs[thread] as number));
  }

  /** All starts under way take as long as it was assumed. */
  allStarted(): void {
    this.clock.advance(assumedStartMs);
    while (this.underWay.length > 0) this.started();
  }

  failed(): void {
    this.underWay.shift();
    const task = this.supply.failed();
    if (task !== undefined) this.handedBack.push(task);
  }

  ended(thread: number, reusable = true): void {
    this.busy.delete(thread);
    if (!reusable) this.gone.add(thread);
    this.supply.ended(thread, reusable);
  }

  drop(thread: number): void {
    this.gone.add(thread);
    this.supply.drop(thread);
  }
}

/** A container with that many tasks, of which one is on the first thread, which took `tookMs` to start. */
function withOneBusy(tasks: number, tookMs = assumedStartMs): Container {
  const container = new Container();
  container.add(tasks);
  container.clock.advance(tookMs);
  container.started();
  return container;
}

describe('the supply of threads', () => {
  it('starts a thread for the first task at once, and gives it the task when it is there', () => {
    const container = new Container();
    container.add(1);
    expect(container.startsMs).toEqual([0]);
    expect(container.given).toEqual([]);
    container.clock.advance(12);
    container.started();
    expect(container.given).toEqual([[0, 0]]);
    expect(container.supply.busy).toBe(1);
  });

  it('lets a task wait for a short one rather than starting another thread', () => {
    const container = withOneBusy(3);
    container.clock.advance(assumedStartMs - 1);
    container.ended(0);
    container.clock.advance(assumedStartMs - 1);
    container.ended(0);
    container.clock.advance(assumedStartMs - 1);
    container.ended(0);
    container.clock.runAll();
    expect(container.given).toEqual([[0, 0], [0, 1], [0, 2]]);
    expect(container.startsMs).toHaveLength(1);
    expect(container.supply).toMatchObject({ busy: 0, idle: [0] });
  });

  it('has patience from when a task came, not from when the last one was taken up', () => {
    const container = withOneBusy(1);
    container.clock.advance(1_000);
    container.add(1);
    const dueMs = container.clock.nowMs() + assumedStartMs;
    expect(container.clock.nextAtMs()).toBe(dueMs);
    container.clock.advanceTo(dueMs - 1);
    expect(container.startsMs).toHaveLength(1);
    container.clock.advanceTo(dueMs);
    expect(container.startsMs).toEqual([0, dueMs]);
  });

  it('does not have patience for longer when further tasks come', () => {
    const container = withOneBusy(2);
    container.clock.advance(assumedStartMs - 1);
    container.add(1);
    container.clock.advance(1);
    expect(container.startsMs).toEqual([0, 2 * assumedStartMs]);
  });

  it('has patience anew after each task that was taken up', () => {
    const container = withOneBusy(3);
    container.clock.advance(20);
    container.ended(0);
    const dueMs = container.clock.nowMs() + assumedStartMs;
    container.clock.advanceTo(dueMs - 1);
    expect(container.startsMs).toHaveLength(1);
    container.clock.advanceTo(dueMs);
    expect(container.startsMs).toEqual([0, dueMs]);
  });

  it('has patience for as long as the shortest start it has seen', () => {
    const container = withOneBusy(3, 8);
    container.clock.advance(7);
    expect(container.startsMs).toHaveLength(1);
    container.clock.advance(1);
    expect(container.startsMs).toEqual([0, 16]);
    // A long one changes nothing.
    container.clock.advance(100);
    container.started();
    container.clock.advance(8);
    expect(container.startsMs).toEqual([0, 16, 124]);
  });

  it('starts as many further threads as are busy, so that they double in each round', () => {
    const container = withOneBusy(100);
    const threads = [];
    for (let round = 0; round < 4; round += 1) {
      container.clock.advance(assumedStartMs);
      threads.push(container.threads);
      container.allStarted();
    }
    expect(threads).toEqual([2, 4, 8, 16]);
  });

  it('starts at most one thread for each task that waits', () => {
    const container = withOneBusy(6);
    for (let round = 0; round < 2; round += 1) {
      container.clock.advance(assumedStartMs);
      container.allStarted();
    }
    expect([container.supply.busy, container.waiting]).toEqual([4, 2]);
    container.clock.advance(assumedStartMs);
    expect(container.underWay).toHaveLength(2);
  });

  it('counts the starts under way, however long they take', () => {
    const container = new Container();
    container.add(50);
    container.clock.advance(10_000);
    expect(container.startsMs).toEqual([0]);
    container.started();
    container.clock.advance(10_000);
    expect(container.underWay).toHaveLength(1);
    expect(container.clock.pending()).toBe(0);
  });

  it('has patience anew after a start, before it starts one more for tasks that have come', () => {
    const container = withOneBusy(2);
    container.clock.advance(assumedStartMs);
    container.allStarted();
    container.add(1);
    container.clock.advance(assumedStartMs);
    expect(container.underWay).toHaveLength(1);
    container.clock.advance(10);
    container.add(2);
    container.clock.advance(assumedStartMs - 11);
    expect(container.underWay).toHaveLength(1);
    container.clock.advance(1);
    expect(container.underWay).toHaveLength(2);
  });

  it('hands back the head of the queue when a start has failed, and starts another thread for the others', () => {
    const container = new Container();
    container.add(2);
    container.failed();
    expect(container.handedBack).toEqual([0]);
    expect(container.underWay).toEqual([1]);
    container.started();
    expect(container.given).toEqual([[1, 1]]);
  });

  it('hands back nothing when nobody waits for the start that has failed', () => {
    const container = withOneBusy(2);
    container.clock.advance(assumedStartMs);
    container.ended(0);
    container.failed();
    expect(container.handedBack).toEqual([]);
    expect(container.underWay).toEqual([]);
  });

  it('does not use a thread again that ended as not reusable', () => {
    const container = withOneBusy(2);
    container.ended(0, false);
    expect(container.supply).toMatchObject({ busy: 0, idle: [] });
    expect(container.underWay).toEqual([1]);
    container.started();
    expect(container.given).toEqual([[0, 0], [1, 1]]);
  });

  it('gives the thread that was used last, and never one that was dropped', () => {
    const container = withOneBusy(3);
    for (let round = 0; round < 2; round += 1) {
      container.clock.advance(assumedStartMs);
      container.allStarted();
    }
    for (const thread of [1, 0, 2]) container.ended(thread);
    expect(container.supply.idle).toEqual([1, 0, 2]);
    container.drop(0);
    container.add(3);
    expect(container.given.slice(3)).toEqual([[2, 3], [1, 4]]);
  });
});

type Step = { readonly kind: 'add' | 'pass' | 'start' | 'fail' | 'end' | 'lose' | 'drop'; readonly size: number };

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('add' as const, 'pass' as const, 'start' as const, 'end' as const) },
    { weight: 1, arbitrary: fc.constantFrom('fail' as const, 'lose' as const, 'drop' as const) },
  ),
  size: fc.nat(40),
});

/** A step for which there is no thread is left out. */
function take(container: Container, { kind, size }: Step): void {
  const busy = [...container.busy];
  const { idle } = container.supply;
  if (kind === 'add') container.add(size % 8);
  else if (kind === 'pass') container.clock.advance(size);
  else if (kind === 'drop' && idle.length > 0) container.drop(idle[size % idle.length] as number);
  else if (container.underWay.length > 0 && kind === 'start') container.started();
  else if (container.underWay.length > 0 && kind === 'fail') container.failed();
  else if (busy.length > 0 && (kind === 'end' || kind === 'lose')) container.ended(busy[size % busy.length] as number, kind === 'end');
}

/** Lets everything come to its end. */
function finish(container: Container): void {
  for (let left = container.tasks + 1; left > 0 && container.busy.size + container.waiting > 0; left -= 1) {
    if (container.underWay.length > 0) container.started();
    for (const thread of [...container.busy]) container.ended(thread);
  }
}

describe('whatever happens to tasks and threads', () => {
  it('gives or hands back every task exactly once, in the order in which they came, and never to a busy thread', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
        const container = new Container();
        for (const step of steps) take(container, step);
        finish(container);
        const given = container.given.map(([, task]) => task);
        expect([...given, ...container.handedBack].toSorted((a, b) => a - b)).toEqual(Array.from({ length: container.tasks }, (_, task) => task));
        expect(given).toEqual(given.toSorted((a, b) => a - b));
      }),
      runs(200),
    );
  });

  it('never has more threads than there were tasks, nor lets tasks wait with no thread under way', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
        const container = new Container();
        for (const step of steps) {
          take(container, step);
          expect(container.supply.busy).toBe(container.busy.size);
          expect(container.threads).toBeLessThanOrEqual(container.tasks);
          if (container.waiting > 0) {
            expect(container.supply.idle).toEqual([]);
            expect(container.busy.size + container.underWay.length).toBeGreaterThan(0);
          }
        }
      }),
      runs(200),
    );
  });
});
