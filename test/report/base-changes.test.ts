import { describe, expect, it } from 'vitest';
import type { Figure } from '../../src/charts/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { withBaseChanges } from '../../src/report/index.js';
import type { Section } from '../../src/report/report-model.js';
import { runsOf, sideOf } from '../diff/side-of.js';

const section: Section = { id: 'e2e-icdcs-cpu', title: 'e2e · icdcs-cpu', figures: [], slices: [{ label: '', figures: [], timelines: [] }], shownSlice: 0 };

function runs(scheduler: string, meansMs: readonly number[], valid = true): CellSummary[] {
  return runsOf(meansMs, { valid, cell: { scheduler } });
}

function changes(summaries: readonly CellSummary[]): readonly Figure[] {
  return withBaseChanges([section], sideOf(summaries, { base: 'vanilla' }))[0]!.slices[0]!.figures;
}

const base = runs('vanilla', [100, 101, 99, 100, 102]);

describe('changes against the base', () => {
  it('are a figure of the mean and one of p98, with intervals', () => {
    const figures = changes([...base, ...runs('batching', [50, 51, 49, 50, 52])]);
    expect(figures.map(({ id, title, caveats }) => [id, title, caveats])).toEqual([['change-mean', 'Change of the mean latency against vanilla', []], ['change-p98', 'Change of the p98 latency against vanilla', []]]);
    expect(figures[0]!.chart).toMatchObject({ kind: 'intervals', rows: [{ label: 'batching', scheduler: 'batching', verdict: 'better' }] });
    expect(figures[0]!.how).toContain('bootstrap over runs.');
  });

  it('name the rows that have no valid run', () => {
    const [first] = changes([...base, ...runs('batching', [50, 51, 49, 50, 52]), ...runs('sfs', [1, 1, 1, 1, 1], false)]);
    expect(first!.caveats).toEqual([expect.stringMatching(/^sfs: no valid run in /)]);
  });

  it('are not drawn where there is nothing to go by', () => {
    expect(changes([...runs('vanilla', [100]), ...runs('batching', [50])])).toEqual([]);
  });

  it('are left to the curves where something is swept', () => {
    const swept = { ...section, slices: [...section.slices, ...section.slices] };
    const [changed] = withBaseChanges([swept], sideOf([...base, ...runs('batching', [50, 51, 49, 50, 52])], { base: 'vanilla' }));
    expect(changed!.slices.flatMap(({ figures }) => figures)).toEqual([]);
  });

  it('are none where the base was not run', () => {
    expect(changes(runs('batching', [50, 51]))).toEqual([]);
  });
});
