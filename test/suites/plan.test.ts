import { describe, expect, it } from 'vitest';
import { FbbError } from '../../src/core/index.js';
import { planSuite, type Selection, type Suite } from '../../src/suites/index.js';
import { thrownBy } from '../results/thrown-by.js';
import { planDeps } from './suite-names.js';
import { suiteOf } from './write-suite.js';

const everything: Selection = { experiments: undefined, workloads: undefined, schedulers: undefined, repeat: 1, limit: 5, load: 0.35, seed: 1 };

function idsOf(suite: Suite, selection: Partial<Selection> = {}): string[] {
  return planSuite(suite, { ...everything, ...selection }, planDeps()).cells.map(({ key }) => key.id);
}

function twoByThree(): Suite {
  return suiteOf('name: s', 'base: vanilla', 'experiments:', '  one: { workloads: [icdcs-cpu, icdcs-io], schedulers: [vanilla, baseline, batching] }');
}

function twoExperiments(): Suite {
  return suiteOf(
    'name: s', 'base: vanilla', 'experiments:', '  a: { workloads: [icdcs-io], schedulers: [vanilla, baseline] }', '  b: { workloads: [icdcs-cpu], schedulers: [batching] }',
  );
}

describe('cells of a plan', () => {
  it('are one for each workload and scheduler, and schedulers take turns at going first', () => {
    expect(idsOf(twoByThree())).toEqual([
      'one.icdcs-cpu.vanilla.r1', 'one.icdcs-cpu.baseline.r1', 'one.icdcs-cpu.batching.r1',
      'one.icdcs-io.baseline.r1', 'one.icdcs-io.batching.r1', 'one.icdcs-io.vanilla.r1',
    ]);
  });

  it('come once for each repetition, every repetition whole before the next, still taking turns', () => {
    const ids = idsOf(twoByThree(), { repeat: 3, workloads: ['icdcs-io'] });
    expect(ids).toEqual([
      'one.icdcs-io.vanilla.r1', 'one.icdcs-io.baseline.r1', 'one.icdcs-io.batching.r1',
      'one.icdcs-io.baseline.r2', 'one.icdcs-io.batching.r2', 'one.icdcs-io.vanilla.r2',
      'one.icdcs-io.batching.r3', 'one.icdcs-io.vanilla.r3', 'one.icdcs-io.baseline.r3',
    ]);
  });

  it('carry their key, their options with defaults, and whether containers share resources', () => {
    const suite = suiteOf('name: s', 'base: batching', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [batching, { name: batching-expanding, options: { dispatchIntervalMs: 50 } }] }');
    const { cells } = planSuite(suite, { ...everything, repeat: 1 }, planDeps());
    expect(cells.map(({ key, options, multiplexing, definition }) => ({ key, options, multiplexing, name: definition.name }))).toEqual([
      {
        key: { id: 'one.icdcs-io.batching.r1', experiment: 'one', workload: 'icdcs-io', scheduler: 'batching', parameters: { dispatchIntervalMs: 200 }, repetition: 1 },
        options: { dispatchIntervalMs: 200 }, multiplexing: false, name: 'batching',
      },
      {
        key: { id: 'one.icdcs-io.batching-expanding.r1', experiment: 'one', workload: 'icdcs-io', scheduler: 'batching-expanding', parameters: { dispatchIntervalMs: 50 }, repetition: 1 },
        options: { dispatchIntervalMs: 50 }, multiplexing: true, name: 'batching-expanding',
      },
    ]);
  });

  it('of one scheduler with several options are told apart by them', () => {
    const suite = suiteOf(
      'name: s', 'base: batching', 'experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers:', '      - { name: batching, options: { dispatchIntervalMs: 100 } }', '      - batching', '      - baseline',
    );
    expect(idsOf(suite)).toEqual(['one.icdcs-io.batching.dispatchIntervalMs-100.r1', 'one.icdcs-io.batching.dispatchIntervalMs-200.r1', 'one.icdcs-io.baseline.r1']);
  });

  it.each([
    ['a scheduler is listed twice', '[icdcs-io]', '[baseline, baseline]'],
    ['a scheduler is listed twice with equal options', '[icdcs-io]', '[batching, { name: batching, options: { dispatchIntervalMs: 200 } }]'],
    ['a workload is listed twice', '[icdcs-io, icdcs-io]', '[baseline]'],
  ])('never share an id: one would overwrite the other (%s)', (_what, workloads, schedulers) => {
    let ids: string[] = [];
    try {
      ids = idsOf(suiteOf('name: s', 'base: baseline', 'experiments:', `  one: { workloads: ${workloads}, schedulers: ${schedulers} }`));
    } catch (thrown) {
      // Refusing such a suite is as good.
      expect(thrown).toBeInstanceOf(FbbError);
      expect(thrown).toMatchObject({ exitCode: 2 });
    }
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('never share an id between experiments, workloads and repetitions', () => {
    const ids = idsOf(suiteOf('name: s', 'base: vanilla', 'experiments:', ...['a', 'b'].map((name) => `  ${name}: { workloads: [icdcs-cpu, icdcs-io], schedulers: [vanilla, baseline] }`)), { repeat: 4 });
    expect(ids).toHaveLength(32);
    expect(new Set(ids).size).toBe(32);
  });
});

describe('a selection', () => {
  it('takes only the experiments, workloads and schedulers named, in the order of the suite', () => {
    expect(idsOf(twoExperiments(), { experiments: ['b'] })).toEqual(['b.icdcs-cpu.batching.r1']);
    expect(idsOf(twoExperiments(), { experiments: ['b', 'a'] })).toEqual(idsOf(twoExperiments()));
    expect(idsOf(twoExperiments(), { workloads: ['icdcs-io'] })).toEqual(['a.icdcs-io.vanilla.r1', 'a.icdcs-io.baseline.r1']);
    expect(idsOf(twoByThree(), { schedulers: ['batching', 'vanilla'], workloads: ['icdcs-io'] })).toEqual(['one.icdcs-io.vanilla.r1', 'one.icdcs-io.batching.r1']);
  });

  it('builds no workload that nobody runs', () => {
    const { workloads } = planSuite(twoByThree(), { ...everything, workloads: ['icdcs-io'] }, planDeps());
    expect([...workloads.keys()]).toEqual(['icdcs-io']);
  });

  it.each([
    ['experiments', ['one', 'nope'], 'FBB_ERR_EXPERIMENT_UNKNOWN', "The suite has no experiment named 'nope'.", 'Use one of: one.'],
    ['workloads', ['nope'], 'FBB_ERR_WORKLOAD_UNKNOWN', "The suite has no workload named 'nope'.", 'Use one of: icdcs-cpu, icdcs-io.'],
    ['schedulers', ['baseline', 'batching-expanding'], 'FBB_ERR_SCHEDULER_UNKNOWN', "The suite has no scheduler named 'batching-expanding'.", 'Use one of: vanilla, baseline, batching.'],
  ])('of %s that the suite does not have lists those it has', (field, wanted, code, message, fix) => {
    expect(thrownBy(() => idsOf(twoByThree(), { [field]: wanted }))).toMatchObject({ code, message, fix, exitCode: 2 });
  });

  it('that leaves nothing to run is an error', () => {
    expect(thrownBy(() => idsOf(twoExperiments(), { workloads: ['icdcs-io'], schedulers: ['batching'] }))).toMatchObject({ code: 'FBB_ERR_SUITE_EMPTY', exitCode: 2 });
    expect(thrownBy(() => idsOf(twoExperiments(), { experiments: [] }))).toMatchObject({ code: 'FBB_ERR_SUITE_EMPTY' });
  });
});

describe('workloads of a plan', () => {
  function workload(selection: Partial<Selection>, name = 'icdcs-io'): NonNullable<ReturnType<ReturnType<typeof planSuite>['workloads']['get']>> {
    return planSuite(twoByThree(), { ...everything, workloads: [name], ...selection }, planDeps()).workloads.get(name)!;
  }

  it('are the same object in all cells, so that every scheduler meets the same work', () => {
    const { cells } = planSuite(twoByThree(), { ...everything, repeat: 2 }, planDeps());
    for (const name of ['icdcs-cpu', 'icdcs-io']) expect(new Set(cells.filter(({ key }) => key.workload === name).map((cell) => cell.workload)).size).toBe(1);
  });

  it('are decided by the seed', () => {
    expect(workload({ seed: 7 }).hash).toBe(workload({ seed: 7 }).hash);
    expect(workload({ seed: 7 }).hash).not.toBe(workload({ seed: 8 }).hash);
  });

  it('begin with the same invocations whatever the limit', () => {
    const all = workload({ limit: undefined });
    const six = workload({ limit: 6 });
    expect(all.intendedMs).toHaveLength(400);
    expect([...six.intendedMs]).toEqual([...all.intendedMs.slice(0, 6)]);
    expect([...six.functionIndex]).toEqual([...all.functionIndex.slice(0, 6)]);
    for (let id = 0; id < 6; id += 1) expect(six.inputOf(id)).toEqual(all.inputOf(id));
  });

  it('are not made longer by a limit beyond their end', () => {
    expect(workload({ limit: 1_000_000 }).hash).toBe(workload({ limit: undefined }).hash);
  });

  it('offer more work at a higher load', () => {
    const offered = (load: number): number => Number(workload({ load, limit: undefined }, 'icdcs-cpu').notes['soloWorkMs']);
    expect(offered(0.5) / offered(0.1)).toBeCloseTo(5, 1);
  });

  it('ask for the speed of the machine once, and only when one of them depends on it', () => {
    const deps = planDeps();
    planSuite(twoByThree(), { ...everything, workloads: ['icdcs-io'] }, deps);
    expect(deps.calibrations()).toBe(0);
    planSuite(twoByThree(), { ...everything, repeat: 3 }, deps);
    expect(deps.calibrations()).toBe(1);
  });
});
