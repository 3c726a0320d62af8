import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderInstrument, renderNotes, renderProblems, renderSummaryTable } from '../../src/report/index.js';
import type { CellSummary, Manifest } from '../../src/results/index.js';
import { readSuiteFile } from '../../src/suites/suite-file.js';
import { manifestOf, summaryOf } from '../results/stored-run.js';
import { names } from '../suites/suite-names.js';
import { marked, plain, rowOf } from './plain-style.js';

const baseline = summaryOf({
  cell: { scheduler: 'baseline' }, arrived: 800,
  total: { mean: 1_234.5, p50: 99.94, p98: 5_000 },
  parts: { lag: 0.123, scheduling: 0, coldStart: 450.4, queue: 12.34, execution: 700, response: 1.5 },
  containers: 120, gbSeconds: 12.345, coreSeconds: 150.6,
});
const batching = summaryOf({
  cell: { scheduler: 'batching', parameters: { dispatchIntervalMs: 200 } }, arrived: 800,
  total: { mean: 617.25, p50: 10, p98: null },
  parts: { lag: 0.2, scheduling: 100, coldStart: 100, queue: 200, execution: 200, response: 17.06 },
  containers: 30, gbSeconds: 1.234, coreSeconds: 15.06,
});
const expanding = summaryOf({
  cell: { scheduler: 'batching-expanding', parameters: { dispatchIntervalMs: 200 } }, arrived: 800,
  total: { mean: 1_851.75, p50: 8.5, p98: 640 },
  parts: { lag: 0.2, scheduling: 100, coldStart: 100, queue: 200, execution: 1_450, response: 1.5 },
  containers: 120, gbSeconds: null, coreSeconds: 0.5,
});

function render(summaries: readonly CellSummary[], manifest: Partial<Manifest> = {}): string {
  return renderSummaryTable(manifestOf(manifest), summaries, plain);
}

