import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CellWriter } from '../../src/results/cell-writer.js';
import { checksumOf, readChecksums, writeChecksums } from '../../src/results/checksums.js';
import { summaryOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';

it('the checksum of a file is that of all its bytes, also of several blocks', () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'abc');
  expect(checksumOf(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  writeFileSync(path, 'a'.repeat(3_000_000));
  expect(checksumOf(path)).toBe(execFileSync('node', ['-e', "process.stdout.write(require('node:crypto').createHash('sha256').update('a'.repeat(3_000_000)).digest('hex'))"], { encoding: 'utf8' }));
});

it('a finished cell has a line for each of its files, by name, as sha256sum writes it', () => {
  const cells = temporaryFolder();
  new CellWriter(cells, 'one').finish(summaryOf(), 'text\n');
  const checksums = readChecksums(join(cells, 'one'))!;
  expect([...checksums.keys()]).toEqual(['containers.csv', 'invocations.csv', 'samples.csv', 'summary.json', 'total.hgrm']);
  for (const [name, checksum] of checksums) expect(checksum).toBe(checksumOf(join(cells, 'one', name)));
  writeChecksums(join(cells, 'one'));
  expect(readChecksums(join(cells, 'one'))).toEqual(checksums);
});

it('a folder of an earlier version has none, and what are none is refused with its line', () => {
  const folder = temporaryFolder();
  expect(readChecksums(folder)).toBeUndefined();
  writeFileSync(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  a\n${'0'.repeat(64)}  ../b\n`);
  expect(() => readChecksums(folder)).toThrow('line 2 is no checksum and name of a file');
});
