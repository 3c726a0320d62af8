import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Side } from '../../src/diff/index.js';
import { headlineOf, renderReportMarkdown } from '../../src/report/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { runsOf, sideOf } from '../diff/side-of.js';
import { manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';

function rendered({ manifest, summaries, ...side }: Side): string {
  return renderReportMarkdown(manifest, summaries, headlineOf({ ...side, manifest, summaries }));
}

function five(scheduler: string, meanMs: number, numbers: SummaryNumbers = {}): CellSummary[] {
  return runsOf([0.98, 0.99, 1, 1.01, 1.02].map((factor) => meanMs * factor), { parts: { execution: 50, coldStart: 20 }, ...numbers, cell: { scheduler, ...numbers.cell } });
}

const hostile = 'a|b `c` <script>alert(1)</script> [x](javascript:1)\n# d\u001b[31m *e*';

/** Compares with what was written before; FBB_WRITE_GOLDEN=1 writes it anew. */
function expectGolden(text: string): void {
  const path = join(import.meta.dirname, 'golden/report.md');
  if (process.env['FBB_WRITE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

it('a set in Markdown has what was run, answers, caveats, numbers, environment and the command', () => {
  const summaries = [
    ...five('baseline', 400, { containers: 40 }),
    ...five('batching', 100, { containers: 12, cell: { parameters: { dispatchIntervalMs: 200 } } }),
    ...five('kraken', 101, { containers: 12 }),
    summaryOf({ cell: { scheduler: 'kraken', repetition: 6 }, valid: false, problems: ['FBB_ERR_CELL_LATE_LOAD: arrivals were late'] }),
    summaryOf({ cell: { scheduler: 'sfs' }, valid: false, skipped: "backend 'process' lacks real-time (no chrt)" }),
    ...five('batching', 30, { cell: { workload: 'icdcs-io' } }),
  ];
  const cell = { experiment: 'e2e', workload: 'icdcs-cpu', parameters: {}, p50Ms: 1, p98Ms: 1, partsMs: {} };
  const published = { source: 'A paper, 2023. More of it', cells: [{ ...cell, scheduler: 'baseline', meanMs: 1_000, containers: 100 }, { ...cell, scheduler: 'batching', meanMs: 200, containers: 20 }] };
  expectGolden(rendered(sideOf(summaries, { published })));
});

it('nothing of a user is taken for Markdown or HTML', () => {
  const text = rendered(
    sideOf([...five(hostile, 100), ...five('baseline', 400, { problems: [hostile] }), summaryOf({ cell: { scheduler: 'sfs' }, valid: false, skipped: hostile })], { id: hostile, command: `suite \`\`\`x\n${hostile}`, host: { cpuModel: hostile, cores: 2, [hostile]: 1 } }),
  );
  const [prose = '', code = ''] = text.split('## To run it again\n');
  expect(prose).not.toMatch(/<script|(?<!\\)`|(?<!\\)\[x|^# d/m);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(code.trim().split('\n')).toEqual(['````', expect.stringContaining('suite ```x a|b'), '````']);
  const columns = new Set(prose.split('\n').filter((line) => line.startsWith('| ') && !line.includes('skipped')).map((line) => line.replaceAll('\\|', '').split('|').length));
  expect([...columns].sort()).toEqual([17, 4]);
});

it('a set without a finished cell, or with skipped ones only, is rendered all the same', () => {
  expect(rendered({ ...sideOf([]), summaries: [] })).toContain('No cell has finished.');
  expect(rendered(sideOf([summaryOf({ valid: false, skipped: 'no chrt' })]))).toContain('- least mean latency: none (all were skipped)');
});

it('how results of others were imported is told instead of how to run them again', () => {
  const text = rendered(sideOf(five('batching', 100), { imported: { from: 'a paper', files: [] }, command: 'import x', settings: { ...manifestOf().settings, rows: false } }));
  expect(text).toContain('## How it was imported\n\n```\nimport x\n```\n');
});
