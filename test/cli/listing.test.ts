import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { id, measure } from '../result-store/measured.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

describe('results list without an address', () => {
  it('lists what is stored here: suite, cells that have finished, status and time', async () => {
    measure(place.out, 2);
    const [text, json] = await Promise.all([place.run('results', 'list', '--out', place.out), place.run('results', 'list', '--out', place.out, '--json')]);
    expect(text).toEqual({ code: 0, signal: null, stderr: '', stdout: `${place.out}:\n  ${id}  tiny, 2 of 3 cells, interrupted, 2026-01-01T00:00:00.000Z\n` });
    expect(JSON.parse(json.stdout)).toEqual({ results: [{ id, suite: 'tiny', finished: 2, cells: 3, status: 'interrupted', createdAt: '2026-01-01T00:00:00.000Z' }] });
  });

  it('says when there are none, and which cannot be read', async () => {
    expect(await place.run('results', 'list')).toMatchObject({ code: 0, stdout: 'results: none\n' });
    const { folder } = measure(place.out, 1);
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect((await place.run('results', 'list', '--out', place.out)).stdout).toContain(`  ${id}  cannot be read: ${join(folder, 'manifest.json')} `);
  });
});

it('results show is show', async () => {
  measure(place.out);
  const [one, other] = await Promise.all([place.run('results', 'show', id, '--out', place.out, '--json'), place.run('show', id, '--out', place.out, '--json')]);
  expect(one).toMatchObject({ code: 0, stderr: '' });
  expect(one).toEqual(other);
});
