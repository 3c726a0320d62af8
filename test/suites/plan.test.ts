import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineScheduler, FbbError } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { firstIndependent, planSuite, readSuiteFile, type Selection, type Suite } from '../../src/suites/index.js';
import { thrownBy } from '../results/thrown-by.js';
import { names, planDeps } from './suite-names.js';
import { suiteFile, suiteOf } from './write-suite.js';

const everything: Selection = { experiments: undefined, workloads: undefined, schedulers: undefined, repeat: 1, limit: 5, load: 0.35, seed: 1, reseed: false, set: undefined, cache: undefined, added: [] };

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

  it('have one workload for all repetitions, or one drawn anew for each, the first of which is the same', () => {
    const hashes = (selection: Partial<Selection>): string[] => planSuite(twoByThree(), { ...everything, repeat: 3, ...selection }, planDeps()).cells.filter(({ key }) => key.workload === 'icdcs-cpu').map(({ workload }) => workload.hash);
    const [first] = hashes({});
    expect(new Set(hashes({}))).toEqual(new Set([first]));
    const drawn = hashes({ reseed: true });
    // All schedulers of a repetition get the same.
    expect(new Set(drawn).size).toBe(3);
    expect([0, 3, 6].map((at) => new Set(drawn.slice(at, at + 3)).size)).toEqual([1, 1, 1]);
    expect(drawn[0]).toBe(first);
    expect(hashes({ reseed: true })).toEqual(drawn);
  });

  it('carry their key, their options with defaults, and whether containers share resources', () => {
    const suite = suiteOf('name: s', 'base: batching', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [batching, { name: batching-expanding, options: { dispatchIntervalMs: 50 } }] }');
    const { cells } = planSuite(suite, { ...everything, repeat: 1 }, planDeps());
    expect(cells.map(({ key, options, resourceCache, definition }) => ({ key, options, resourceCache, name: definition.name }))).toEqual([
      {
        key: { id: 'one.icdcs-io.batching.r1', experiment: 'one', workload: 'icdcs-io', scheduler: 'batching', parameters: { dispatchIntervalMs: 200 }, repetition: 1 },
        options: { dispatchIntervalMs: 200 }, resourceCache: { policy: 'off' }, name: 'batching',
      },
      {
        key: { id: 'one.icdcs-io.batching-expanding.r1', experiment: 'one', workload: 'icdcs-io', scheduler: 'batching-expanding', parameters: { dispatchIntervalMs: 50, serviceSliceMs: 0, placement: 'group' }, repetition: 1 },
        options: { dispatchIntervalMs: 50, serviceSliceMs: 0, placement: 'group' }, resourceCache: { policy: 'unbounded' }, name: 'batching-expanding',
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

describe('a sweep', () => {
  function swept(schedulers: string, sweep: string): Suite {
    return suiteOf('name: s', 'base: vanilla', 'experiments:', `  one: { workloads: [icdcs-io], schedulers: ${schedulers}, sweep: ${sweep} }`);
  }

  it('runs every scheduler that has the option once for each value, and the others once', () => {
    expect(idsOf(swept('[vanilla, baseline, batching]', '{ dispatchIntervalMs: [10, 50] }'))).toEqual([
      'one.icdcs-io.vanilla.dispatchIntervalMs-10.r1', 'one.icdcs-io.vanilla.dispatchIntervalMs-50.r1', 'one.icdcs-io.baseline.r1',
      'one.icdcs-io.batching.dispatchIntervalMs-10.r1', 'one.icdcs-io.batching.dispatchIntervalMs-50.r1',
    ]);
  });

  it('of several options runs every combination, and names only what differs', () => {
    const suite = swept('[vanilla, kraken]', '{ sloQuantile: [0.4, 0.98], predictor: [oracle, ewma], dispatchIntervalMs: [10] }');
    expect(idsOf(suite)).toEqual(['', ...[0.4, 0.98].flatMap((q) => ['oracle', 'ewma'].map((predictor) => `.sloQuantile-${q}.predictor-${predictor}`))].map((suffix) => (suffix === '' ? 'one.icdcs-io.vanilla.r1' : `one.icdcs-io.kraken${suffix}.r1`)));
    const { cells } = planSuite(suite, everything, planDeps());
    expect(cells.map(({ key }) => key.parameters['dispatchIntervalMs'])).toEqual([10, 10, 10, 10, 10]);
  });

  it('keeps in mind where the suite lists each run, whoever goes first', () => {
    const { cells } = planSuite(swept('[batching, vanilla]', '{ dispatchIntervalMs: [50, 10] }'), { ...everything, repeat: 2 }, planDeps());
    const positions = cells.map(({ key, position }) => `${key.scheduler} ${String(key.parameters['dispatchIntervalMs'])}: ${position}`);
    expect(new Set(positions)).toEqual(new Set(['batching 50: 0', 'batching 10: 1', 'vanilla 50: 2', 'vanilla 10: 3']));
    expect(positions[0]).not.toBe(positions[4]);
  });

  it('of a text that would not do for a folder still makes an id that does', () => {
    const deps = planDeps();
    const schedulers = builtinSchedulers();
    schedulers.add(defineScheduler({ name: 'path-taker', description: 'p', options: z.strictObject({ path: z.string() }), create: () => ({ onArrival: () => undefined }) }));
    const suite = readSuiteFile(suiteFile('name: s', 'base: vanilla', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [path-taker], sweep: { path: [../a, b/c] } }'), { ...names, schedulers });
    const ids = planSuite(suite, everything, { ...deps, schedulers }).cells.map(({ key }) => key.id);
    expect(ids).toEqual(['one.icdcs-io.path-taker.path-..%2Fa.r1', 'one.icdcs-io.path-taker.path-b%2Fc.r1']);
  });
});

describe('a cell that learns from another', () => {
  function withKraken(schedulers: string, more = ''): Suite {
    return suiteOf('name: s', 'base: vanilla', 'experiments:', `  one: { workloads: [icdcs-io, icdcs-cpu], schedulers: ${schedulers}${more} }`);
  }
  const pairs = (suite: Suite, selection: Partial<Selection> = {}): [string, string | undefined][] =>
    planSuite(suite, { ...everything, workloads: ['icdcs-io'], ...selection }, planDeps()).cells.map(({ key, profileCell }) => [key.id, profileCell]);

  it('comes behind it, whoever would go first, and the others keep their order', () => {
    expect(pairs(withKraken('[kraken, baseline, vanilla, batching]'))).toEqual([
      ['one.icdcs-io.baseline.r1', undefined], ['one.icdcs-io.vanilla.r1', undefined], ['one.icdcs-io.kraken.r1', 'one.icdcs-io.vanilla.r1'], ['one.icdcs-io.batching.r1', undefined],
    ]);
  });

  it('learns from the cell of its own repetition and workload', () => {
    const all = pairs(withKraken('[vanilla, kraken]'), { repeat: 3, workloads: undefined });
    const learning = all.filter(([, from]) => from !== undefined);
    expect(learning).toHaveLength(6);
    for (const [id, from] of learning) expect(from).toBe(id.replace('kraken', 'vanilla'));
    for (const [id, from] of learning) expect(all.findIndex(([other]) => other === from)).toBeLessThan(all.findIndex(([other]) => other === id));
  });

  it('learns from the one with equal options, where there are several', () => {
    expect(pairs(withKraken('[vanilla, kraken]', ', sweep: { dispatchIntervalMs: [10, 50] }')).filter(([, from]) => from !== undefined)).toEqual(
      [10, 50].map((ms) => [`one.icdcs-io.kraken.dispatchIntervalMs-${ms}.r1`, `one.icdcs-io.vanilla.dispatchIntervalMs-${ms}.r1`]),
    );
  });

  it('learns from the only one there is, also with other options', () => {
    expect(pairs(withKraken('[{ name: vanilla, options: { dispatchIntervalMs: 77 } }, kraken]'))[1]).toEqual(['one.icdcs-io.kraken.r1', 'one.icdcs-io.vanilla.r1']);
  });

  it('is refused when none of several has its options', () => {
    const suite = withKraken('[{ name: vanilla, options: { dispatchIntervalMs: 7 } }, { name: vanilla, options: { dispatchIntervalMs: 8 } }, kraken]');
    const error = thrownBy(() => pairs(suite));
    expect(error).toMatchObject({ code: 'FBB_ERR_PROFILE_MISSING', exitCode: 2 });
    expect(error.message).toContain('one.icdcs-io.vanilla.dispatchIntervalMs-7.r1, one.icdcs-io.vanilla.dispatchIntervalMs-8.r1');
  });

  it('is refused when that one is not selected, saying what to add', () => {
    expect(thrownBy(() => pairs(withKraken('[vanilla, kraken]'), { schedulers: ['kraken'] }))).toMatchObject({
      code: 'FBB_ERR_PROFILE_MISSING',
      message: "Scheduler 'kraken' needs a cell of 'vanilla' on the same workload, and 'one' runs none on icdcs-io.",
      fix: 'Add vanilla to --schedulers, or to the experiment in the suite.',
    });
  });

  it.each(['nope', 'learner'])('is refused when it is to learn from %s, which is no other scheduler, naming those there are', (profileOf) => {
    const schedulers = builtinSchedulers();
    schedulers.add(defineScheduler({ name: 'learner', description: 'l', options: z.strictObject({}), profileOf, create: () => ({ onArrival: () => undefined }) }));
    const suite = readSuiteFile(suiteFile('name: s', 'base: vanilla', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [vanilla, learner] }'), { ...names, schedulers });
    expect(thrownBy(() => planSuite(suite, everything, { ...planDeps(), schedulers }))).toMatchObject({
      code: 'FBB_ERR_PROFILE_MISSING',
      message: `Scheduler 'learner' has profileOf '${profileOf}', and there is no other scheduler of this name.`,
      fix: 'Put one of these into its profileOf: vanilla, sfs, kraken, baseline, batching, batching-expanding, continuous.',
    });
  });

  it('is no cell to warm up with, nor is one that asks something special of the backend', () => {
    const { cells } = planSuite(withKraken('[sfs, vanilla, kraken]'), { ...everything, workloads: ['icdcs-io'] }, planDeps());
    expect(firstIndependent(cells)?.key.scheduler).toBe('vanilla');
    expect(firstIndependent(cells.filter(({ key }) => key.scheduler !== 'vanilla'))).toBeUndefined();
  });
});

describe('options that are set', () => {
  const suite = (): Suite =>
    suiteOf(
      'name: s', 'base: vanilla', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [vanilla, { name: batching, options: { dispatchIntervalMs: 100 } }, kraken] }',
      '  two: { workloads: [icdcs-io], schedulers: [vanilla, sfs], sweep: { dispatchIntervalMs: [10, 20] } }',
    );
  const refusal = (set: string[], selection: Partial<Selection> = {}): string[] => {
    const error = thrownBy(() => idsOf(suite(), { set, experiments: ['one'], ...selection }));
    expect(error).toMatchObject({ code: 'FBB_ERR_OPTION_INVALID', exitCode: 2 });
    return error.message.split('\n').slice(1);
  };

  it('override those of the suite, as numbers, truth values or texts', () => {
    const { cells } = planSuite(suite(), { ...everything, experiments: ['one'], set: ['batching.dispatchIntervalMs=50', 'kraken.predictor=ewma', 'kraken.sloQuantile=0.5'] }, planDeps());
    expect(cells.map(({ key, options }) => [key.scheduler, key.parameters, options])).toEqual([
      ['vanilla', { dispatchIntervalMs: 200 }, { dispatchIntervalMs: 200 }],
      ['batching', { dispatchIntervalMs: 50 }, { dispatchIntervalMs: 50 }],
      ['kraken', ...Array.from({ length: 2 }, () => ({ dispatchIntervalMs: 200, sloQuantile: 0.5, predictor: 'ewma', ewmaWeight: 0.5 }))],
    ]);
  });

  it('are refused all at once, with the names there are', () => {
    expect(refusal(['vanila.x=1', 'sfs.pollMs=2', 'kraken.slo=1', 'kraken.sloQuantile=high', 'baseline', 'kraken.sloQuantile=', 'kraken.predictor=[a]', 'vanilla.dispatchIntervalMs=1', 'vanilla.dispatchIntervalMs=2'])).toEqual([
      "  --set vanila.x=1: there is no scheduler 'vanila'; this run has: vanilla, batching, kraken",
      "  --set sfs.pollMs=2: scheduler 'sfs' is not in this run, which has: vanilla, batching, kraken",
      "  --set kraken.slo=1: 'kraken' has no option 'slo'; it has dispatchIntervalMs, sloQuantile, predictor, ewmaWeight",
      expect.stringMatching(/^ {2}--set kraken\.sloQuantile=high: .*expected number, received string$/),
      '  --set baseline: must have the form scheduler.option=value',
      '  --set kraken.sloQuantile=: has no value',
      '  --set kraken.predictor=[a]: the value must be a number, a text, true or false',
      "  --set vanilla.dispatchIntervalMs=2: 'vanilla.dispatchIntervalMs' is set twice",
    ]);
  });

  it('are refused for schedulers that are there but not selected', () => {
    expect(refusal(['kraken.sloQuantile=0.5'], { schedulers: ['vanilla', 'batching'] })).toEqual(["  --set kraken.sloQuantile=0.5: scheduler 'kraken' is not in this run, which has: vanilla, batching"]);
  });

  it('are refused for what an experiment sweeps, unless that is left out', () => {
    expect(refusal(['vanilla.dispatchIntervalMs=5'], { experiments: undefined })).toEqual([
      "  --set vanilla.dispatchIntervalMs=5: 'dispatchIntervalMs' is swept in experiment 'two'; leave the experiment out or do not set it",
    ]);
    expect(idsOf(suite(), { set: ['vanilla.dispatchIntervalMs=5'], experiments: ['one'] })).toHaveLength(3);
  });

  it('are refused when they make two entries of the suite one', () => {
    const twins = suiteOf('name: s', 'base: vanilla', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [vanilla, { name: vanilla, options: { dispatchIntervalMs: 100 } }] }');
    expect(thrownBy(() => idsOf(twins, { set: ['vanilla.dispatchIntervalMs=5'] })).message).toContain('one, vanilla: runs twice with the same options');
  });
});

describe('schedulers that join', () => {
  it('stand behind those of every experiment, once, and take part in its sweep', () => {
    const suite = suiteOf(
      'name: s', 'base: vanilla', 'experiments:', '  a: { workloads: [icdcs-io], schedulers: [vanilla, batching] }', '  b: { workloads: [icdcs-io], schedulers: [vanilla], sweep: { dispatchIntervalMs: [1, 2] } }',
    );
    expect([...idsOf(suite, { added: ['batching'] })].sort()).toEqual([
      'a.icdcs-io.batching.r1', 'a.icdcs-io.vanilla.r1', ...['batching', 'vanilla'].flatMap((name) => [1, 2].map((ms) => `b.icdcs-io.${name}.dispatchIntervalMs-${ms}.r1`)),
    ]);
  });

  it('are run also when other schedulers are selected', () => {
    expect(idsOf(twoByThree(), { workloads: ['icdcs-io'], schedulers: ['vanilla'], added: ['continuous'] })).toEqual(['one.icdcs-io.vanilla.r1', 'one.icdcs-io.continuous.r1']);
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
