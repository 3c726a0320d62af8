import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf, checksumsFile, readChecksums } from '../results/index.js';
import type { FileFindings } from './findings.js';

interface ChecksumDeps {
  /** Of one file of the cell. */
  readonly findingsOf: (name: string) => FileFindings;
  readonly note: (what: string) => void;
}

function compare(findings: FileFindings, checksum: string): void {
  try {
    if (checksumOf(findings.path) !== checksum) findings.add(null, `was changed since it was written (${checksumsFile} has another checksum)`);
  } catch (thrown) {
    findings.addThrown(thrown);
  }
}

/** Compares the files of a cell with their checksums. Returns how many were compared; undefined: an earlier version has written none. */
export function checkChecksums(folder: string, { findingsOf, note }: ChecksumDeps): number | undefined {
  let checksums: ReadonlyMap<string, string> | undefined;
  try {
    checksums = readChecksums(folder);
  } catch (thrown) {
    findingsOf(checksumsFile).addThrown(thrown);
    return 0;
  }
  if (checksums === undefined) return undefined;
  for (const [name, checksum] of checksums) {
    const findings = findingsOf(name);
    if (existsSync(findings.path)) compare(findings, checksum);
    else findings.add(null, 'is missing');
  }
  for (const name of readdirSync(folder)) if (name !== checksumsFile && checksums.get(name) === undefined) note(`${join(folder, name)} was not written with the cell`);
  return checksums.size;
}