describe('the table of a run', () => {
  it('looks as it should', () => {
    expect(render([batching, baseline, expanding])).toBe(
      [
        'e2e · icdcs-cpu   800 invocations; latencies in ms, change against baseline',
        'scheduler           mean   p50   p98   lag  sched  cold  queue  exec  resp  cont.  GB·s  CPU·s     mean  paper    cont.  paper',
        'baseline            1235  99.9  5000  0.12   0.00   450   12.3   700  1.50    120  12.3    151     base            base',
        'batching             617  10.0     –  0.20    100   100    200   200  17.1     30  1.23   15.1  −50.0 %         −75.0 %',
        'batching-expanding  1852  8.50   640  0.20    100   100    200  1450  1.50    120     –   0.50  +50.0 %           0.0 %',
        '',
      ].join('\n'),
    );
  });

  it('styles only what it is told to, and nothing when the style is plain', () => {
    const styled = renderSummaryTable(manifestOf(), [baseline, batching], marked);
    expect(styled).toContain('<b>e2e · icdcs-cpu</b>');
    expect(styled).toContain('<b>−50.0 %</b>');
    expect(render([baseline, batching])).not.toContain('<');
    expect(render([baseline, batching])).not.toContain('\u001b');
  });

  it('shows latencies that cannot be named as a dash', () => {
    const empty = summaryOf({ cell: { scheduler: 'batching' }, gbSeconds: null });
    expect(rowOf(render([baseline, empty]), 'batching').slice(1, 10)).toEqual(Array.from({ length: 9 }, () => '–'));
    expect(rowOf(render([baseline, empty]), 'batching').slice(10)).toEqual(['1', '–', '0.00', '–', '−99.2 %']);
  });

  it('compares nothing when the base did not run', () => {
    const table = render([batching, expanding]);
    expect(rowOf(table, 'batching').slice(-2)).toEqual(['–', '–']);
    expect(rowOf(table, 'batching-expanding').slice(-2)).toEqual(['–', '–']);
    expect(table).not.toContain('  base');
  });

  it('compares nothing with a base that is invalid, and nothing that is invalid itself', () => {
    const invalid = (scheduler: string): CellSummary => summaryOf({ cell: { scheduler }, valid: false, total: { mean: 50 } });
    const title = (table: string): string => table.split('\n')[0] as string;
    const withoutBase = render([invalid('baseline'), summaryOf({ cell: { scheduler: 'batching' } })]);
    expect(title(withoutBase)).toMatch(/, no valid baseline to compare with$/);
    expect(withoutBase).not.toContain('%');
    const withBase = render([summaryOf(), invalid('batching')]);
    expect(title(withBase)).toMatch(/, change against baseline$/);
    expect(withBase).not.toContain('%');
    expect(title(render([summaryOf({ cell: { scheduler: 'batching' } })]))).toMatch(/, no baseline to compare with$/);
  });

  it('compares nothing with a base in which nothing completed', () => {
    const failed = summaryOf({ cell: { scheduler: 'baseline' }, valid: false, containers: 0 });
    expect(rowOf(render([failed, batching]), 'batching').slice(-2)).toEqual(['–', '–']);
  });

  it('has a block for each experiment and workload, in the order of execution, each with its own base', () => {
    const io = (scheduler: string, mean: number): CellSummary => summaryOf({ cell: { scheduler, workload: 'icdcs-io' }, arrived: 400, total: { mean } });
    const [title, ...blocks] = render([batching, baseline, io('batching', 300), io('baseline', 400)]).split(/^(?=e2e · icdcs-io)/m);
    expect(title).toMatch(/^e2e · icdcs-cpu {3}800 invocations;/);
    expect(rowOf(title!, 'batching').slice(-2)[0]).toBe('−50.0 %');
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatch(/^e2e · icdcs-io {3}400 invocations;/);
    expect(rowOf(blocks[0]!, 'batching').slice(-2)).toEqual(['−25.0 %', '0.0 %']);
  });

  it('keeps the order of execution also when an experiment lacks the base', () => {
    const table = render([summaryOf({ cell: { experiment: 'first', scheduler: 'batching' } }), summaryOf({ cell: { experiment: 'second', scheduler: 'baseline' } })]);
    expect(table.match(/^\w+(?= · )/gm)).toEqual(['first', 'second']);
  });

  it('says when rows do not have the same number of invocations', () => {
    expect(render([baseline, summaryOf({ cell: { scheduler: 'batching' }, arrived: 6 })])).toMatch(/^e2e · icdcs-cpu {3}800 \/ 6 invocations;/);
  });
});

describe('several option variants of a scheduler', () => {
  const variant = (scheduler: string, dispatchIntervalMs: number, mean: number): CellSummary => summaryOf({ cell: { scheduler, parameters: { dispatchIntervalMs } }, total: { mean } });

  it('have a row each, named by their options', () => {
    const table = render([baseline, variant('batching', 100, 123.45), variant('batching', 400, 2_469)]);
    expect(rowOf(table, 'batching dispatchIntervalMs=100')[1]).toBe('123');
    expect(rowOf(table, 'batching dispatchIntervalMs=100').slice(-2)[0]).toBe('−90.0 %');
    expect(rowOf(table, 'batching dispatchIntervalMs=400')[1]).toBe('2469');
    expect(rowOf(table, 'batching dispatchIntervalMs=400').slice(-2)[0]).toBe('+100.0 %');
  });

  it('do not lend their options to schedulers that stand there once', () => {
    expect(() => rowOf(render([variant('batching-expanding', 100, 1), variant('batching', 100, 1), variant('batching', 400, 2)]), 'batching-expanding')).not.toThrow();
  });

  it('of the base have one that the others, and its own variants, are compared with', () => {
    const table = render([variant('batching', 100, 100), variant('batching', 400, 150), baseline], { base: 'batching' });
    expect(rowOf(table, 'batching dispatchIntervalMs=100').slice(-2)[0]).toBe('base');
    expect(rowOf(table, 'batching dispatchIntervalMs=400').slice(-2)[0]).toBe('+50.0 %');
  });
});

