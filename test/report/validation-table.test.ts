import { describe, expect, it } from 'vitest';
import { pairWithLive, pairWithPublished, renderValidation } from '../../src/report/index.js';
import type { CellSummary, Manifest } from '../../src/results/index.js';
import { manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { marked, plain, rowOf } from './plain-style.js';

type PublishedCell = NonNullable<Manifest['published']>['cells'][number];

/** Of a scheduler: mean, and what else matters. */
const cell = (scheduler: string, mean: number, { parameters = {}, total = {}, ...more }: SummaryNumbers & { parameters?: CellSummary['cell']['parameters'] } = {}): CellSummary =>
  summaryOf({ ...more, cell: { scheduler, parameters, ...more.cell }, total: { mean, ...total } });

function rendered(live: readonly CellSummary[], simulated: readonly CellSummary[]): string {
  return renderValidation(pairWithLive(live, simulated, manifestOf()), plain);
}

function lineWith(text: string, beginning: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith(beginning));
}

const medians = (text: string): string | undefined => lineWith(text, 'median absolute error');
const orderings = (text: string): string | undefined => lineWith(text, 'orderings');

describe('a simulated cell beside the live one', () => {
  it('has the relative error of each figure, what is too little with a minus', () => {
    const live = cell('baseline', 200, { containers: 10, total: { p50: 100, p98: 400 } });
    const simulated = cell('baseline', 150, { containers: 12, total: { p50: 100, p98: 1_000 } });
    expect(rowOf(rendered([live], [simulated]), 'baseline')).toEqual(['baseline', '10', '12', '+20 %', '200', '150', '−25 %', '100', '100', '0 %', '400', '1000', '+150 %']);
  });

  it('has no sign where the error rounds to nothing', () => {
    const text = rendered([cell('baseline', 1_000), cell('batching', 1_000)], [cell('baseline', 1_004), cell('batching', 996)]);
    expect([rowOf(text, 'baseline')[6], rowOf(text, 'batching')[6]]).toEqual(['0 %', '0 %']);
  });

  it('has a dash where nothing was measured or it was zero', () => {
    const text = rendered([cell('baseline', 0, { containers: 0, total: { p50: null } })], [cell('baseline', 5, { total: { p50: 7 } })]);
    expect(rowOf(text, 'baseline')).toEqual(['baseline', '0', '1', '–', '0.00', '5.00', '–', '–', '7.00', '–', '–', '–', '–']);
    expect(medians(text)).toBe('median absolute error over 1 cell: containers –, mean –, p50 –, p98 –');
  });

  it('is the mean of the valid repetitions of both', () => {
    const live = [1, 2, 3].map((repetition) => cell('baseline', repetition * 100, { valid: repetition < 3, cell: { repetition } }));
    expect(rowOf(rendered(live, [cell('baseline', 300)]), 'baseline').slice(4, 7)).toEqual(['150', '300', '+100 %']);
  });

  it('names the parts that matter on either side, with their errors', () => {
    const live = cell('baseline', 100, { parts: { execution: 80, coldStart: 20, queue: 4, lag: 1, scheduling: 0 } });
    const simulated = cell('baseline', 100, { parts: { execution: 60, coldStart: 25, queue: 15, lag: 0, scheduling: 0 } });
    expect(rendered([live], [simulated]).split('\n')).toContain('  baseline: coldStart 20.0 → 25.0 (+25 %), queue 4.00 → 15.0 (+275 %), execution 80.0 → 60.0 (−25 %)');
  });

  it('has no line of parts where none was measured', () => {
    expect(rendered([cell('baseline', 100)], [cell('baseline', 100)])).not.toContain('baseline:');
  });
});

