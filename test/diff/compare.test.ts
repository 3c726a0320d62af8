import { describe, expect, it } from 'vitest';
import { createRng } from '../../src/core/index.js';
import { alignSides, checkThresholds, compareAligned, hasFailed, parseThresholds, selfTest, type Comparison, type Diff } from '../../src/diff/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { thrownBy } from '../results/thrown-by.js';
import { runsOf, sideOf } from './side-of.js';

const rng = createRng(11);

/** About `middle`, by a few percent. */
function noisy(middle: number, count: number, spread = 0.02): number[] {
  return Array.from({ length: count }, () => middle * (1 + spread * (rng.next() + rng.next() + rng.next() - 1.5) * 2));
}

function diffOf(first: CellSummary[], second: CellSummary[], given: Parameters<typeof sideOf>[1] = {}): Diff {
  return compareAligned(alignSides(sideOf(first, given), sideOf(second, { id: 'other', ...given })));
}

function the({ comparisons }: Diff, name: string): Comparison {
  return comparisons.find(({ metric }) => metric.name === name) as Comparison;
}

describe('five runs a side', () => {
  it('show a change of ten percent that is larger than their spread', () => {
    const mean = the(diffOf(runsOf(noisy(100, 5)), runsOf(noisy(110, 5))), 'mean');
    expect(mean).toMatchObject({ verdict: 'worse', units: 'runs', runs: [5, 5] });
    expect(mean.evidence?.from).toBeGreaterThan(0.03);
    expect(mean.evidence?.to).toBeLessThan(0.17);
    expect(mean.evidence?.rank.effect).toBe(1);
  });

  it('call less of it better', () => {
    expect(the(diffOf(runsOf(noisy(110, 5)), runsOf(noisy(100, 5))), 'p98').verdict).toBe('better');
  });

  it('that are the same show nothing', () => {
    const runs = runsOf(noisy(100, 5));
    const { comparisons } = diffOf(runs, runs);
    expect(comparisons.filter(({ verdict }) => verdict === 'better' || verdict === 'worse')).toEqual([]);
    expect(the(diffOf(runs, runs), 'containers')).toMatchObject({ verdict: 'none', correctedP: 1, evidence: { change: 0, from: 0, to: 0 } });
  });

  it('show nothing when one run alone stands out', () => {
    expect(the(diffOf(runsOf([100, 101, 99, 100, 102]), runsOf([100, 101, 99, 100, 400])), 'mean').verdict).toBe('none');
  });

  it('that agree exactly show what differs between the sides', () => {
    const containers = the(diffOf(runsOf(noisy(1, 5), { containers: 6 }), runsOf(noisy(1, 5), { containers: 7 })), 'containers');
    expect(containers).toMatchObject({ verdict: 'worse', evidence: { change: expect.closeTo(1 / 6, 9) as number, from: expect.closeTo(1 / 6, 9) as number, to: expect.closeTo(1 / 6, 9) as number } });
  });

  it('that rise from 0 have a change in the unit of the metric', () => {
    const parts = (queue: number): CellSummary[] => runsOf(noisy(100, 5), { parts: { queue } }).map((run) => ({ ...run, latencyMs: { ...run.latencyMs, queue: { ...run.latencyMs.queue, mean: queue * run.cell.repetition } } }));
    expect(the(diffOf(parts(0), parts(3)), 'queue.mean').evidence).toMatchObject({ relative: false, change: 9 });
  });

  it('show a false difference in no more than five of a hundred tries', () => {
    let alarms = 0;
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const { comparisons } = diffOf(runsOf(noisy(100, 5, 0.1)), runsOf(noisy(100, 5, 0.1)));
      if (comparisons.some(({ verdict }) => verdict === 'better' || verdict === 'worse')) alarms += 1;
    }
    expect(alarms / 60).toBeLessThanOrEqual(0.05);
  });
});

