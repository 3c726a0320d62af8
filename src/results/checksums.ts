import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the folder of a cell: a line a file, as sha256sum writes it, so that `sha256sum -c SHA256SUMS` checks them too. */
export const checksumsFile = 'SHA256SUMS';

const blockBytes = 1 << 20;
const linePattern = /^([0-9a-f]{64}) [ *]([^/\\\0]+)$/;

/** SHA-256 of a file in hexadecimal, read block by block. Throws what the file system throws. */
export function checksumOf(path: string): string {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  const fd = openSync(path, 'r');
  try {
    for (let read = readSync(fd, block); read > 0; read = readSync(fd, block)) hash.update(block.subarray(0, read));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

/** Writes the checksums of all files of a folder, in the order of their names. */
export function writeChecksums(folder: string): void {
  const names = readdirSync(folder).filter((name) => name !== checksumsFile).sort();
  writeFileSync(join(folder, checksumsFile), names.map((name) => `${checksumOf(join(folder, name))}  ${name}\n`).join(''));
}

/** The checksums that stand in a folder, by name of the file; undefined where there are none (written by an earlier version). Throws an Error on what are no checksums. */
export function readChecksums(folder: string): ReadonlyMap<string, string> | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, checksumsFile), 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const lines = text.replace(/\n$/, '').split('\n');
  return new Map(
    lines.map((line, index) => {
      const [, checksum, name] = linePattern.exec(line) ?? [];
      if (checksum === undefined || name === undefined) throw new Error(`line ${index + 1} is no checksum and name of a file`);
      return [name, checksum];
    }),
  );
}
