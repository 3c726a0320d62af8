import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sideOfResults, type Side } from '../../src/diff/index.js';
import { headlineOf, type Answer, type Headline } from '../../src/report/index.js';
import { readResultSet, type CellSummary } from '../../src/results/index.js';
import { runsOf, sideOf } from '../diff/side-of.js';
import { summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';

/** Five runs about a mean, a percent apart. */
function five(scheduler: string, meanMs: number, numbers: SummaryNumbers = {}): CellSummary[] {
  return runsOf([0.98, 0.99, 1, 1.01, 1.02].map((factor) => meanMs * factor), { ...numbers, cell: { scheduler, ...numbers.cell } });
}

function answersOf(headline: Headline, group = 0): Answer[] {
  return [...(headline.groups[group]?.answers ?? [])];
}

function answer(headline: Headline, metric: string, group = 0): Answer {
  return answersOf(headline, group).find((one) => one.metric === metric) as Answer;
}

function labels(of: readonly { readonly label: string }[]): string[] {
  return of.map(({ label }) => label);
}

const header = 'id,function,container,batch,attempt,intended_ms,lag_ms,scheduling_ms,cold_start_ms,queue_ms,execution_ms,response_ms,total_ms,cpu_ms,outcome,error_code';

/** One run of each scheduler, with rows of 400 invocations whose latencies are about these. */
function withRows(meansMs: Readonly<Record<string, number>>, backend: string): Side {
  const folder = temporaryFolder();
  const summaries = Object.entries(meansMs).map(([scheduler, meanMs]) => {
    const totalsMs = Array.from({ length: 400 }, (_, id) => meanMs * (1 + 0.1 * Math.sin(id * 12.9898 + scheduler.length)));
    const summary = { ...summaryOf({ cell: { scheduler }, arrived: 400, total: { mean: totalsMs.reduce((sum, ms) => sum + ms, 0) / 400 } }), backend };
    const rows = totalsMs.map((ms, id) => `${id},f,1,${id},1,${id * 100},0,0,0,0,${ms.toFixed(3)},0,${ms.toFixed(3)},,completed,`);
    writeFileSync(join(folder, summary.cell.id), `${[header, ...rows].join('\n')}\n`);
    return summary;
  });
  return { ...sideOf(summaries, { backend }), fileOf: (id) => join(folder, id) };
}

describe('five runs of each', () => {
  const headline = headlineOf(sideOf([...five('baseline', 400, { containers: 40 }), ...five('batching', 100, { containers: 12 }), ...five('kraken', 200, { containers: 12 })]));

  it('have a winner that is better than all others, with its change against the base and the next best', () => {
    expect(answer(headline, 'mean latency')).toMatchObject({
      winner: { label: 'batching', scheduler: 'batching', value: '100 ms' },
      tied: [],
      againstBase: { base: 'baseline', change: '−75.0 %', interval: expect.stringMatching(/^−7\d\.\d … −7\d\.\d %$/) as string, verdict: 'shown' },
      next: { label: 'kraken', value: '200 ms', change: '+100.0 %', verdict: 'shown' },
      sure: 'shown',
      why: '',
    });
  });

  it('answer for mean, p98, containers, memory and CPU time', () => {
    expect(labels(answersOf(headline).map(({ metric }) => ({ label: metric })))).toEqual(['mean latency', 'p98 latency', 'containers', 'memory', 'CPU time']);
    expect(headline.groups[0]?.title).toBe('e2e · icdcs-cpu');
    expect(headline.caveats.map(({ severity }) => severity)).not.toContain('serious');
  });

  it('with the same value are tied', () => {
    expect(answer(headline, 'containers')).toMatchObject({ winner: { label: 'kraken', value: '12' }, tied: [{ label: 'batching' }], next: { label: 'baseline', value: '40' }, sure: 'notShown', why: 'the same value' });
    expect(answer(headline, 'memory')).toMatchObject({ winner: { label: 'baseline', value: '1.00 GB·s' }, againstBase: undefined, next: undefined, sure: 'notShown' });
  });

  it('that overlap are tied, and who is clearly worse is the next', () => {
    const close = headlineOf(sideOf([...five('baseline', 400), ...five('batching', 100), ...five('kraken', 100.3)]));
    expect(answer(close, 'mean latency')).toMatchObject({ winner: { label: 'batching' }, tied: [{ label: 'kraken' }], next: { label: 'baseline' }, sure: 'notShown', why: 'no difference is shown' });
  });

  it('of the base as the winner are compared with no base', () => {
    expect(answer(headlineOf(sideOf([...five('baseline', 100), ...five('batching', 200)])), 'mean latency')).toMatchObject({ winner: { label: 'baseline' }, againstBase: undefined, sure: 'shown' });
  });

  it('tell twins apart', () => {
    const side = sideOf(['lru', 'off'].flatMap((cache, index) => five('batching', 100 * (index + 1), { cell: { parameters: { cache } } })));
    expect(answer(headlineOf(side), 'mean latency')).toMatchObject({ winner: { label: 'batching cache=lru', twin: 0 }, next: { label: 'batching cache=off', twin: 1 } });
  });
});

describe('too few data', () => {
  it('name the least all the same, and say why it is not sure', () => {
    const headline = headlineOf(sideOf([...runsOf([400], { cell: { scheduler: 'baseline' } }), ...runsOf([100], { cell: { scheduler: 'batching' } })]));
    expect(answer(headline, 'mean latency')).toMatchObject({ winner: { label: 'batching' }, tied: [{ label: 'baseline' }], againstBase: { change: '−75.0 %', interval: '–', verdict: 'tooFew' }, next: undefined, sure: 'tooFew', why: 'no rows of invocations, and fewer than 5 runs a side' });
    expect(headline.caveats[0]).toMatchObject({ severity: 'serious', text: expect.stringContaining('one run of each') as string });
  });

  it('are one live run a side, where less than a factor of two is not shown and more is', () => {
    const headline = headlineOf(withRows({ baseline: 400, batching: 100, kraken: 120 }, 'process'));
    expect(answer(headline, 'mean latency')).toMatchObject({ winner: { label: 'batching' }, tied: [{ label: 'kraken' }], next: { label: 'baseline' }, sure: 'notShown', why: 'one run a side: only changes by more than a factor of two can be shown' });
  });

  it('are not one run of a simulation with rows, of which copies count as one', () => {
    const side = withRows({ baseline: 400, batching: 100, kraken: 120 }, 'simulation');
    const copies = side.summaries.map((summary) => ({ ...summary, cell: { ...summary.cell, repetition: 2 } }));
    for (const summaries of [side.summaries, [...side.summaries, ...copies]]) {
      const headline = headlineOf({ ...side, summaries });
      expect(answer(headline, 'mean latency')).toMatchObject({ winner: { label: 'batching' }, tied: [], next: { label: 'kraken' }, sure: 'shown' });
      expect(headline.caveats.map(({ text }) => text)).toContainEqual(expect.stringContaining('repetitions of a simulation are copies'));
    }
  });

  it('of one row are said, and it may be as good', () => {
    const untold = five('kraken', 200).map((run) => ({ ...run, cpu: { ...run.cpu, coreSeconds: null } }));
    expect(answer(headlineOf(sideOf([...five('baseline', 400), ...untold])), 'CPU time')).toMatchObject({ winner: { label: 'baseline' }, tied: [{ label: 'kraken' }], sure: 'tooFew', why: 'not known of every run' });
  });
});

describe('what nobody can win', () => {
  it('is one row alone', () => {
    expect(answer(headlineOf(sideOf(five('batching', 100))), 'mean latency')).toMatchObject({ winner: { label: 'batching' }, tied: [], againstBase: undefined, next: undefined, sure: 'single', why: 'there is nothing to compare it with' });
  });

  it('is a metric that is not known', () => {
    const headline = headlineOf(sideOf(five('batching', 100).map((run) => ({ ...run, memory: { ...run.memory, gbSeconds: null } }))));
    expect(answer(headline, 'memory')).toBeUndefined();
  });

  it('is an experiment of invalid runs, or of skipped ones', () => {
    const invalid = headlineOf(sideOf(five('batching', 100, { valid: false })));
    expect(answersOf(invalid)).toEqual([{ metric: 'mean latency', winner: undefined, tied: [], againstBase: undefined, next: undefined, sure: 'single', why: 'no run is valid' }]);
    expect(invalid.caveats).toContainEqual({ severity: 'serious', text: expect.stringMatching(/^5 cells invalid and left out: e2e.icdcs-cpu.batching.r1, /) as string });
    const skipped = headlineOf(sideOf([summaryOf({ valid: false, skipped: 'no real-time class' })]));
    expect(answersOf(skipped)).toMatchObject([{ winner: undefined, why: 'all were skipped' }]);
    expect(skipped.caveats).toContainEqual({ severity: 'note', text: '1 cell skipped (no real-time class): e2e.icdcs-cpu.baseline.r1' });
  });

  it('is a set without a finished cell', () => {
    const headline = headlineOf({ ...sideOf([]), summaries: [] });
    expect(headline.groups).toEqual([]);
  });
});

describe('a sweep', () => {
  const at = (scheduler: string, meanMs: number, dispatchIntervalMs?: number): CellSummary[] => five(scheduler, meanMs, { cell: { parameters: dispatchIntervalMs === undefined ? {} : { dispatchIntervalMs } } });
  const headline = headlineOf(sideOf([...at('baseline', 400), ...at('batching', 50, 10), ...at('batching', 100, 200), ...at('batching', 300, 500), ...at('batching-expanding', 80, 200), ...at('batching-expanding', 40, 10)]));

  it('is answered once, at the usual value, with schedulers that do not have the parameter', () => {
    expect(headline.groups.map(({ title }) => title)).toEqual(['e2e · icdcs-cpu at dispatchIntervalMs = 200']);
    expect(answer(headline, 'mean latency')).toMatchObject({ winner: { label: 'batching-expanding' }, next: { label: 'batching' }, againstBase: { base: 'baseline', change: '−80.0 %' }, sure: 'shown' });
  });
});

it("the paper's published results say who has the least, and that there are too few data", () => {
  const results = readResultSet('published/icdcs2023', 'results', join(import.meta.dirname, '../../results'));
  const headline = headlineOf(sideOfResults(results, 'published'));
  expect(headline.groups.map(({ title }) => title)).toEqual([
    'e2e · icdcs-cpu', 'e2e · icdcs-io', 'dispatch-interval · icdcs-cpu at dispatchIntervalMs = 200', 'dispatch-interval · icdcs-io at dispatchIntervalMs = 200', 'slo-kraken · icdcs-cpu at sloQuantile = 0.7',
  ]);
  expect(answer(headline, 'mean latency')).toMatchObject({ winner: { label: 'batching-expanding', value: '1137 ms' }, againstBase: { base: 'vanilla', change: '−87.8 %', verdict: 'tooFew' }, sure: 'tooFew' });
  expect(headline.groups.slice(0, 4).flatMap(({ answers }) => answers.map(({ sure }) => sure))).toEqual(Array.from({ length: 12 }, () => 'tooFew'));
  expect(headline.caveats.filter(({ severity }) => severity === 'serious').map(({ text }) => text)).toContainEqual(expect.stringContaining('1.1 % of e2e.icdcs-cpu.batching-expanding.r1'));
  expect(headline.caveats.map(({ text }) => text)).toContainEqual(expect.stringContaining('imported, not run here'));
});
