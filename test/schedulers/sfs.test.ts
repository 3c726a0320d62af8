import { describe, expect, it } from 'vitest';
import { sfs } from '../../src/schedulers/sfs.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { SchedulerCell, type SchedulerCellOptions } from '../../src/testkit/scheduler-cell.js';

/**
 * Without a window, so that containers are ready 100 ms after the arrivals they were launched for. Invocations that end on a half of a
 * ms end between two looks of the filter.
 */
function windowless({ schedulerOptions, ...options }: SchedulerCellOptions = {}): SchedulerCell {
  return new SchedulerCell(sfs, { executionMs: () => 15.5, ...options, schedulerOptions: { dispatchIntervalMs: 0, ...schedulerOptions } });
}

function classChanges(cell: SchedulerCell): string[] {
  return cell.actions.filter((line) => line.includes('setCpuClass')).map((line) => line.replace('setCpuClass ', ''));
}

function expectAllCompleted(cell: SchedulerCell): void {
  expect(cell.error).toBeUndefined();
  expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array(cell.engine.counts.arrived).fill('completed'));
  expect(cell.spy.actionsOnTheDead).toEqual([]);
  expect(faultsOf(cell)).toEqual([]);
}

/** For how long the invocation of the container that was launched last had the real-time class. */
function lastSliceMs(cell: SchedulerCell): number {
  const container = `c${cell.engine.counts.launched - 1} `;
  const [began, ended] = classChanges(cell)
    .filter((line) => line.includes(container))
    .map((line) => Number(line.split(':')[0]));
  return (ended as number) - (began as number);
}

/** A cell whose next invocation is new to all containers and runs for long. */
function lastOf(cell: SchedulerCell): number {
  cell.arrive('g');
  cell.clock.advance(1_500);
  cell.finish();
  expectAllCompleted(cell);
  return lastSliceMs(cell);
}

describe('the filter of sfs', () => {
  it('has as many invocations in the real-time class as there are cores, first come first served', () => {
    const cell = windowless({ executionMs: ({ id }) => [15.5, 8.5, 30.5, 60.5][id] ?? 1 });
    cell.burst(4);
    cell.finish();
    expect(classChanges(cell)).toEqual([
      '100: c0 fifo',
      '100: c1 fifo',
      '108.5: c1 fair',
      '108.5: c2 fifo',
      '115.5: c0 fair',
      '115.5: c3 fifo',
      '129: c2 fair',
      '136: c3 fair',
    ]);
    expectAllCompleted(cell);
  });

  it.each([1, 3])('never has more at work in it than %i cores, and leaves none free while somebody waits', (cores) => {
    const cell = windowless({ cores, executionMs: ({ id }) => [4, 30, 9, 70, 1, 18][id % 6] ?? 1, schedulerOptions: { windowArrivals: 10_000, overloadFactor: 1_000 } });
    const inClass = new Set<number>();
    let seen = 0;
    let mostAtWork = 0;
    for (let atMs = 0; atMs < 2_000; atMs += 1) {
      if (atMs % 5 === 0 && atMs < 600) cell.arrive(atMs % 2 === 0 ? 'f' : 'g');
      cell.clock.advanceTo(atMs + 0.5);
      for (const action of cell.backend.actions.slice(seen)) {
        if (action.kind !== 'setCpuClass') continue;
        if (action.cpuClass === 'fifo') inClass.add(action.containerId);
        else inClass.delete(action.containerId);
      }
      seen = cell.backend.actions.length;
      const atWork = [...cell.engine.pool('f').busy, ...cell.engine.pool('g').busy].filter(({ id }) => inClass.has(id)).length;
      mostAtWork = Math.max(mostAtWork, atWork);
    }
    expect(mostAtWork).toBe(cores);
    cell.finish();
    expectAllCompleted(cell);
  });

  it('lets one that has used up its slice fall back to fair share, for good, and gives its core to the next', () => {
    const cell = windowless({ cores: 1, executionMs: () => 100 });
    cell.burst(2);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '120: c0 fair', '120: c1 fifo', '140: c1 fair']);
    expectAllCompleted(cell);
  });

  it('takes the class from a container when its invocation ends: nobody watches what it does when it is idle', () => {
    const cell = windowless({ cores: 1, executionMs: ({ id }) => [5.5, 100][id] ?? 100 });
    cell.burst(2);
    cell.burstAt(110);
    cell.finish();
    expect(cell.actions.slice(4)).toEqual([
      '100: setCpuClass c0 fifo',
      '105.5: setCpuClass c0 fair',
      '105.5: setCpuClass c1 fifo',
      '110: assign to idle c0 serial 2',
      '126: setCpuClass c1 fair',
      '126: setCpuClass c0 fifo',
      '146: setCpuClass c0 fair',
    ]);
    expectAllCompleted(cell);
  });

  it('leaves no container in the class when all is done', () => {
    const cell = windowless({ executionMs: ({ id }) => [5.5, 30, 0.5, 12.5][id % 4] ?? 1 });
    for (const atMs of [0, 150, 163, 400]) cell.burstAt(atMs, 7);
    cell.finish();
    const last = new Map(classChanges(cell).map((line) => line.split(' ').slice(1) as [string, string]));
    expect(last.size).toBeGreaterThan(6);
    expect([...new Set(last.values())]).toEqual(['fair']);
    expectAllCompleted(cell);
  });
});

