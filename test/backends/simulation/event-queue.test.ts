import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayLine } from '../../../src/backends/simulation/delay-line.js';
import type { EventHandler, StandingEvent } from '../../../src/backends/simulation/event-queue.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';
import { runs } from '../../support/property-runs.js';

/** Two lines have equal delays. */
const lineDelaysMs = [0, 2, 2, 3];
const standingCount = 3;
/** Number of the event that another one brings at once, beyond its own. */
const brought = 1_000_000;

interface Pending {
  readonly atMs: number;
  readonly label: string;
}

/** What should happen: a list, stably sorted by time, so that events of one time come in order of scheduling. */
class ExpectedEvents {
  nowMs = 0;
  readonly log: string[] = [];
  #pending: Pending[] = [];

  add(delayMs: number, label: string): void {
    this.#pending.push({ atMs: this.nowMs + delayMs, label });
    this.#pending.sort((a, b) => a.atMs - b.atMs);
  }

  atMs(label: string): number | undefined {
    return this.#pending.find((event) => event.label === label)?.atMs;
  }

  remove(label: string): void {
    this.#pending = this.#pending.filter((event) => event.label !== label);
  }

  /** Lets the next event happen. What was cancelled in a line passes in silence. */
  next(): string | undefined {
    const event = this.#pending.shift();
    if (event === undefined) return undefined;
    this.nowMs = event.atMs;
    if (event.label.endsWith('x')) return event.label;
    this.log.push(`${event.atMs} ${event.label}`);
    const number = Number(/^heap (\d+)$/.exec(event.label)?.[1]);
    if (number < brought && number % 4 === 0) this.add(0, `line0 ${number + brought}`);
    if (number < brought && number % 4 === 2) this.add(0, `heap ${number + brought}`);
    return event.label;
  }

  /** A line keeps the place of what is cancelled. */
  silence(label: string): void {
    this.#pending = this.#pending.map((event) => (event.label === label ? { ...event, label: `${label}x` } : event));
  }
}

/** The same on a clock and as it should be; some events bring others at once. */
class Script {
  readonly #clock = new VirtualClock();
  readonly #expected = new ExpectedEvents();
  readonly #log: string[] = [];
  readonly #lines: DelayLine[];
  readonly #standing: StandingEvent[];
  readonly #slots = new Map<number, number>();
  readonly #tickets = new Map<number, { readonly line: number; readonly ticket: number }>();
  readonly #heap: EventHandler = { fire: (event) => this.#heapFired(event) };
  #events = 0;

