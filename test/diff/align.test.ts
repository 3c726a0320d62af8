import { describe, expect, it } from 'vitest';
import { alignSides, alignSideWithin, alignSideWithRows } from '../../src/diff/index.js';
import { summaryOf } from '../results/stored-run.js';
import { thrownBy } from '../results/thrown-by.js';
import { runsOf, sideOf } from './side-of.js';

const cell = { experiment: 'e2e', workload: 'icdcs-cpu', scheduler: 'vanilla' } as const;

function labels({ rows }: ReturnType<typeof alignSides>): string[] {
  return rows.map(({ label }) => label);
}

describe('the cells of two result sets', () => {
  it('are compared where experiment, workload, scheduler and parameters are equal, in whatever order the parameters stand', () => {
    const one = sideOf([...runsOf([1, 2], { cell: { ...cell, parameters: { a: 1, b: 2 } } }), summaryOf({ cell: { ...cell, scheduler: 'sfs' } })]);
    const other = sideOf([summaryOf({ cell: { ...cell, workload: 'icdcs-io' } }), ...runsOf([3], { cell: { ...cell, parameters: { b: 2, a: 1 } } })]);
    const aligned = alignSides(one, other);
    expect(labels(aligned)).toEqual(['vanilla']);
    expect(aligned.rows[0]?.first.runs).toHaveLength(2);
    expect(aligned.leftOut).toEqual(['e2e · icdcs-cpu · sfs: not in tiny-20260101T000000Z-0001', 'e2e · icdcs-io · vanilla: not in tiny-20260101T000000Z-0001']);
  });

  it('with other parameters are not', () => {
    const aligned = alignSides(sideOf(runsOf([1], { cell: { ...cell, parameters: { dispatchIntervalMs: 10 } } })), sideOf(runsOf([1], { cell: { ...cell, parameters: { dispatchIntervalMs: 20 } } })));
    expect(aligned.rows).toEqual([]);
    expect(aligned.leftOut).toHaveLength(2);
  });

  it('are compared with the only ones that name fewer parameters, and agree in these', () => {
    const ours = sideOf([10, 20].flatMap((ms) => runsOf([ms], { cell: { ...cell, parameters: { dispatchIntervalMs: ms, placement: 'group' } } })));
    const older = sideOf([20, 30].flatMap((ms) => runsOf([ms], { cell: { ...cell, parameters: { dispatchIntervalMs: ms } } })));
    expect(alignSides(older, ours).rows.map(({ first, second }) => [first.key.parameters['dispatchIntervalMs'], second.key.parameters['dispatchIntervalMs']])).toEqual([[20, 20]]);
    const oldest = sideOf(runsOf([1], { cell }));
    expect(alignSides(oldest, ours).rows).toEqual([]);
  });

  it('that are invalid or skipped on one side are left out, and said', () => {
    const aligned = alignSides(sideOf([summaryOf({ cell, valid: false })]), sideOf(runsOf([1], { cell })));
    expect(aligned.rows).toEqual([]);
    expect(aligned.leftOut[0]).toBe('e2e · icdcs-cpu · vanilla: no valid run in tiny-20260101T000000Z-0001');
  });

  it('of two schedulers are compared where the options that both have are equal', () => {
    const interval = (scheduler: string, ms: number, more: object = {}): ReturnType<typeof runsOf> => runsOf([ms], { cell: { ...cell, scheduler, parameters: { dispatchIntervalMs: ms, ...more } } });
    const set = [...interval('vanilla', 10), ...interval('vanilla', 20), ...interval('batching', 20, { placement: 'group' }), ...interval('batching', 10, { placement: 'group' })];
    const aligned = alignSides(sideOf(set, {}, 'vanilla'), sideOf(set, {}, 'batching'));
    expect(labels(aligned)).toEqual(['vanilla dispatchIntervalMs=10 → batching dispatchIntervalMs=10', 'vanilla dispatchIntervalMs=20 → batching dispatchIntervalMs=20']);
    expect(aligned.rows.map(({ first, second }) => [first.key.parameters['dispatchIntervalMs'], second.key.parameters['dispatchIntervalMs']])).toEqual([[10, 10], [20, 20]]);
  });

  it('of a scheduler that is not there are an error that lists those there are', () => {
    expect(thrownBy(() => alignSides(sideOf(runsOf([1], { cell }), {}, 'sfs'), sideOf(runsOf([1], { cell }))))).toMatchObject({ code: 'FBB_ERR_SCHEDULER_UNKNOWN', fix: 'Use one of: vanilla.' });
  });
});

describe('the schedulers of one result set', () => {
  it('are compared with the base of the same options', () => {
    const set = sideOf(['vanilla', 'sfs'].flatMap((scheduler) => [10, 20].flatMap((ms) => runsOf([ms], { cell: { ...cell, scheduler, parameters: { dispatchIntervalMs: ms } } }))).concat(runsOf([5], { cell: { ...cell, scheduler: 'continuous' } })));
    const { rows, leftOut } = alignSideWithin(set, 'vanilla');
    expect(rows.map(({ label, first }) => [label, first.key.parameters['dispatchIntervalMs']])).toEqual([['sfs dispatchIntervalMs=10', 10], ['sfs dispatchIntervalMs=20', 20], ['vanilla dispatchIntervalMs=10 → continuous', 10]]);
    expect(leftOut).toEqual([]);
  });
});

