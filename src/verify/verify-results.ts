import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkStored, checksumsFile, manifestSchema, summarySchema, type CellSummary, type Manifest } from '../results/index.js';
import { checkChecksums } from './cell-checksums.js';
import { checkCellFolders } from './cell-folders.js';
import { checkContainers } from './container-check.js';
import { FileFindings, type Finding } from './findings.js';
import { checkHistogram } from './histogram-check.js';
import { checkImportedRows } from './imported-rows.js';
import { checkInvocations } from './invocation-check.js';
import { checkManifest } from './manifest-check.js';
import { checkSamples } from './sample-check.js';
import { checkAccounting, checkIdentity, checkImportedAccounting, hasEnded } from './summary-check.js';

type ManifestCell = Manifest['cells'][number];

/** What came of checking a result set. */
export interface Verification {
  /** The name of its folder where the manifest cannot be read. */
  readonly id: string;
  readonly folder: string;
  /** Of how many cells there were results to check, and how many the manifest has. */
  readonly checked: number;
  readonly cells: number;
  /** Files that were compared with their checksums. */
  readonly files: number;
  /** Of all invocations.csv. */
  readonly rows: number;
  /** What is wrong; empty when the set is whole. */
  readonly problems: readonly Finding[];
  /** What a reader should know and what is no damage. */
  readonly notes: readonly string[];
}

/** What others have measured with programs of their own; much of it is rounded or unknown. */
const importedBackend = 'artifact';
const shownCells = 5;

function listed(names: readonly string[]): string {
  return `${names.slice(0, shownCells).join(', ')}${names.length > shownCells ? ` and ${names.length - shownCells} more` : ''}`;
}

/** A check under way. */
class Check {
  readonly problems: Finding[] = [];
  readonly notes: string[] = [];
  readonly #withoutChecksums: string[] = [];
  readonly #unfinished: string[] = [];
  readonly #folder: string;
  checked = 0;
  files = 0;
  rows = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  findings(file: string): FileFindings {
    return new FileFindings(join(this.#folder, file), file, this.problems);
  }

  readManifest(): Manifest | undefined {
    const findings = this.findings('manifest.json');
    const data = this.#readJson(findings);
    return data === undefined ? undefined : this.#parsed(() => checkStored(data, manifestSchema, findings.path), findings);
  }

  checkCell(cell: ManifestCell, { backend, settings }: Manifest): void {
    const place = join('cells', cell.id);
    const folder = join(this.#folder, place);
    if (!hasEnded(cell)) this.#unfinished.push(`${cell.id} (${cell.status})`);
    if (!existsSync(folder)) {
      if (hasEnded(cell)) this.findings(place).add(null, `is missing; the manifest says that the cell is ${cell.status}`);
      return;
    }
    if (!hasEnded(cell)) this.notes.push(`${cell.id} is ${cell.status} in the manifest; results of it are there, and were checked`);
    this.checked += 1;
    const findingsOf = (name: string): FileFindings => this.findings(join(place, name));
    const compared = checkChecksums(folder, { findingsOf, note: (what) => this.notes.push(what) });
    if (compared === undefined) this.#withoutChecksums.push(cell.id);
    this.files += compared ?? 0;
    const summary = this.#readSummary(findingsOf('summary.json'));
    if (summary === undefined) return;
    checkIdentity(summary, cell, backend, findingsOf('summary.json'));
    if (backend === importedBackend) this.#checkImported(summary, findingsOf, settings.rows);
    else this.#checkNumbers(summary, findingsOf, settings.rows);
  }

  /** Says what concerns the cells together, once all were looked at. */
  tellOfCells({ status, cells, backend }: Manifest): void {
    if (backend === importedBackend) this.notes.push('the results are imported: only their counts can be added up again');
    if (status === 'running') this.notes.push('the run is going on, or was killed');
    if (this.#unfinished.length > 0) this.notes.push(`${this.#unfinished.length} of ${cells.length} cells have not finished: ${listed(this.#unfinished)}`);
    const without = this.#withoutChecksums;
    if (without.length === 0) return;
    if (without.length === this.checked) this.notes.push(`no checksums (written by an earlier version): ${without.length} cells`);
    else for (const id of without) this.findings(join('cells', id, checksumsFile)).add(null, 'is missing, and other cells have theirs');
  }

  #checkImported(summary: CellSummary, findingsOf: (name: string) => FileFindings, rowsWanted: boolean): void {
    const [ofSummary, ofRows] = [findingsOf('summary.json'), findingsOf('invocations.csv')];
    checkImportedAccounting(summary, ofSummary);
    if (rowsWanted || existsSync(ofRows.path)) this.rows += checkImportedRows(summary, ofRows, ofSummary);
  }

  #checkNumbers(summary: CellSummary, findingsOf: (name: string) => FileFindings, rowsWanted: boolean): void {
    const ofSummary = findingsOf('summary.json');
    checkAccounting(summary, ofSummary);
    const ofContainers = findingsOf('containers.csv');
    const containers = checkContainers(summary, ofContainers);
    const ofRows = findingsOf('invocations.csv');
    if (rowsWanted || existsSync(ofRows.path)) this.rows += checkInvocations({ summary, containers, ofRows, ofSummary, ofContainers });
    checkSamples(containers, findingsOf('samples.csv'));
    checkHistogram(summary.latencyMs.total, findingsOf('total.hgrm'));
  }

  #readSummary(findings: FileFindings): CellSummary | undefined {
    const data = this.#readJson(findings);
    return data === undefined ? undefined : this.#parsed(() => checkStored(data, summarySchema, findings.path), findings);
  }

  /** Null is what a file may hold; undefined: it cannot be read. */
  #readJson(findings: FileFindings): unknown {
    return this.#parsed((): unknown => JSON.parse(readFileSync(findings.path, 'utf8')), findings);
  }

  #parsed<T>(read: () => T, findings: FileFindings): T | undefined {
    try {
      return read();
    } catch (thrown) {
      findings.addThrown(thrown);
      return undefined;
    }
  }
}

/**
 * Checks the files of a result set: schema, checksums, and whether rows, containers, samples and histograms of every cell that is there add
 * up to its summary. Changes nothing and throws nothing: all that is wrong is in `problems`.
 */
export function verifyResults(folder: string): Verification {
  const check = new Check(folder);
  const manifest = check.readManifest();
  if (manifest !== undefined) {
    checkManifest(manifest, check.findings('manifest.json'));
    for (const cell of manifest.cells) check.checkCell(cell, manifest);
    checkCellFolders(folder, manifest, check);
    check.tellOfCells(manifest);
  }
  const { problems, notes, checked, files, rows } = check;
  return { id: manifest?.id ?? basename(folder), folder, checked, cells: manifest?.cells.length ?? 0, files, rows, problems, notes };
}
