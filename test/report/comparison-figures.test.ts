import { describe, expect, it } from 'vitest';
import { withBaseChanges } from '../../src/report/index.js';
import type { Section } from '../../src/report/report-model.js';
import { runsOf, sideOf } from '../diff/side-of.js';

const section: Section = { id: 'e2e-icdcs-cpu', title: 'e2e · icdcs-cpu', figures: [], slices: [{ label: '', figures: [], timelines: [] }], shownSlice: 0 };

const base = runsOf([100, 101, 99, 100, 102, 98]);
const half = runsOf([50, 51, 49, 50, 52, 48], { cell: { scheduler: 'batching' } });
const same = runsOf([101, 100, 98, 102, 99, 100], { cell: { scheduler: 'batching-expanding' } });

describe('changes against the base of a set', () => {
  it('stand first in a section, with their intervals and verdicts', () => {
    const [changed] = withBaseChanges([section], sideOf([...base, ...half, ...same]));
    const [mean, p98] = changed!.slices[0]!.figures;
    expect(mean).toMatchObject({ id: 'change-mean', title: 'Change of the mean latency against baseline', chart: { kind: 'intervals', value: { name: 'change of mean latency', unit: 'share' } } });
    expect(p98).toMatchObject({ id: 'change-p98', title: 'Change of the p98 latency against baseline' });
    const rows = mean!.chart.kind === 'intervals' ? mean!.chart.rows : [];
    expect(rows.map(({ label, scheduler, verdict }) => ({ label, scheduler, verdict }))).toEqual([
      { label: 'batching', scheduler: 'batching', verdict: 'better' },
      { label: 'batching-expanding', scheduler: 'batching-expanding', verdict: 'none' },
    ]);
    expect(rows[0]!.at).toBeCloseTo(-0.5, 2);
    expect(rows[0]!.from).toBeLessThan(-0.5);
    expect(rows[0]!.to).toBeGreaterThan(-0.5);
    expect(mean!.how).toMatch(/bootstrap over runs/);
  });

  it('are not drawn where there is nothing to go by', () => {
    const [changed] = withBaseChanges([section], sideOf([...runsOf([100]), ...runsOf([50], { cell: { scheduler: 'batching' } })]));
    expect(changed!.slices[0]!.figures).toEqual([]);
  });

  it('are left to the curves where something is swept', () => {
    const swept = { ...section, slices: [...section.slices, ...section.slices] };
    expect(withBaseChanges([swept], sideOf([...base, ...half]))[0]!.slices.flatMap(({ figures }) => figures)).toEqual([]);
  });

  it('are left out where the base was not run', () => {
    expect(withBaseChanges([section], sideOf(half))).toEqual([section]);
  });
});