describe('chosen rows of one result set', () => {
  const row = (scheduler: string, parameters: Record<string, number> = {}, workload = 'icdcs-cpu'): ReturnType<typeof runsOf> => runsOf([1], { cell: { ...cell, scheduler, parameters, workload } });
  const set = sideOf([...row('vanilla', { a: 1, b: 1 }), ...row('vanilla', { a: 1, b: 2 }), ...row('sfs'), ...row('sfs', {}, 'icdcs-io'), summaryOf({ cell: { ...cell, scheduler: 'kraken' }, valid: false })]);

  it('stand second beside all others of their workload that have valid runs', () => {
    const { rows, leftOut, broken } = alignSideWithRows(set, [{ ...cell, parameters: { b: 2, a: 1 } }]);
    expect(rows.map(({ label }) => label)).toEqual(['vanilla b=2', 'sfs → vanilla b=2']);
    expect(leftOut).toEqual([expect.stringMatching(/^e2e · icdcs-cpu · kraken: no valid run in /)]);
    expect(broken).toEqual([]);
  });

  it('of another workload stand beside those of theirs, and one that is not there beside none', () => {
    const rowsOf = (scheduler: string, workload: string): string[] => labels(alignSideWithRows(set, [{ ...cell, workload, scheduler, parameters: {} }]));
    expect(rowsOf('sfs', 'icdcs-cpu')).toEqual(['vanilla b=1 → sfs', 'vanilla b=2 → sfs']);
    expect(rowsOf('sfs', 'icdcs-io')).toEqual([]);
    expect(rowsOf('nobody', 'icdcs-cpu')).toEqual([]);
  });
});

describe('result sets', () => {
  const one = sideOf(runsOf([1], { cell }));
  const problemsWith = (given: Parameters<typeof sideOf>[1]): readonly string[] => alignSides(one, sideOf(runsOf([1], { cell }), { id: 'other', ...given })).problems;

  it('of the same machine, version, load and work may be compared', () => {
    expect(problemsWith({})).toEqual([]);
  });

  it.each([
    ['another host', { host: { platform: 'linux', cores: 4 } }, ['host: cores is 2 and 4']],
    ['another major version of the tool', { tool: { name: 'faasbatch-bench', version: '1.0.0', commit: null } }, ['tool: faasbatch-bench 0.1.0 and faasbatch-bench 1.0.0']],
    ['another backend', { backend: 'docker' }, ['backend: process and docker']],
    ['another load shift', { workloads: { 'icdcs-cpu': { hash: 'w', nShift: 3 } } }, ['load shift of icdcs-cpu: none and 3']],
  ])('of %s are told apart', (_what, given, problems) => {
    expect(problemsWith(given)).toEqual(problems);
  });

  it('whose functions were given other work by another load shift must not be compared', () => {
    const shifted = (nShift: number): ReturnType<typeof sideOf> => sideOf(runsOf([1], { cell }), { id: String(nShift), workloads: { 'icdcs-cpu': { hash: 'w', nShift } } });
    expect(alignSides(shifted(3), shifted(4)).problems).toEqual(['load shift of icdcs-cpu: 3 and 4']);
  });

  it('of the same version but for its last places may be compared', () => {
    expect(problemsWith({ tool: { name: 'faasbatch-bench', version: '0.1.7', commit: 'abc' } })).toEqual([]);
  });

  it('of other work must not be compared, unless both drew it anew for each repetition', () => {
    const drawn = (hashes: readonly string[], reseed: boolean): ReturnType<typeof sideOf> => {
      const manifest = sideOf([]).manifest;
      return sideOf(runsOf([1, 2], { cell }).map((run, i) => ({ ...run, workloadHash: hashes[i] as string })), { id: hashes.join(), selection: { ...manifest.selection, reseed } });
    };
    expect(alignSides(drawn(['a', 'a'], false), drawn(['b', 'b'], false)).problems).toEqual(['e2e · icdcs-cpu · vanilla: other work (workload hash)']);
    expect(alignSides(drawn(['a', 'b'], true), drawn(['c', 'd'], true)).problems).toEqual([]);
    expect(alignSides(drawn(['a', 'b'], true), drawn(['a', 'b'], true)).problems).toEqual([]);
    const halfAsLong = drawn(['c', 'd'], true);
    const shorter = { ...halfAsLong, summaries: halfAsLong.summaries.map((run) => ({ ...run, invocations: { ...run.invocations, arrived: 500 } })) };
    expect(alignSides(drawn(['a', 'b'], true), shorter).problems).toEqual(['e2e · icdcs-cpu · vanilla: other work (workload hash)']);
  });
});