describe('pairs with a live run', () => {
  const both = [cell('baseline', 100), cell('batching', 200)];

  it.each<[string, CellSummary]>([
    ['invalid', cell('batching', 999, { valid: false })],
    ['skipped', cell('batching', 999, { valid: false, skipped: 'no cpu-class here' })],
  ])('leave out a cell that is %s on either side', (_what, without) => {
    for (const [live, simulated] of [[both, [both[0] as CellSummary, without]], [[both[0] as CellSummary, without], both]] as const) {
      const text = rendered(live, simulated);
      expect(text).not.toContain('batching');
      expect(medians(text)).toContain('over 1 cell:');
    }
  });

  it('leave out a cell that was run on one side only', () => {
    expect(rendered(both, [both[0] as CellSummary])).not.toContain('batching');
    expect(rendered([both[0] as CellSummary], both)).not.toContain('batching');
  });

  it('keep experiments and workloads apart', () => {
    const at = (experiment: string, workload: string, mean: number): CellSummary => cell('baseline', mean, { cell: { experiment, workload } });
    const places = [['e2e', 'icdcs-cpu'], ['e2e', 'icdcs-io'], ['sweep', 'icdcs-cpu']] as const;
    const text = rendered(places.map(([experiment, workload], index) => at(experiment, workload, 100 + index)), places.map(([experiment, workload], index) => at(experiment, workload, 200 + index)).reverse());
    for (const [index, [experiment, workload]] of places.entries()) expect(text).toMatch(new RegExp(`^${experiment} · ${workload}   .*\\n.*\\nbaseline .* ${100 + index}  ${200 + index} `, 'm'));
  });

  it('find each other by their parameters when other points of the sweep are missing on one side', () => {
    const at = (intervalMs: number, mean: number): CellSummary => cell('batching', mean, { parameters: { intervalMs } });
    const text = rendered([at(100, 10)], [at(100, 20), at(200, 30)]);
    expect(rowOf(text, 'batching intervalMs=100').slice(4, 7)).toEqual(['10.0', '20.0', '+100 %']);
    expect(text).not.toContain('intervalMs=200');
  });

  it('are refused where the work is not the same, with the names of the workloads', () => {
    const other = (workload: string): CellSummary => ({ ...cell('baseline', 1, { cell: { workload } }), workloadHash: 'other' });
    const same = cell('baseline', 1, { cell: { workload: 'same' } });
    const live = [same, cell('baseline', 1, { cell: { workload: 'one' } }), cell('baseline', 1, { cell: { workload: 'two' } })];
    expect(() => rendered(live, [same, other('two'), other('one'), other('nowhere')])).toThrow(
      expect.objectContaining({ code: 'FBB_ERR_NOT_COMPARABLE', message: expect.stringContaining('not the same work: two, one (') as string }) as Error,
    );
  });
});

describe('pairs with published figures', () => {
  const published = (given: Partial<PublishedCell>): PublishedCell => ({ experiment: 'e2e', workload: 'icdcs-cpu', scheduler: 'batching', parameters: {}, meanMs: 100, p50Ms: 50, p98Ms: 300, containers: 7, partsMs: {}, ...given });
  const against = (cells: PublishedCell[], simulated: readonly CellSummary[]): string => renderValidation(pairWithPublished(simulated, manifestOf({ published: { source: 'a paper', cells } })), plain);
  const sweep = [100, 200].map((intervalMs) => cell('batching', intervalMs, { parameters: { intervalMs, other: 'x' } }));

  it('match each by the parameters that are published with it', () => {
    const text = against([published({ parameters: { intervalMs: 200 }, meanMs: 400 }), published({ parameters: { intervalMs: 100 }, meanMs: 50 })], sweep);
    expect(rowOf(text, 'batching intervalMs=100').slice(4, 7)).toEqual(['50.0', '100', '+100 %']);
    expect(rowOf(text, 'batching intervalMs=200').slice(4, 7)).toEqual(['400', '200', '−50 %']);
  });

  it('take a cell without parameters for any', () => {
    const text = against([published({})], sweep);
    expect(sweep.map((_cell, index) => rowOf(text, `batching intervalMs=${(index + 1) * 100}`)[4])).toEqual(['100', '100']);
  });

  it.each<[string, Partial<PublishedCell>]>([
    ['experiment', { experiment: 'other' }],
    ['workload', { workload: 'other' }],
    ['scheduler', { scheduler: 'other' }],
    ['parameter', { parameters: { intervalMs: 500 } }],
    ['name of a parameter', { parameters: { unheardOf: 100 } }],
  ])('are none where the %s is another', (_what, given) => {
    expect(against([published(given)], sweep)).toMatch(/^nothing to compare/);
  });

  it('leave out simulated cells that are not valid', () => {
    expect(against([published({})], [cell('batching', 1, { valid: false })])).toMatch(/^nothing to compare/);
  });

  it('tell only of parts that are published', () => {
    const simulated = cell('batching', 100, { parts: { execution: 60, queue: 40 } });
    expect(against([published({ partsMs: { execution: 80 } })], [simulated]).split('\n')).toContain('  batching: execution 80.0 → 60.0 (−25 %)');
  });
});

