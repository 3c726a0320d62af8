import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf, checksumsFile, readChecksums } from '../results/index.js';
import type { FileFindings } from './findings.js';

/** Every cell has them, whatever it did; invocations.csv is left out where rows are not wanted. */
const alwaysWritten = ['containers.csv', 'samples.csv', 'summary.json', 'total.hgrm'];
const rowsFile = 'invocations.csv';

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

/** Files without a checksum: of our own that is a fault, others are only told. */
function checkUnlisted(folder: string, checksums: ReadonlyMap<string, string>, { findingsOf, note }: ChecksumDeps): void {
  const names = readdirSync(folder);
  const own = new Set([...alwaysWritten, ...names.filter((name) => name === rowsFile)]);
  for (const name of own) if (!checksums.has(name)) findingsOf(name).add(null, `has no line in ${checksumsFile}`);
  for (const name of names) if (name !== checksumsFile && !own.has(name) && !checksums.has(name)) note(`${join(folder, name)} was not written with the cell`);
}

/** Compares the files of a cell with their checksums. Returns how many were compared; undefined: an earlier version has written none. */
export function checkChecksums(folder: string, deps: ChecksumDeps): number | undefined {
  const { findingsOf } = deps;
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
  checkUnlisted(folder, checksums, deps);
  return checksums.size;
}
