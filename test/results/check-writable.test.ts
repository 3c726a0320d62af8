import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkWritable } from '../../src/results/index.js';
import { temporaryFolder } from './temporary-folder.js';
import { thrownBy } from './thrown-by.js';

it('makes the folder and those above it', () => {
  const out = join(temporaryFolder(), 'deep', 'er');
  checkWritable(out);
  expect(statSync(out).isDirectory()).toBe(true);
});

it('leaves a folder that is there as it is', () => {
  const out = temporaryFolder();
  mkdirSync(join(out, 'kept'));
  checkWritable(out);
  expect(statSync(join(out, 'kept')).isDirectory()).toBe(true);
});

it.each(['', 'below', 'far/below'])('refuses a path that is, or lies below, a regular file (%s)', (rest) => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'mine');
  const out = join(file, rest);
  const error = thrownBy(() => checkWritable(out));
  expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_NOT_WRITABLE', exitCode: 6 });
  expect(error.message).toContain(out);
  expect(error.fix).toContain('--out');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