describe('the slice of sfs', () => {
  const slow = ({ functionId }: { functionId: string }): number => (functionId === 'g' ? 1_000 : 1);

  it('is what the options say until a window of arrivals is full', () => {
    const cell = windowless({ executionMs: slow, schedulerOptions: { initialSliceMs: 33, windowArrivals: 4 } });
    for (const atMs of [0, 30, 60]) cell.burstAt(atMs);
    expect(lastOf(cell)).toBe(33);
  });

  it('is cores times the mean time between arrivals then', () => {
    const cell = windowless({ cores: 2, executionMs: slow, schedulerOptions: { windowArrivals: 4 } });
    for (const atMs of [0, 30, 60, 90, 120]) cell.burstAt(atMs);
    expect(lastOf(cell)).toBe(60);
  });

  it('is a whole number of ms', () => {
    const cell = windowless({ cores: 3, executionMs: slow, schedulerOptions: { windowArrivals: 4 } });
    // 3 × 50.5 / 4 = 37.875.
    for (const atMs of [0, 10, 20, 30, 50.5]) cell.burstAt(atMs);
    expect(lastOf(cell)).toBe(37);
  });

  it('is set anew when the next window is full, and not before', () => {
    const arrivals = [0, 30, 60, 90, 120, 130, 140, 150];
    const before = windowless({ executionMs: slow, schedulerOptions: { windowArrivals: 4 } });
    for (const atMs of arrivals.slice(0, -1)) before.burstAt(atMs);
    expect(lastOf(before)).toBe(60);
    // The arrival of `g` is the fourth of the second window: (30 + 2) / 4 × 2.
    const after = windowless({ executionMs: slow, schedulerOptions: { windowArrivals: 4 } });
    for (const atMs of arrivals) after.burstAt(atMs);
    after.clock.advanceTo(152);
    expect(lastOf(after)).toBe(16);
  });

  it('is never shorter than the shortest', () => {
    const cell = windowless({ executionMs: slow, schedulerOptions: { windowArrivals: 4 } });
    cell.burst(5);
    expect(lastOf(cell)).toBe(6);
    const other = windowless({ executionMs: slow, schedulerOptions: { windowArrivals: 4, minSliceMs: 9 } });
    other.burst(5);
    expect(lastOf(other)).toBe(9);
  });
});

describe('sfs when there is too much', () => {
  const long = { cores: 1, executionMs: ({ id }: { id: number }) => (id === 0 ? 15.5 : 200) };

  it('sends who has waited for too many slices straight to fair share, and takes the next', () => {
    const cell = windowless({ ...long, schedulerOptions: { overloadFactor: 1 } });
    cell.burst(3);
    cell.burstAt(20);
    cell.finish();
    // When the first has ended, the second has waited for 15.5 ms. When that one's slice is over, the third has for 36, the fourth for 16.
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '115.5: c0 fair', '115.5: c1 fifo', '136: c1 fair', '136: c3 fifo', '156: c3 fair']);
    expectAllCompleted(cell);
  });

  it('lets them wait for three slices unless told otherwise', () => {
    const cell = windowless(long);
    cell.burst(6);
    cell.finish();
    // 15.5, 36 and 56 ms of waiting are within 60, 76 is not.
    expect(classChanges(cell).filter((line) => line.includes('fifo'))).toEqual(['100: c0 fifo', '115.5: c1 fifo', '136: c2 fifo', '156: c3 fifo']);
    expectAllCompleted(cell);
  });
});

