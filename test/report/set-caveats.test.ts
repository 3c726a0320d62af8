import { describe, expect, it } from 'vitest';
import { headlineOf, type Caveat } from '../../src/report/index.js';
import type { CellSummary, Manifest } from '../../src/results/index.js';
import { runsOf, sideOf } from '../diff/side-of.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';

const quiet = runsOf([99, 100, 101, 100, 99]);

function caveats(summaries: readonly CellSummary[] = quiet, given: Partial<Manifest> = {}): readonly Caveat[] {
  return headlineOf(sideOf(summaries, given)).caveats;
}

function serious(...args: Parameters<typeof caveats>): string[] {
  return caveats(...args).filter(({ severity }) => severity === 'serious').map(({ text }) => text);
}

function notes(...args: Parameters<typeof caveats>): string[] {
  return caveats(...args).filter(({ severity }) => severity === 'note').map(({ text }) => text);
}

function each(change: (run: CellSummary) => Partial<CellSummary>): CellSummary[] {
  return quiet.map((run) => ({ ...run, ...change(run) }));
}

describe('a quiet run of five repetitions', () => {
  it('has nothing serious, and notes what the instrument cost', () => {
    expect(serious()).toEqual([]);
    expect(notes()).toEqual([
      'of several repetitions, p50 and p98 in answers, numbers and sweeps are the means of those of each',
      'load generator late by at most 0.20 ms (p99 of the worst cell), its threads in the normal class: chrt is not there or not permitted',
      'sampling cost at most 1.0 % of a core',
    ]);
  });
});

describe('serious is', () => {
  it.each<[string, CellSummary[], string]>([
    ['a load generator that was late', each(({ loadGenerator }) => ({ loadGenerator: { ...loadGenerator, lagP99Ms: 51 } })), 'load generator late by at most 51.0 ms'],
    ['sampling that cost much', each(() => ({ sampler: { cpuMs: 1, coreShare: 0.06, rounds: 1, missedRounds: 0 } })), 'sampling cost at most 6.0 % of a core'],
    ['stolen time', each(({ cpu }) => ({ cpu: { ...cpu, hostStolenShare: 0.03 } })), 'other machines took at most 3.0 % of the cores'],
    ['work of others on the host', each(({ cpu }) => ({ cpu: { ...cpu, hostMeanUtilization: 0.75 } })), 'something other than containers and harness used more than 10 % of its cores, 25 % in e2e.icdcs-cpu.baseline.r1'],
    ['lost invocations', each(({ invocations }) => ({ invocations: { ...invocations, completed: 990, failed: 10 } })), 'lost: 1.0 % of e2e.icdcs-cpu.baseline.r1'],
    ['memory that was not read', each(({ memory }) => ({ memory: { ...memory, unsampledContainers: 1 } })), '1 of 1 in e2e.icdcs-cpu.baseline.r1'],
    ['a problem', each(() => ({ problems: ['FBB_ERR_X: bad', 'more'] })), 'e2e.icdcs-cpu.baseline.r1: FBB_ERR_X: bad'],
    ['one run of each', quiet.slice(0, 1), 'one run of each: how much runs differ among themselves is not known well enough; --repeat 5 tells'],
    ['three runs of each', quiet.slice(0, 3), '3 runs of each: '],
    ['fewer runs of some', [...quiet, summaryOf({ cell: { scheduler: 'sfs' } })], 'one run of some: '],
  ])('%s', (_what, summaries, text) => {
    expect(serious(summaries)).toContainEqual(expect.stringContaining(text));
  });

  it('what was lost, the most first', () => {
    const lossy = [1, 400, 30].map((failed, index) => ({ ...quiet[index]!, invocations: { ...quiet[index]!.invocations, completed: 1_000 - failed, failed } }));
    expect(serious(lossy)[0]).toMatch(/lost: 40\.0 % of e2e\.icdcs-cpu\.baseline\.r2, 3\.0 % of e2e\.icdcs-cpu\.baseline\.r3, 0\.1 % of /);
  });

  it('a trial', () => {
    expect(serious(quiet, { selection: { ...manifestOf().selection, limit: 100 } })[0]).toBe('only the first 100 invocations of each workload: a trial, no result');
  });

  it('a set that has not come to its end, with the cells that it lacks, five by name', () => {
    const cells = [...quiet.map(({ cell }) => manifestCellOf({ ...cell, status: 'valid' as const })), ...[1, 2, 3, 4, 5, 6, 7].map((repetition) => manifestCellOf({ scheduler: 'kraken', repetition, status: 'failed' })), manifestCellOf({ scheduler: 'sfs', status: 'pending' })];
    const names = [1, 2, 3, 4, 5].map((repetition) => `e2e.icdcs-cpu.kraken.r${repetition}`).join(', ');
    expect(serious(quiet, { status: 'interrupted', cells })).toEqual(['the set is interrupted: this is of the cells it has', `7 cells failed: ${names} and 2 more`, '1 cell not run yet: e2e.icdcs-cpu.sfs.r1']);
  });

  it('what finished and is gone', () => {
    expect(serious(quiet, { cells: [...quiet.map(({ cell }) => manifestCellOf({ ...cell, status: 'valid' as const })), manifestCellOf({ scheduler: 'sfs', status: 'valid' })] })).toContainEqual(expect.stringContaining('1 cells that had finished are gone'));
  });
});

describe('a note is', () => {
  it('that repetitions of a simulation are copies, and its numbers those of a model', () => {
    const simulated = each(() => ({ backend: 'simulation' }));
    expect(notes(simulated, { backend: 'simulation' })).toEqual([
      expect.stringContaining('repetitions of a simulation are copies of each other') as string,
      expect.stringContaining('those of a model; validate-sim') as string,
      expect.stringContaining('simulated in virtual time') as string,
    ]);
    expect(serious(simulated, { backend: 'simulation' })).toEqual([]);
  });

  it('that a cap of containers made launches wait, the longest wait first', () => {
    const cap = { max: 4, launchesWaited: 0, longestWaitMs: 0, endedForOthers: 0 };
    const capped = [summaryOf({ cap }), summaryOf({ cell: { scheduler: 'sfs' }, cap: { ...cap, launchesWaited: 3, longestWaitMs: 20 } }), summaryOf({ cell: { scheduler: 'vanilla' }, cap: { ...cap, launchesWaited: 1, longestWaitMs: 3_100.4 } })];
    expect(notes(capped)[0]).toBe('a cap of 4 containers at a time made launches wait, which counts as scheduling: 1 in e2e.icdcs-cpu.vanilla.r1 (at most 3100 ms), 3 in e2e.icdcs-cpu.sfs.r1 (at most 20.0 ms)');
    expect(notes(capped.slice(0, 1)).join()).not.toContain('a cap of');
  });

  it('where memory comes from when it is no PSS', () => {
    expect(notes(each(({ memory }) => ({ memory: { ...memory, source: 'rss' } })))).toContainEqual(expect.stringContaining('memory is RSS'));
  });
});

it('control characters of users do not come through', () => {
  const [text = ''] = serious([...quiet, summaryOf({ cell: { scheduler: 'sfs' }, problems: ['a\u001b[31m\nb'] })]).filter((line) => line.includes('sfs.r1: '));
  expect(text).toBe('e2e.icdcs-cpu.sfs.r1: a [31m b');
});