describe('the median of the absolute errors', () => {
  const overErrors = (...simulated: number[]): string | undefined =>
    medians(rendered(simulated.map((_mean, index) => cell(`s${index}`, 100)), simulated.map((mean, index) => cell(`s${index}`, mean))));

  it.each<[string, number[], string]>([
    ['is the error of the only cell, without its sign', [70], 'over 1 cell: containers 0 %, mean 30 %,'],
    ['is the middle one of an odd number', [110, 50, 120], 'over 3 cells: containers 0 %, mean 20 %,'],
    ['is between the middle two of an even number', [110, 40, 120, 200], 'over 4 cells: containers 0 %, mean 40 %,'],
  ])('%s', (_name, simulated, expected) => {
    expect(overErrors(...simulated)).toContain(expected);
  });
});

describe('orderings by mean latency', () => {
  const pairsOf = (...rows: [string, number, number, CellSummary['cell']['parameters']?][]): string =>
    rendered(rows.map(([scheduler, mean, , parameters = {}]) => cell(scheduler, mean, { parameters })), rows.map(([scheduler, , mean, parameters = {}]) => cell(scheduler, mean, { parameters })));

  it('are right where the simulation agrees, however far off it is', () => {
    const text = pairsOf(['baseline', 10, 100], ['batching', 20, 101], ['vanilla', 30, 9_000]);
    expect(orderings(text)).toBe('orderings of schedulers by mean latency: 3 of 3 as measured');
    expect(text).not.toContain('!');
  });

  it('that are wrong are named with the figures of both sides, the less first', () => {
    const text = pairsOf(['baseline', 20, 15], ['batching', 10, 30]);
    expect(orderings(text)).toBe('orderings of schedulers by mean latency: 0 of 1 as measured');
    expect(text.split('\n')).toContain('! e2e · icdcs-cpu: batching (10.0) is below baseline (20.0), simulated 30.0 and 15.0');
  });

  it('are wrong where the simulation sees no difference, and none where the measurement sees none', () => {
    expect(orderings(pairsOf(['baseline', 10, 20], ['batching', 20, 20]))).toContain('0 of 1 as measured');
    expect(orderings(pairsOf(['baseline', 10, 10], ['batching', 10, 20], ['vanilla', 30, 30]))).toContain('2 of 2 as measured');
  });

  it('compare different schedulers of a sweep at the same point of it', () => {
    const text = pairsOf(['batching', 10, 90, { x: 1 }], ['batching', 20, 80, { x: 2 }], ['vanilla', 30, 70, { x: 1 }], ['vanilla', 40, 60, { x: 2 }]);
    expect(text.split('\n').filter((line) => line.startsWith('!'))).toEqual([
      '! e2e · icdcs-cpu: batching x=1 (10.0) is below vanilla x=1 (30.0), simulated 90.0 and 70.0',
      '! e2e · icdcs-cpu: batching x=2 (20.0) is below vanilla x=2 (40.0), simulated 80.0 and 60.0',
    ]);
    expect(orderings(text)).toContain('0 of 2');
  });

  it('compare nothing across workloads, and say so where there is nothing to compare', () => {
    const cells = ['icdcs-cpu', 'icdcs-io'].map((workload, index) => cell(`s${index}`, index + 1, { cell: { workload } }));
    expect(orderings(rendered(cells, cells))).toBe('orderings of schedulers by mean latency: none to compare');
  });
});

describe('the whole', () => {
  it('says plainly when there is nothing to compare', () => {
    expect(renderValidation([], plain)).toBe('nothing to compare: no cell is valid on both sides');
  });

  it('has what is wrong in red, and parts dimmed', () => {
    const live = [cell('baseline', 20, { parts: { execution: 20 } }), cell('batching', 10)];
    const text = renderValidation(pairWithLive(live, [cell('baseline', 10, { parts: { execution: 10 } }), cell('batching', 20)], manifestOf()), marked);
    expect(text).toContain('<r>! e2e · icdcs-cpu: batching (10.0) is below baseline (20.0)');
    expect(text).toContain('<d>  baseline: execution 20.0 → 10.0 (−50 %)</d>');
  });
});
