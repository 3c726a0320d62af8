import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSummaryTable, type TableRoom } from '../../src/report/index.js';
import { textWidth } from '../../src/report/terminal-text.js';
import type { CellSummary, Manifest } from '../../src/results/index.js';
import { manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { marked, plain } from './plain-style.js';

const widths = [60, 80, 100, 120, 200];

function run(scheduler: string, mean: number, containers: number, more: SummaryNumbers = {}): CellSummary {
  const parts = { lag: 0.1, scheduling: 12.5, coldStart: 250, queue: 8.25, execution: 640, response: 1.5 };
  return summaryOf({ total: { mean, p50: mean / 2, p98: mean * 3 }, parts, containers, gbSeconds: 12.5, coreSeconds: 150, ...more, cell: { scheduler, ...more.cell } });
}

const runs = [run('baseline', 1_000, 40), run('batching', 500, 10), run('batching-expanding', 10_000, 30)];

function render(summaries: readonly CellSummary[], room: Partial<TableRoom>, manifest: Partial<Manifest> = {}): string[] {
  return renderSummaryTable(manifestOf(manifest), summaries, plain, { columns: undefined, bars: 'unicode', ...room }).split('\n');
}

function lineOf(lines: readonly string[], label: string): string {
  return lines.find((line) => line.startsWith(`${label} `)) ?? '';
}

describe('on a terminal of so many columns', () => {
  it.each(widths)('no line is wider than %d, whatever the names and reasons are', (columns) => {
    const name = fc.string({ unit: 'binary', maxLength: 100 });
    const number = fc.double({ min: 0, max: 1e12, noNaN: true });
    const cell = fc.record({ scheduler: name, mean: fc.option(number), containers: fc.nat(), valid: fc.boolean(), skipped: fc.option(name, { nil: undefined, freq: 6 }), x: fc.option(name, { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), name, name, fc.constantFrom('unicode', 'ascii', undefined), (cells, experiment, base, bars) => {
        const summaries = cells.map(({ scheduler, mean, containers, valid, skipped, x }) =>
          run(scheduler, 0, containers, { valid, ...(skipped === undefined ? {} : { skipped }), total: { mean }, cell: { experiment, ...(x === undefined ? {} : { parameters: { x } }) } }),
        );
        for (const line of render(summaries, { columns, bars }, { base })) {
          expect(textWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('nothing is left out where everything fits', () => {
    const wide = render(runs, { columns: 200, bars: undefined });
    expect(wide).toEqual(render(runs, { bars: undefined }));
    expect(wide.join('\n')).not.toContain('left out');
  });

  it('the parts go first, and a line says what is missing and how to see it', () => {
    expect(render(runs, { columns: 80 })).toEqual([
      'e2e · icdcs-cpu   10 invocations; latencies in ms, change against baseline',
      'scheduler            mean        p50    p98  cont.       GB·s      mean    cont.',
      'baseline             1000 ▍      500   3000     40 ████  12.5      base     base',
      'batching              500 ▎      250   1500     10 █     12.5   −50.0 %  −75.0 %',
      'batching-expanding  10000 ████  5000  30000     30 ███   12.5  +900.0 %  −25.0 %',
      '',
      'bars: linear from 0 to the greatest valid one of each table; left out where it',
      'is too narrow: lag, resp, queue, sched, exec, cold, CPU·s (a wider terminal or',
      '--json shows them)',
      '',
    ]);
  });

  it('what tells nothing of any row goes before what tells something', () => {
    const unknown = runs.map((summary) => ({ ...summary, cpu: { ...summary.cpu, coreSeconds: null } }));
    const columnsShown = (summaries: readonly CellSummary[]): string => render(summaries, { columns: 116 })[1] ?? '';
    expect(columnsShown(runs)).toContain('CPU·s');
    expect(columnsShown(unknown)).not.toContain('CPU·s');
    expect(columnsShown(unknown)).not.toContain('paper');
  });

  const rowsOf = (summaries: readonly CellSummary[]): string[] => render(summaries, { columns: 80 }).filter((line) => /^(?:scheduler|batching) /.test(line));
  const parameters = (option: string): SummaryNumbers => ({ valid: false, cell: { parameters: { option } } });

  it('a long label is shortened before columns go, in its middle, and keeps its mark', () => {
    const [head, first, second] = rowsOf([run('batching', 1, 1, parameters(`${'x'.repeat(90)}1`)), run('batching', 2, 1, parameters(`${'x'.repeat(90)}2`))]);
    expect(head).toMatch(/^scheduler +mean +p50 +p98 +cont\. +GB·s +CPU·s$/);
    expect(first).toMatch(/^batching option=x+…x+1 invalid {2}1\.00 /);
    expect(second).toMatch(/^batching option=x+…x+2 invalid {2}2\.00 /);
  });

  it('columns go first where shortened labels would be one and the same', () => {
    const [head, first, second] = rowsOf([run('batching', 1, 1, parameters(`${'x'.repeat(15)}1${'x'.repeat(15)}`)), run('batching', 2, 1, parameters(`${'x'.repeat(15)}2${'x'.repeat(15)}`))]);
    expect(head).toMatch(/^scheduler +mean +p50 +p98 +cont\.$/);
    expect(first).toMatch(/^batching option=x+1x+ invalid {2}1\.00 /);
    expect(second).toMatch(/^batching option=x+2x+ invalid {2}2\.00 /);
  });

  it('a reason that does not fit beside the label stands below', () => {
    const lines = render([...runs, run('sfs', 0, 0, { skipped: 'a reason of not even sixty characters, but of fifty-eight', valid: false })], { columns: 60 });
    expect(lineOf(lines, 'sfs')).toBe('sfs                 skipped, see below');
    expect(lines.join(' ')).toContain('skipped: sfs: a reason of not even sixty');
  });

  it('names of wide characters do not move what is beside them', () => {
    const lines = render([run('無服務器🚀', 1, 1), run('batching', 2, 1)], { columns: 80, bars: undefined });
    const before = (line: string, number: string): number => textWidth(line.slice(0, line.indexOf(number)));
    expect(before(lineOf(lines, '無服務器🚀'), '1.00')).toBe(before(lineOf(lines, 'batching'), '2.00'));
  });
});

describe('bars', () => {
  const barsOf = (lines: readonly string[], label: string): string[] => lineOf(lines, label).match(/[█▏▎▍▌▋▊▉]+|#+/g) ?? [];

  it('are as long as the number is of the greatest of its table', () => {
    const lines = render(runs, {});
    expect(barsOf(lines, 'batching-expanding')).toEqual(['█'.repeat(12), '█'.repeat(9)]);
    expect(barsOf(lines, 'baseline')).toEqual(['█▎', '█'.repeat(12)]);
    expect(barsOf(lines, 'batching')).toEqual(['▋', '███']);
    expect(lines).toContain('bars: linear from 0 to the greatest valid one of each table');
  });

  it('are of # where the terminal knows no others', () => {
    const lines = render(runs, { bars: 'ascii' });
    expect(barsOf(lines, 'batching-expanding')).toEqual(['#'.repeat(12), '#'.repeat(9)]);
    expect(lines.join('')).not.toMatch(/[█▏▎▍▌▋▊▉]/);
  });

  it('are not drawn for invalid rows, which are no measure for the others either', () => {
    const lines = render([run('baseline', 1_000, 40), run('batching', 99_000, 999, { valid: false })], {});
    expect(barsOf(lines, 'baseline')).toEqual(['█'.repeat(12), '█'.repeat(12)]);
    expect(barsOf(lines, 'batching')).toEqual([]);
  });

  it('are not coloured, and nothing is where there is no colour', () => {
    const room: TableRoom = { columns: undefined, bars: 'unicode' };
    expect(renderSummaryTable(manifestOf(), runs, marked, room)).not.toMatch(/>[█▏▎▍▌▋▊▉]/);
    expect(renderSummaryTable(manifestOf(), runs, plain, room)).not.toContain('\u001b');
  });
});