describe('the twins of the base', () => {
  it('are each what the others of the same options are compared with', () => {
    const of = (scheduler: string, dispatchIntervalMs: number, mean: number): CellSummary => summaryOf({ cell: { scheduler, parameters: { dispatchIntervalMs, ...(scheduler === 'kraken' ? { sloQuantile: 0.5 } : {}) } }, total: { mean } });
    const table = render([of('vanilla', 10, 100), of('vanilla', 50, 200), of('kraken', 10, 150), of('kraken', 50, 150), of('batching', 7, 50)], { base: 'vanilla' });
    expect(rowOf(table, 'kraken dispatchIntervalMs=10').slice(-2)[0]).toBe('+50.0 %');
    expect(rowOf(table, 'kraken dispatchIntervalMs=50').slice(-2)[0]).toBe('−25.0 %');
    expect(rowOf(table, 'vanilla dispatchIntervalMs=50').slice(-2)[0]).toBe('+100.0 %');
    expect(rowOf(table, 'batching').slice(-2)[0]).toBe('−50.0 %');
  });
});

describe('a scheduler that was skipped', () => {
  const skipped = (reason: string, scheduler = 'sfs'): CellSummary => summaryOf({ cell: { scheduler }, valid: false, arrived: 0, skipped: reason, problems: ['FBB_ERR_CAPABILITY_MISSING: x'] });
  const short = "backend 'process' lacks cpu-class";
  const long = `${short} (chrt is there, but it is not permitted to use it without CAP_SYS_NICE)`;

  it('has the reason instead of numbers', () => {
    const table = render([baseline, batching, skipped(short)]);
    expect(table.split('\n')).toContain(`sfs        skipped: ${short}`);
    expect(table).toMatch(/^e2e · icdcs-cpu {3}800 invocations;/);
    expect(rowOf(table, 'batching').slice(-2)).toEqual(rowOf(render([baseline, batching]), 'batching').slice(-2));
  });

  it('has a long reason below the table, once for all that share it', () => {
    const lines = render([baseline, skipped(long), skipped(long, 'lifo')]).split('\n');
    expect(lines.filter((line) => line.endsWith('skipped, see below'))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('skipped: '))).toEqual([`skipped: sfs, lifo: ${long}`]);
    expect(Math.max(...lines.slice(1, -2).map((line) => line.length))).toBe(Math.max(...render([baseline]).split('\n').slice(1, 2).map((line) => line.length)));
  });

  it('that is the base leaves nothing to compare with', () => {
    expect(rowOf(render([skipped(short, 'baseline'), batching]), 'batching').slice(-2)).toEqual(['–', '–']);
  });

  it('does not count when the instrument is judged, and its problem is not told twice', () => {
    expect(renderInstrument([baseline, { ...skipped(short), sampler: null }])).not.toContain('unknown');
    expect(renderInstrument([skipped(short)])).toBeUndefined();
    expect(renderProblems([skipped(short)], 5)).toEqual([]);
  });
});

it('what other machines took of the cores is told of the worst cell, where the host tells', () => {
  const told = (...shares: (number | null)[]): string | undefined => renderInstrument(shares.map((hostStolenShare) => ({ ...summaryOf(), cpu: { ...summaryOf().cpu, hostStolenShare } })));
  expect(told(0.001, 0.042, null)).toContain('; other machines took at most 4.2 % of the cores; ');
  expect(told(null)).not.toContain('other machines');
});

it('what the harness itself used is told of the worst cell, where the cells know it', () => {
  const told = (...shares: (number | undefined)[]): string | undefined => renderInstrument(shares.map((coreShare) => ({ ...summaryOf(), ...(coreShare === undefined ? {} : { harness: { cpuMs: 1, coreShare } }) })));
  expect(told(0.02, 0.113, undefined)).toContain('; the harness itself used at most 11.3 % of a core; sampling cost');
  expect(told(undefined)).not.toContain('harness');
});

