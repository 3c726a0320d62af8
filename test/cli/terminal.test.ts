import { execFileSync, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textWidth } from '../../src/report/terminal-text.js';
import { ResultSet } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { binPath, Workplace } from './run-bin.js';

/** util-linux's, which gives a command a pseudo-terminal; that of the BSDs takes other options. */
const hasScript = /util-linux/.test(String(spawnSync('script', ['--version']).stdout)) && spawnSync('stty', ['--version']).error === undefined;

const hostile = 'evil\u001b]0;owned\u0007\u009b2J\r\n';
const summaries = [
  summaryOf({ cell: { scheduler: 'baseline' }, total: { mean: 400, p50: 300 }, containers: 8 }),
  summaryOf({ cell: { scheduler: 'batching' }, total: { mean: 100, p50: 90 }, containers: 2 }),
  summaryOf({ cell: { scheduler: hostile, id: 'evil' }, valid: false, total: { mean: 200 }, notes: [hostile], problems: [hostile] }),
];
let place: Workplace;

beforeEach(() => {
  place = new Workplace();
  const results = ResultSet.create(place.out, manifestOf({ cells: summaries.map(({ cell, valid }) => manifestCellOf({ ...cell, status: valid ? 'valid' : 'invalid' })) }));
  for (const summary of summaries) results.cellWriter(summary.cell.id).finish(summary, '');
});
afterEach(() => place.remove());

/** What `show` prints to a terminal of so many columns. */
function shownAt(columns: number, env: Readonly<Record<string, string>>): string {
  const { PATH, HOME } = process.env;
  const command = `stty cols ${columns} && exec '${process.execPath}' '${binPath}' show --out '${place.out}'`;
  return execFileSync('script', ['-qec', command, '/dev/null'], { env: { PATH, HOME, SHELL: '/bin/sh', TERM: 'xterm', ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replaceAll('\r\n', '\n');
}

/** All that this program itself sends beside text: bold, dim, red and their ends. */
const ownStyles = [1, 2, 22, 31, 39].map((code) => `\u001b[${code}m`);

/** The lines of the table and what belongs to it: those up to the second one that is empty. */
function tableOf(output: string): string[] {
  return /^\n(.*?\n\n.*?)\n\n/s.exec(output)?.[1]?.split('\n') ?? [];
}

describe.skipIf(!hasScript)('show in a pseudo-terminal', () => {
  it.each([60, 80, 200])('of %d columns has a table that is no wider, with bars where there is room', (columns) => {
    const output = shownAt(columns, { LANG: 'C.UTF-8' });
    const lines = tableOf(stripVTControlCharacters(output));
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines.find((line) => line.startsWith('baseline '))).toMatch(columns === 60 ? /400 +8 +base +base$/ : /400 █+ .* 8 █+ /);
    expect(lines.at(-1)).toMatch(columns === 200 ? /^bars: / : /shows them\)$/);
    expect(output).toContain('\u001b[1m');
  });

  it('shows nothing of control characters that others have put into names, notes and problems', () => {
    const output = shownAt(200, { LANG: 'C.UTF-8' });
    expect(output).toContain('evil ]0;owned 2J');
    expect(ownStyles.reduce((text, style) => text.replaceAll(style, ''), output).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('has neither colours nor blocks where these are not wanted', () => {
    const output = shownAt(80, { LANG: 'C', NO_COLOR: '1' });
    expect(output).not.toContain('\u001b');
    expect(output).not.toMatch(/[█▏▎▍▌▋▊▉]/);
    expect(output).toMatch(/^baseline +400 #+ /m);
  });
});
