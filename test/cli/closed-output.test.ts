import { afterEach, beforeEach, expect, it } from 'vitest';
import { ResultSet } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { leftOver } from './left-over.js';
import { Workplace } from './run-bin.js';
import { stored, writeTinySuite } from './tiny-suite.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

it('a reader of stdout that has gone is no error', async () => {
  const bin = place.start(['list', '--json']);
  bin.process.stdout.destroy();
  expect(await bin.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
});

it('a reader of stdout that leaves after its first line is no error, however much there is to say', async () => {
  const summaries = Array.from({ length: 100 }, (_run, i) => summaryOf({ cell: { repetition: i + 1 }, problems: ['x'.repeat(2_000)] }));
  const results = ResultSet.create(place.out, manifestOf({ cells: summaries.map(({ cell }) => manifestCellOf({ ...cell, status: 'valid' })) }));
  for (const summary of summaries) results.cellWriter(summary.cell.id).finish(summary, '');
  const bin = place.start(['show', '--json', '--out', place.out]);
  bin.process.stdout.once('data', () => bin.process.stdout.destroy());
  expect(await bin.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
});

it('a reader of stdout that has gone does not keep a run from being stored', async () => {
  const bin = place.start(['suite', writeTinySuite(place.folder, { schedulers: '[baseline]' }), '--limit', '1', '--out', place.out]);
  bin.process.stdout.destroy();
  expect(await bin.ended).toMatchObject({ code: 0, signal: null });
  expect(stored(place.out).manifest.status).toBe('complete');
}, 60_000);

it('a reader of stderr that leaves after the first line does not end a run', async () => {
  const bin = place.start(['suite', writeTinySuite(place.folder, { schedulers: '[baseline]' }), '--limit', '1', '--out', place.out]);
  bin.process.stderr.once('data', () => bin.process.stderr.destroy());
  expect(await bin.ended).toMatchObject({ code: 0, signal: null });
  expect(stored(place.out).manifest.status).toBe('complete');
  expect(await leftOver(place.temporary)).toEqual([]);
}, 60_000);