  constructor() {
    // In turn, so that neither kind is asked first.
    const made = lineDelaysMs.map((delayMs, line) => {
      const delayLine = new DelayLine(this.#clock, delayMs, { fire: (event) => this.#happened(event, `line${line} ${event}`) });
      return { delayLine, standing: this.#clock.events.addStanding({ fire: () => this.#happened(-1, `standing ${line}`) }) };
    });
    this.#lines = made.map(({ delayLine }) => delayLine);
    this.#standing = made.map(({ standing }) => standing).slice(0, standingCount);
  }

  get logs(): readonly [happened: readonly string[], expected: readonly string[]] {
    return [this.#log, this.#expected.log];
  }

  schedule(delayMs: number): void {
    const event = this.#events++;
    this.#slots.set(event, this.#clock.schedule(delayMs, this.#heap, event));
    this.#expected.add(delayMs, `heap ${event}`);
  }

  addTo(line: number): void {
    const event = this.#events++;
    this.#tickets.set(event, { line, ticket: (this.#lines[line] as DelayLine).add(event) });
    this.#expected.add(lineDelaysMs[line] as number, `line${line} ${event}`);
  }

  cancel(choice: number): void {
    const event = [...this.#slots.keys()][choice % this.#slots.size];
    if (event === undefined) return;
    this.#clock.events.cancel(this.#slots.get(event) as number);
    this.#slots.delete(event);
    this.#expected.remove(`heap ${event}`);
  }

  cancelTicket(choice: number): void {
    const event = [...this.#tickets.keys()][choice % this.#tickets.size];
    if (event === undefined) return;
    const { line, ticket } = this.#tickets.get(event) as { line: number; ticket: number };
    (this.#lines[line] as DelayLine).cancel(ticket);
    this.#tickets.delete(event);
    this.#expected.silence(`line${line} ${event}`);
  }

  setStanding(number: number, delayMs: number): void {
    (this.#standing[number] as StandingEvent).set(this.#clock.nowMs() + delayMs);
    this.#expected.remove(`standing ${number}`);
    this.#expected.add(delayMs, `standing ${number}`);
  }

  moveStanding(number: number, delayMs: number): void {
    const atMs = this.#clock.nowMs() + delayMs;
    (this.#standing[number] as StandingEvent).moveTo(atMs);
    if (this.#expected.atMs(`standing ${number}`) === atMs) return;
    this.#expected.remove(`standing ${number}`);
    if (delayMs < Number.POSITIVE_INFINITY) this.#expected.add(delayMs, `standing ${number}`);
  }

  run(most: number): void {
    const more = this.#clock.run(most);
    for (let i = 0; i < most; i += 1) if (this.#expected.next() === undefined && more) expect.fail('There is no more.');
    if (this.#clock.nowMs() !== this.#expected.nowMs) expect.fail(`It is ${this.#clock.nowMs()}, not ${this.#expected.nowMs}.`);
  }

  /** Some bring another one for the same instant; `ExpectedEvents` knows which. */
  #heapFired(event: number): void {
    this.#happened(event, `heap ${event}`);
    if (event < brought && event % 4 === 0) (this.#lines[0] as DelayLine).add(event + brought);
    if (event < brought && event % 4 === 2) this.#clock.schedule(0, this.#heap, event + brought);
  }

  #happened(event: number, label: string): void {
    this.#log.push(`${this.#clock.nowMs()} ${label}`);
    this.#slots.delete(event);
    this.#tickets.delete(event);
  }
}

const delayMs = fc.nat({ max: 4 });
const choice = fc.nat({ max: 50 });
const standing = fc.nat({ max: standingCount - 1 });
const step: fc.Arbitrary<(script: Script) => void> = fc.oneof(
  { weight: 3, arbitrary: delayMs.map((ms) => (script: Script) => script.schedule(ms)) },
  { weight: 4, arbitrary: fc.nat({ max: lineDelaysMs.length - 1 }).map((line) => (script: Script) => script.addTo(line)) },
  choice.map((number) => (script: Script) => script.cancel(number)),
  choice.map((number) => (script: Script) => script.cancelTicket(number)),
  fc.tuple(standing, delayMs).map(([number, ms]) => (script: Script) => script.setStanding(number, ms)),
  fc.tuple(standing, fc.oneof(delayMs, fc.constant(Number.POSITIVE_INFINITY))).map(([number, ms]) => (script: Script) => script.moveStanding(number, ms)),
  { weight: 3, arbitrary: fc.nat({ max: 4 }).map((most) => (script: Script) => script.run(most)) },
);

/** Notes what happens, and when. */
function noting(clock: VirtualClock, log: string[], name = ''): EventHandler {
  return { fire: (argument) => void log.push(`${clock.nowMs()} ${name}${argument}`) };
}

describe('events', () => {
  it('happen in order of their time, then of scheduling, whatever holds them', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 150 }), (steps) => {
        const script = new Script();
        for (const take of steps) take(script);
        script.run(5_000);
        const [happened, expected] = script.logs;
        expect(happened).toEqual(expected);
      }),
      runs(100),
    );
  });

  it('that a handler schedules for the present come after all that was scheduled for it, before time goes on', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const line = new DelayLine(clock, 0, noting(clock, log, 'line '));
    const standingEvent = clock.events.addStanding(noting(clock, log, 'standing '));
    const first: EventHandler = {
      fire: () => {
        log.push('first');
        line.add(1);
        clock.schedule(0, noting(clock, log), 2);
        standingEvent.set(clock.nowMs());
        clock.schedule(-3, noting(clock, log), 4);
        line.add(5);
      },
    };
    clock.schedule(7, first, 0);
    clock.schedule(7, noting(clock, log), 0);
    clock.schedule(8, noting(clock, log), 6);
    expect(clock.run(100)).toBe(false);
    expect(log).toEqual(['first', '7 0', '7 line 1', '7 2', '7 standing 0', '7 4', '7 line 5', '8 6']);
  });

  it('may come again and again from their own handlers', () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const again = (set: (afterMs: number) => void): EventHandler => ({
      fire(): void {
        times.push(clock.nowMs());
        if (times.length % 4 > 0) set(3);
      },
    });
    const standingEvent: StandingEvent = clock.events.addStanding(again((afterMs) => standingEvent.set(clock.nowMs() + afterMs)));
    standingEvent.set(1);
    clock.run(10);
    const line: DelayLine = new DelayLine(clock, 3, again(() => line.add(0)));
    line.add(0);
    clock.run(10);
    expect(times).toEqual([1, 4, 7, 10, 13, 16, 19, 22]);
  });
});

describe('a standing event', () => {
  it('keeps its place where it is moved to when it was due then already, and not where it is set', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const [moved, set] = [clock.events.addStanding(noting(clock, log, 'moved ')), clock.events.addStanding(noting(clock, log, 'set '))];
    moved.set(5);
    set.set(5);
    clock.schedule(5, noting(clock, log), 0);
    moved.moveTo(5);
    set.set(5);
    clock.run(10);
    expect(log).toEqual(['5 moved 0', '5 0', '5 set 0']);
  });

  it('is not due when it is moved to infinity', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const event = clock.events.addStanding(noting(clock, log));
    event.set(5);
    event.moveTo(Number.POSITIVE_INFINITY);
    expect(clock.run(10)).toBe(false);
    expect([log, clock.nowMs()]).toEqual([[], 0]);
  });
});

describe('a delay line', () => {
  it('holds any number of events, also when it grows after some have come', () => {
    const clock = new VirtualClock();
    const log: number[] = [];
    const line = new DelayLine(clock, 1_000, { fire: (argument) => void log.push(argument, clock.nowMs()) });
    const expected: number[] = [];
    // When it is 1150, 50 of the first 200 are left, in the middle of the ring; 700 more make it grow twice while it is wrapped.
    for (const [from, to] of [[0, 200], [1_150, 1_850]] as const) {
      for (let n = from; n < to; n += 1) {
        let ticket = -1;
        clock.schedule(n, { fire: () => void (ticket = line.add(n)) }, 0);
        // Every seventh is cancelled, half of those when the line may have grown since.
        if (n % 7 !== 0) expected.push(n, n + 1_000);
        else clock.schedule(n + (n % 2 === 0 ? 0 : 900), { fire: () => line.cancel(ticket) }, 0);
      }
    }
    clock.run(100_000);
    expect(log).toEqual(expected);
  });
});

describe('a clock', () => {
  it('lets as many events happen as it is asked to, and says whether there may be more', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    expect(clock.run(5)).toBe(false);
    for (const ms of [1, 2, 3]) clock.schedule(ms, noting(clock, log), ms);
    expect(clock.run(0)).toBe(true);
    expect(log).toEqual([]);
    expect(clock.run(2)).toBe(true);
    expect([log, clock.nowMs()]).toEqual([['1 1', '2 2'], 2]);
    // The last of them, but it has not looked further.
    expect(clock.run(1)).toBe(true);
    expect(clock.run(1)).toBe(false);
    expect([log, clock.nowMs()]).toEqual([['1 1', '2 2', '3 3'], 3]);
  });

  it('lets nothing happen once it is stopped', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.schedule(1, { fire: () => clock.stop() }, 0);
    clock.schedule(1, noting(clock, log), 1);
    expect(clock.run(10)).toBe(false);
    expect(clock.run(10)).toBe(false);
    expect(log).toEqual([]);
  });

  it('has timers that can be cancelled at any time, once for each', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const early = clock.setTimer(1, () => void log.push('early'));
    const never = clock.setTimer(2, () => void log.push('never'));
    clock.run(1);
    // The slot of the first is another's by now.
    clock.setTimer(5, () => void log.push('late'));
    early.cancel();
    never.cancel();
    never.cancel();
    clock.setTimer(-1, () => void log.push('at once'));
    clock.run(10);
    expect([log, clock.nowMs()]).toEqual([['early', 'at once', 'late'], 6]);
  });
});
