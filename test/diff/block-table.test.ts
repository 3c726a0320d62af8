import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../src/core/index.js';
import { alignSides, alignSideWithin, alignSideWithRows, compareAligned, metrics, type Comparison } from '../../src/diff/index.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { sideOf } from './side-of.js';

const header = 'id,function,container,batch,attempt,intended_ms,lag_ms,scheduling_ms,cold_start_ms,queue_ms,execution_ms,response_ms,total_ms,cpu_ms,outcome,error_code';
const invocations = 400;

/** Latencies that wander: each is like the one before it, as those of a queue are. */
function wandering(rng: Rng): number[] {
  let level = 0;
  return Array.from({ length: invocations }, () => {
    level = 0.9 * level + 0.1 * (rng.next() + rng.next() + rng.next() - 1.5) * 4;
    return 100 * Math.exp(level);
  });
}

function write(path: string, totalsMs: readonly number[]): void {
  const rows = totalsMs.map((totalMs, id) => `${id},f,1,${id},1,${id * 100},0,0,${id % 4 === 0 ? '5.000' : '0'},0,${totalMs.toFixed(3)},0,${totalMs.toFixed(3)},,completed,`);
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One run a side, with rows; by a backend whose runs do not differ among themselves. */
function compare(folder: string, [first, second]: readonly [readonly number[], readonly number[]], backend = 'simulation'): Comparison[] {
  const sides = [first, second].map((totalsMs, index) => {
    const path = join(folder, `${index}.csv`);
    write(path, totalsMs);
    const summary = { ...summaryOf({ arrived: totalsMs.length, total: { mean: meanOf(totalsMs), p50: 1, p98: 1 } }), backend };
    return { ...sideOf([summary], { id: String(index), backend, host: {} }), fileOf: () => path };
  });
  return [...compareAligned(alignSides(sides[0] as ReturnType<typeof sideOf>, sides[1] as ReturnType<typeof sideOf>)).comparisons];
}

function the(comparisons: readonly Comparison[], name: string): Comparison {
  return comparisons.find(({ metric }) => metric.name === name) as Comparison;
}

/** Whether a t-test that takes every invocation for independent finds a difference. */
function naiveTestFinds(first: readonly number[], second: readonly number[]): boolean {
  const spread = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0) / (values.length - 1) / values.length;
  return Math.abs(meanOf(first) - meanOf(second)) / Math.sqrt(spread(first) + spread(second)) > 1.96;
}