describe('too few data', () => {
  it('are said to be too few, whatever they look like', () => {
    const mean = the(diffOf(runsOf([100]), runsOf([900])), 'mean');
    expect(mean).toMatchObject({ verdict: 'tooFew', first: 100, second: 900, reason: 'no rows of invocations, and fewer than 5 runs a side' });
  });

  it('are copies of one run: repetitions of a simulation', () => {
    const copies = (mean: number): CellSummary[] => runsOf([mean, mean, mean, mean, mean]).map((run) => ({ ...run, backend: 'simulation' }));
    expect(the(diffOf(copies(100), copies(110)), 'containers')).toMatchObject({ verdict: 'tooFew', runs: [1, 1] });
  });

  it('is memory that was read in different ways', () => {
    const cgroups = runsOf(noisy(100, 5)).map((run) => ({ ...run, memory: { ...run.memory, source: 'cgroup' as const } }));
    expect(the(diffOf(runsOf(noisy(100, 5)), cgroups), 'gbSeconds')).toMatchObject({ verdict: 'tooFew', first: 1, second: 1, reason: expect.stringContaining('memory.source') as string });
  });

  it('are runs of which one does not know the metric', () => {
    expect(the(diffOf(runsOf(noisy(100, 5)), runsOf(noisy(100, 5))), 'coldStartShare')).toMatchObject({ verdict: 'tooFew', reason: 'not known of every run' });
  });
});

describe('repetitions drawn anew', () => {
  const manifest = sideOf([]).manifest;
  const drawn = (means: readonly number[], hashes: string): CellSummary[] => runsOf(means).map((run, i) => ({ ...run, workloadHash: `${hashes}${i}` }));
  const reseeded = { selection: { ...manifest.selection, reseed: true } };
  const unlike = [100, 250, 60, 400, 150];

  it('of the same work are compared in pairs, so that what the work does to both drops out', () => {
    const slower = unlike.map((mean, i) => mean * (1.09 + 0.005 * i));
    expect(the(diffOf(drawn(unlike, 'w'), drawn(slower, 'w'), reseeded), 'mean')).toMatchObject({ verdict: 'worse', units: 'pairs' });
    expect(the(diffOf(drawn(unlike, 'w'), drawn(slower, 'v'), reseeded), 'mean')).toMatchObject({ verdict: 'none', units: 'runs' });
  });

  it('of which some have no partner are compared on those that have', () => {
    const { comparisons } = diffOf(drawn([...unlike, 9_000], 'w'), drawn(unlike, 'w'), reseeded);
    expect(comparisons[0]).toMatchObject({ runs: [5, 5], units: 'pairs', evidence: { change: 0 } });
  });

  it('find their partner by the work, not by their number', () => {
    const shuffled = drawn(unlike, 'w').reverse().map((run, i) => ({ ...run, cell: { ...run.cell, repetition: i + 1 } }));
    expect(the(diffOf(drawn(unlike, 'w'), shuffled, reseeded), 'mean').evidence).toMatchObject({ change: 0, from: 0, to: 0 });
  });
});