describe('an invocation that sleeps', () => {
  /** Container 0 sleeps between these. */
  function sleepingCell(fromMs: number, toMs: number, options: SchedulerCellOptions = {}): SchedulerCell {
    const cell: SchedulerCell = windowless({
      cores: 1,
      executionMs: () => 200,
      cpuStateOf: ({ id }) => (id === 0 && cell.clock.nowMs() >= fromMs && cell.clock.nowMs() < toMs ? 'sleeping' : 'runnable'),
      ...options,
    });
    return cell;
  }

  it('gives up its place, keeps what is left of its slice, and queues again when it is runnable', () => {
    const cell = sleepingCell(105, 130);
    cell.burst(1);
    cell.finish();
    // Sleepers are looked at every 4 ms.
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '105: c0 fair', '133: c0 fifo', '148: c0 fair']);
    expectAllCompleted(cell);
  });

  it('is looked at for its waking as often as the options say', () => {
    const cell = sleepingCell(105, 130, { schedulerOptions: { sleeperPollMs: 1 } });
    cell.burst(1);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '105: c0 fair', '130: c0 fifo', '145: c0 fair']);
  });

  it('leaves its core to others, and queues behind those that came meanwhile', () => {
    const cell = sleepingCell(105, 110);
    cell.burst(2);
    cell.burstAt(7);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '105: c0 fair', '105: c1 fifo', '125: c1 fair', '125: c2 fifo', '145: c2 fair', '145: c0 fifo', '160: c0 fair']);
    expectAllCompleted(cell);
  });

  it('can sleep more than once', () => {
    const cell: SchedulerCell = windowless({ executionMs: () => 200, schedulerOptions: { sleeperPollMs: 1 }, cpuStateOf: () => (Math.floor(cell.clock.nowMs() / 8) % 2 === 0 ? 'runnable' : 'sleeping') });
    cell.burst(1);
    cell.finish();
    // Ready at 100, sleeps from 104, 120, 136 on: 4 + 8 + 8 ms are the slice of 20.
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '104: c0 fair', '112: c0 fifo', '120: c0 fair', '128: c0 fifo', '136: c0 fair']);
    expectAllCompleted(cell);
  });

  it('may end while it sleeps', () => {
    const cell = sleepingCell(105, 1_000);
    cell.burst(2);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '105: c0 fair', '105: c1 fifo', '125: c1 fair']);
    expectAllCompleted(cell);
  });

  it('is looked at as often as the options say', () => {
    const cell = sleepingCell(103, 130, { schedulerOptions: { pollMs: 8 } });
    cell.burst(1);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '108: c0 fair', '132: c0 fifo', '148: c0 fair']);
  });

  it('is not looked at any more when nobody is left in the filter', () => {
    const cell = windowless({ executionMs: () => 1_000 });
    cell.burst(2);
    cell.finish();
    expect(cell.timers.at(-1)).toBe('119: timer for 120');
  });
});

describe('sfs when containers are lost', () => {
  it('gives the place of a container that dies in the class to the next, and leaves the dead alone', () => {
    const cell = windowless({ cores: 1, executionMs: () => 12.5 });
    cell.backend.loseAt(110, 0);
    cell.burst(2);
    cell.finish();
    expect(classChanges(cell)).toEqual(['100: c0 fifo', '110: c1 fifo', '112.5: c1 fair', '210: c2 fifo', '222.5: c2 fair']);
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', attempt: 2 });
    expectAllCompleted(cell);
  });

  it('forgets one that dies while it waits, sleeps or starts', () => {
    const cell: SchedulerCell = windowless({
      cores: 1,
      executionMs: () => 60,
      launchMs: ({ id }) => (id === 3 ? 300 : 100),
      cpuStateOf: ({ id }) => (id === 0 && cell.clock.nowMs() >= 102 ? 'sleeping' : 'runnable'),
    });
    cell.burst(4);
    cell.backend.loseAt(110, 0);
    cell.backend.loseAt(111, 2);
    cell.backend.loseAt(112, 3);
    cell.finish();
    expect(classChanges(cell).slice(0, 4)).toEqual(['100: c0 fifo', '102: c0 fair', '102: c1 fifo', '122: c1 fair']);
    expect(cell.recorder.outcomes.filter(({ id }) => id !== 1).map(({ containerId }) => containerId).toSorted()).toEqual([4, 5, 6]);
    expectAllCompleted(cell);
  });

  it('acts on no container that outlived its keep-alive', () => {
    const cell = windowless({ cores: 1, keepAliveMs: 50, executionMs: () => 5.5 });
    for (const atMs of [0, 400, 800]) cell.burstAt(atMs, 2);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(6);
    expectAllCompleted(cell);
  });
});

describe('the platform under sfs', () => {
  it('makes do with fewer containers when they go as fast as they come, and sees everything to its end', () => {
    const cell = new SchedulerCell(sfs, { keepAliveMs: 120, launchMs: () => 100, executionMs: () => 30.5 });
    cell.burst(4);
    cell.finish();
    expect(cell.actions.some((line) => line.includes('assign to busy'))).toBe(true);
    expectAllCompleted(cell);
  });

  it('has no window when its interval is 0: containers are launched at once and side by side', () => {
    const cell = windowless();
    cell.burstAt(20, 2);
    cell.clock.advanceTo(119);
    expect(cell.spy.actions).toEqual(['20: launch c0 f', '20: assign to starting c0 serial 0', '20: launch c1 f', '20: assign to starting c1 serial 1']);
    cell.burstAt(150, 2);
    cell.finish();
    expect(cell.actions.filter((line) => line.includes('launch'))).toHaveLength(2);
    expectAllCompleted(cell);
  });

  it('is that of vanilla otherwise: a window, then one container an invocation, one after another', () => {
    const cell = new SchedulerCell(sfs);
    cell.burstAt(20, 2);
    cell.finish();
    expect(cell.spy.actions.slice(0, 7)).toEqual([
      '20: timer for 200',
      '200: launch c0 f',
      '300: launch c1 f',
      '400: assign to idle c0 serial 0',
      '400: setCpuClass c0 fifo',
      '400: timer for 401',
      '400: assign to idle c1 serial 1',
    ]);
    expectAllCompleted(cell);
  });

  it('must be able to move containers between classes', () => {
    expect(sfs.requires).toEqual(['cpu-class']);
    const cell = windowless({ capabilities: [] });
    cell.burst(1);
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
  });
});
