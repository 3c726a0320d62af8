import { describe, expect, it } from 'vitest';
import { FakeCell, fakeProfile, SchedulerCell } from '../../src/testkit/index.js';
import { passiveScheduler } from '../../src/testkit/fake-cell.js';
import { batching } from '../../src/schedulers/batching.js';

describe('the fake backend', () => {
  it('knows with cpu-class whether something executes in a container', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, capabilities: ['cpu-class'], executionMs: () => 50 });
    const container = cell.engine.launch('f');
    cell.arrive();
    cell.engine.assign(container, scheduler.arrived, 'serial');
    const seen = [99, 101, 149, 151].map((atMs) => {
      cell.clock.advanceTo(atMs);
      return cell.engine.cpuState(container);
    });
    expect(seen).toEqual(['sleeping', 'runnable', 'runnable', 'sleeping']);
    cell.finish();
  });

  it('says of a container what it is told to say', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), capabilities: ['cpu-class'], cpuStateOf: ({ id }) => (id === 1 ? 'runnable' : 'sleeping') });
    const [first, second] = [cell.engine.launch('f'), cell.engine.launch('f')];
    expect([cell.engine.cpuState(first), cell.engine.cpuState(second)]).toEqual(['sleeping', 'runnable']);
    cell.finish();
  });

  it('counts a container until its last word, which comes when it is told to come', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), endsAfterMs: () => 40 });
    cell.engine.retire(cell.engine.launch('f'));
    cell.clock.advanceTo(39);
    cell.engine.launch('f');
    cell.clock.advanceTo(41);
    cell.engine.launch('f');
    expect(cell.backend.mostHeld).toBe(2);
    expect([...cell.recorder.containers.values()].map(({ usage }) => usage !== undefined)).toEqual([true, false, false]);
  });

  it('tells CPU times when it is asked to', () => {
    const cell = new SchedulerCell(batching, { cpuMs: ({ id }) => id + 3 });
    cell.burst(2);
    cell.finish();
    expect(cell.recorder.outcomes.map(({ cpuMs }) => cpuMs)).toEqual([3, 4]);
  });
});

describe('a scheduler in a cell', () => {
  it('is given a profile when it names one, and somebody who takes down what it says', () => {
    const seen: unknown[] = [];
    const definition = { ...batching, profileOf: 'vanilla', create: (options: never, deps: Parameters<typeof batching.create>[1]) => {
      seen.push(deps.profile?.arrivals('f', 0, 100), deps.profile?.latencyQuantileMs('f', 0.5), deps.profile?.latencyQuantileMs('g', 0.5));
      deps.log('two arrivals');
      return batching.create(options, deps);
    } };
    const cell = new SchedulerCell(definition, { profile: fakeProfile([{ intendedMs: 0 }, { intendedMs: 99 }, { intendedMs: 100 }]) });
    expect(seen).toEqual([2, 200, undefined]);
    expect(cell.logged).toEqual(['two arrivals']);
  });
});