it('what schedulers told is shown with the cell, a few lines of each', () => {
  const told = summaryOf({ cell: { scheduler: 'kraken' }, notes: ['a', 'b', 'c'] });
  expect(renderNotes([baseline, told], 2)).toEqual([`${told.cell.id}: a`, `${told.cell.id}: b`, `${told.cell.id}: and 1 more, see its summary.json`]);
});

it('what was told in every cell is shown once, before what only some were told', () => {
  const [one, other] = [summaryOf({ notes: ['same', 'a'] }), summaryOf({ cell: { scheduler: 'kraken' }, notes: ['same'] })];
  expect(renderNotes([one, other], 3)).toEqual(['all cells: same', `${one.cell.id}: a`]);
  expect(renderNotes([one], 3)).toEqual([`${one.cell.id}: same`, `${one.cell.id}: a`]);
  expect(renderNotes([], 3)).toEqual([]);
});

it('of imported results nothing is said that nobody measured', () => {
  const unknown = { containers: { launched: null, peak: null, containerSeconds: null }, cpu: { ...summaryOf().cpu, coreSeconds: null, meanUtilization: null }, wallMs: null };
  const imported = { ...summaryOf({ cell: { scheduler: 'baseline' }, total: { mean: 10 }, gbSeconds: null }), ...unknown, backend: 'artifact' };
  expect(renderInstrument([imported, imported])).toBe('imported: how late the load was, and what sampling cost, nobody tells');
  expect(rowOf(render([imported]), 'baseline').slice(-6)).toEqual(['–', '–', '–', '–', 'base', 'base']);
});

describe('published changes', () => {
  const icdcs = readSuiteFile(join(import.meta.dirname, '../../suites/icdcs.yaml'), names);
  const cell = (workload: string, scheduler: string): CellSummary => summaryOf({ cell: { workload, scheduler }, total: { mean: 100 }, containers: 10 });
  const table = render(
    ['icdcs-cpu', 'icdcs-io'].flatMap((workload) => ['vanilla', 'batching-expanding', 'baseline'].map((scheduler) => cell(workload, scheduler))),
    { base: icdcs.base, published: icdcs.publishedFigures ?? null },
  );
  const [cpu = '', io = ''] = table.split(/^(?=e2e · icdcs-io)/m);

  it.each([
    ['icdcs-cpu', cpu, '−87.8 %', '−84.6 %'],
    ['icdcs-io', io, '−98.7 %', '−94.9 %'],
  ])('stand beside our own: mean latency and containers of FaaSBatch (%s)', (_workload, block, mean, containers) => {
    expect(rowOf(block, 'batching-expanding').slice(-4)).toEqual(['0.0 %', mean, '0.0 %', containers]);
  });

  it('are left empty for the base and for schedulers that the paper does not have', () => {
    expect(rowOf(cpu, 'vanilla').slice(-2)).toEqual(['base', 'base']);
    expect(rowOf(cpu, 'baseline').slice(-3)).toEqual(['0.00', '0.0 %', '0.0 %']);
  });

  it('belong to one experiment and are not shown beside another', () => {
    const other = render(['vanilla', 'batching-expanding'].map((scheduler) => summaryOf({ cell: { experiment: 'sweep', scheduler } })), { base: 'vanilla', published: icdcs.publishedFigures ?? null });
    expect(other).not.toContain('87.8');
  });
});

it.each([
  ['pss', undefined],
  ['model', undefined],
  ['rss', 'memory is RSS, which counts shared pages in every container'],
  ['cgroup', 'a shared page counts in the container that touched it first'],
  ['docker-stats', "memory and CPU are as Docker's stats tell"],
] as const)('says below the tables what is special about memory from the source %s', (source, said) => {
  const line = renderInstrument([summaryOf(), { ...summaryOf(), memory: { ...summaryOf().memory, source } }]);
  if (said === undefined) expect(line).not.toContain('memory');
  else expect(line).toContain(said);
});