describe('a threshold', () => {
  it('is a metric and how much it may grow, as a share or in its unit', () => {
    expect(parseThresholds(['p98>+5%', ' queue.mean > 10 % ', 'containers>+0']).map(({ metric, limit, relative }) => [metric.name, limit, relative])).toEqual([['p98', 0.05, true], ['queue.mean', 0.1, true], ['containers', 0, false]]);
  });

  it('that cannot be read is named with every other one', () => {
    expect(thrownBy(() => parseThresholds(['p98', 'p97>+5%', 'mean<5%', 'mean>+5%']))).toMatchObject({ code: 'FBB_ERR_USAGE', message: "'p98' is no threshold; 'p97>+5%': there is no metric p97; 'mean<5%' is no threshold.", fix: expect.stringContaining('coldStartShare') as string });
  });

  it('is passed only by what is beyond it and shown', () => {
    const [a, b] = [noisy(100, 5), noisy(110, 5)];
    const diff = diffOf(runsOf(a), runsOf(b));
    expect(checkThresholds(parseThresholds(['mean>+5%']), diff).regressions).toHaveLength(1);
    expect(checkThresholds(parseThresholds(['mean>+20%']), diff)).toMatchObject({ regressions: [], notShown: [], checked: 1 });
    const unsure = diffOf(runsOf([50, 100, 150, 200, 90]), runsOf([80, 60, 180, 300, 150]));
    expect(checkThresholds(parseThresholds(['mean>+5%']), unsure)).toMatchObject({ regressions: [], notShown: [{ comparison: { verdict: 'none' } }] });
  });

  it('fails when a row that was valid has no valid run any more, whatever its figures', () => {
    const invalid = runsOf([1]).map((run) => ({ ...run, valid: false }));
    const other = { cell: { scheduler: 'sfs' } };
    const five = noisy(100, 5);
    const gate = checkThresholds(parseThresholds(['mean>+5%']), diffOf([...runsOf([1]), ...runsOf(five, other)], [...invalid, ...runsOf(five, other)]));
    expect(gate).toMatchObject({ regressions: [], broken: ['e2e · icdcs-cpu · baseline'] });
    expect(hasFailed(gate)).toBe(true);
  });

  it('fails where there was a value and is none any more', () => {
    const gate = checkThresholds(parseThresholds(['p98>+5%']), diffOf(runsOf(noisy(100, 5)), [...runsOf(noisy(100, 4)), ...runsOf([1], { cell: { repetition: 5 }, total: { p98: null } })]));
    expect(gate).toMatchObject({ checked: 0, lost: [{ threshold: { text: 'p98>+5%' } }] });
    expect(hasFailed(gate)).toBe(true);
  });

  it('is corrected for what is gated alone, and not for what is shown besides', () => {
    const percentiles = (): object => Object.fromEntries(['p50', 'p98', 'p99'].map((name) => [name, noisy(100, 1)[0]]));
    const rows = (factor: number): CellSummary[] =>
      ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((scheduler) =>
        runsOf(noisy(100 * (scheduler === 'a' ? factor : 1), 5, 0.03), { cell: { scheduler } }).map((run) => ({ ...run, latencyMs: { ...run.latencyMs, total: { ...run.latencyMs.total, ...percentiles() } } })),
      );
    const diff = diffOf(rows(1), rows(1.15));
    const { regressions } = checkThresholds(parseThresholds(['mean>+2%']), diff);
    expect(regressions.map(({ comparison }) => comparison.row.label)).toEqual(['a']);
    expect(regressions[0]?.comparison.correctedP).toBeLessThan(the(diff, 'mean').correctedP as number);
  });

  it('that there are too few data for everywhere is an error, not a pass', () => {
    expect(thrownBy(() => checkThresholds(parseThresholds(['mean>+5%']), diffOf(runsOf([1]), runsOf([1]))))).toMatchObject({ code: 'FBB_ERR_DIFF_THRESHOLD', message: expect.stringContaining('too few data everywhere') as string });
  });

  it('that nothing has a value for is an error, not a pass', () => {
    expect(thrownBy(() => checkThresholds(parseThresholds(['coldStartShare>+5%']), diffOf(runsOf([1]), runsOf([1]))))).toMatchObject({ code: 'FBB_ERR_DIFF_THRESHOLD' });
  });
});

describe('a self-test', () => {
  it('passes on runs that hardly differ and fails on those that differ by more than the slowdown', () => {
    const steady = sideOf(runsOf(noisy(100, 5, 0.01)));
    expect(selfTest(alignSides(steady, steady), parseThresholds(['mean>+5%']))).toMatchObject({ passed: true, slowdown: 0.1, missed: [], falseAlarms: 0 });
    const wild = sideOf(runsOf([50, 100, 200, 70, 300]));
    expect(selfTest(alignSides(wild, wild), parseThresholds(['mean>+5%']))).toMatchObject({ passed: false, missed: [{ comparison: { verdict: 'none' } }], falseAlarms: 0 });
    const many = sideOf(runsOf(noisy(100, 12, 0.01)));
    expect(selfTest(alignSides(many, many), parseThresholds(['mean>+5%']))).toMatchObject({ passed: true, halved: true });
  });

  it('injects more than the widest threshold', () => {
    const steady = sideOf(runsOf(noisy(100, 5, 0.01)));
    const { slowdown } = selfTest(alignSides(steady, steady), parseThresholds(['mean>+5%', 'p98>+40%']));
    expect(slowdown).toBeCloseTo(0.6, 9);
    const counted = sideOf(runsOf(noisy(100, 5, 0.01), { containers: 4 }));
    expect(selfTest(alignSides(counted, counted), parseThresholds(['containers>+2']))).toMatchObject({ passed: true, slowdown: 0.75 });
  });
});