describe('one run a side', () => {
  it('is compared by blocks of time, which find no difference where a test of dependent invocations does', () => {
    const folder = temporaryFolder();
    const rng = createRng(5);
    const tries = 60;
    let naive = 0;
    let shown = 0;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const [first, second] = [wandering(rng), wandering(rng)];
      if (naiveTestFinds(first, second)) naive += 1;
      if (['better', 'worse'].includes(the(compare(folder, [first, second]), 'mean').verdict)) shown += 1;
    }
    expect(naive / tries).toBeGreaterThan(0.3);
    expect(shown / tries).toBeLessThanOrEqual(0.05);
  });

  it('shows what changed in every block', () => {
    const rng = createRng(3);
    const first = wandering(rng);
    const mean = the(compare(temporaryFolder(), [first, first.map((totalMs) => totalMs * (1.08 + 0.04 * rng.next()))]), 'mean');
    expect(mean).toMatchObject({ verdict: 'worse', units: 'blocks' });
    expect(mean.evidence?.change).toBeCloseTo(0.1, 2);
    expect(mean.evidence?.from).toBeGreaterThan(0.08);
    expect(mean.evidence?.to).toBeLessThan(0.12);
  });

  it('of a live machine shows only what is beyond a factor of two', () => {
    const rng = createRng(3);
    const first = wandering(rng);
    const times = (factor: number): number[] => first.map((totalMs) => totalMs * factor * (1 + 0.04 * rng.next()));
    expect(the(compare(temporaryFolder(), [first, times(1.5)], 'process'), 'mean').verdict).toBe('none');
    expect(the(compare(temporaryFolder(), [first, times(3)], 'process'), 'mean').verdict).toBe('worse');
  });

  it('says nothing of a percentile that too few invocations lie beyond, nor of what it has one value of', () => {
    const rng = createRng(3);
    const comparisons = compare(temporaryFolder(), [wandering(rng), wandering(rng)]);
    expect(the(comparisons, 'p98')).toMatchObject({ verdict: 'tooFew', reason: '8 of 400 invocations lie beyond it, and fewer than 5 runs a side' });
    expect(the(comparisons, 'containers')).toMatchObject({ verdict: 'tooFew', reason: 'one value a run, and fewer than 5 runs a side' });
  });

  it('with itself shows nothing at all', () => {
    const first = wandering(createRng(3));
    expect(compare(temporaryFolder(), [first, first]).filter(({ verdict }) => verdict === 'better' || verdict === 'worse')).toEqual([]);
  });

  it('whose rows were damaged is refused with file and line', () => {
    const folder = temporaryFolder();
    const first = wandering(createRng(3));
    compare(folder, [first, first]);
    const damage = (row: string): unknown => {
      const path = join(folder, 'damaged.csv');
      write(path, first.slice(1));
      appendFileSync(path, row);
      const side = { ...sideOf([{ ...summaryOf({ arrived: invocations, total: { mean: 1 } }), backend: 'simulation' }]), fileOf: () => path };
      return thrownBy(() => compareAligned(alignSides(side, { ...side, manifest: { ...side.manifest, id: 'b' } })));
    };
    expect(damage('9,f,1,9,1,5,0,0,0,0,NaN,0,1,,completed,\n')).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringMatching(/damaged\.csv, line 401: 'NaN' is no number\.$/) as string });
    expect(damage('9,f,1,9,1,5,0,0,0,0,-3,0,1,,completed,\n')).toMatchObject({ message: expect.stringMatching(/line 401: -3 is below 0\.$/) as string });
    expect(damage('9,f,1,9,1,5,0,0\n')).toMatchObject({ message: expect.stringMatching(/line 401: it has 8 fields and the header 16\.$/) as string });
    expect(damage('')).toMatchObject({ message: expect.stringMatching(/has 399 rows, and the summary beside it 400 invocations\.$/) as string });
  });
});

it('rows that stand beside several others are compared as they are alone, and only by what is asked', () => {
  const folder = temporaryFolder();
  const rng = createRng(5);
  const summaries = ['vanilla', 'sfs', 'kraken'].map((scheduler, index) => {
    const totalsMs = wandering(rng).map((ms) => ms * (index + 1));
    const summary = { ...summaryOf({ cell: { scheduler }, arrived: totalsMs.length, total: { mean: meanOf(totalsMs), p50: 1, p98: 1 } }), backend: 'simulation' };
    write(join(folder, summary.cell.id), totalsMs);
    return summary;
  });
  const side = { ...sideOf(summaries, { backend: 'simulation', base: 'vanilla' }), fileOf: (id: string) => join(folder, id) };
  const rowOf = (scheduler: string): (typeof summaries)[number]['cell'] => (summaries.find(({ cell }) => cell.scheduler === scheduler) as (typeof summaries)[number]).cell;
  const { comparisons } = compareAligned(alignSideWithRows(side, [rowOf('sfs'), rowOf('kraken')]), { metricsOf: ({ second }) => metrics.filter(({ name }) => name === (second.key.scheduler === 'sfs' ? 'mean' : 'p50')) });
  expect(comparisons.map(({ row, metric }) => `${row.label} ${metric.name}`)).toEqual(['vanilla → sfs mean', 'kraken → sfs mean', 'vanilla → kraken p50', 'sfs → kraken p50']);
  const within = compareAligned(alignSideWithin(side, 'vanilla')).comparisons;
  const evidenceOf = (all: readonly Comparison[], second: string, name: string): unknown => all.find(({ row, metric }) => row.first.key.scheduler === 'vanilla' && row.second.key.scheduler === second && metric.name === name)?.evidence;
  expect(evidenceOf(comparisons, 'sfs', 'mean')).toEqual(evidenceOf(within, 'sfs', 'mean'));
  expect(evidenceOf(comparisons, 'kraken', 'p50')).toEqual(evidenceOf(within, 'kraken', 'p50'));
});
