import { dirname } from 'node:path';
import { harmless, publishedBy, renderBursts, renderCap, renderClairvoyant, renderInstrument, renderNotes, renderProblems, renderResources, renderSummaryTable, trialOf, type TableStyle } from '../report/index.js';
import { findResultSet, type ResultSet } from '../results/index.js';
import { openResults, type OpenedResults } from '../result-store/index.js';
import { isResultAddress } from '../storage/index.js';
import { print, screenFor } from './output.js';
import { shippedResultsFolder, suitesFolder } from './package-root.js';
import { optionsOf } from './storage-options.js';

const problemsPerCell = 5;
const notesPerCell = 3;

function resumeCommand({ manifest, folder }: ResultSet): string {
  const builtin = dirname(manifest.suite.source) === suitesFolder;
  const out = dirname(folder);
  const { storage } = manifest.settings;
  return ['faasbatch-bench suite', builtin ? manifest.suite.name : manifest.suite.source, ...(out === 'results' ? [] : ['--out', out]), ...(storage.length === 0 ? [] : [optionsOf(storage)]), '--resume', manifest.id].join(' ');
}

/** What a table is made of; `results` where its raw files are at hand. */
interface Shown extends Pick<OpenedResults, 'manifest' | 'summaries'> {
  readonly results: ResultSet | undefined;
  /** The folder, or the address without user and password. */
  readonly place: string;
}

/** The table of a result set, what to know before trusting it, and where it lies. */
export function printResult(results: ResultSet, asJson: boolean): void {
  const shown = { manifest: results.manifest, summaries: results.readSummaries(), results, place: results.folder };
  if (asJson) printJson({ folder: results.folder }, shown);
  else printShown(shown);
}

function printJson(place: { readonly folder: string } | { readonly address: string }, { manifest, summaries }: Shown): void {
  print(JSON.stringify({ id: manifest.id, ...place, status: manifest.status, cells: summaries }, undefined, 2));
}

function printMissing({ manifest, results, place }: Shown, style: TableStyle): void {
  const missing = manifest.cells.filter(({ status }) => !['valid', 'skipped'].includes(status));
  if (missing.length === 0) return;
  const what = missing.some(({ status }) => status === 'invalid') ? 'have not finished or are invalid' : 'have not finished';
  if (manifest.imported !== undefined) {
    print(style.red(`! ${missing.length} of ${manifest.cells.length} cells ${what}; they were imported and cannot be run again`));
    return;
  }
  const how = results === undefined ? `pull it (faasbatch-bench results pull ${place}) and go on with --resume` : resumeCommand(results);
  print(style.red(harmless(`! ${missing.length} of ${manifest.cells.length} cells ${what}; to run them: ${how}`)));
}

function printShown(shown: Shown): void {
  const { manifest, summaries, results, place } = shown;
  const screen = screenFor(process.stdout);
  const { style } = screen;
  print('');
  if (summaries.length === 0) print('No cell has finished.');
  else print(renderSummaryTable(manifest, summaries, style, screen));
  for (const table of renderBursts(manifest, summaries, style)) print(table);
  for (const table of renderResources(manifest, summaries, style)) print(table);
  for (const line of renderCap(manifest, summaries, style)) print(line);
  for (const line of results === undefined ? [] : renderClairvoyant(results, summaries, style)) print(line);
  for (const note of renderNotes(summaries, notesPerCell)) print(style.dim(note));
  for (const problem of renderProblems(summaries, problemsPerCell)) print(style.red(`! ${problem}`));
  printMissing(shown, style);
  const instrument = renderInstrument(summaries);
  if (instrument !== undefined) print(style.dim(instrument));
  const trial = trialOf(manifest);
  if (trial !== undefined) print(style.red(`! ${trial}`));
  if (manifest.published !== null) print(style.dim(harmless(`paper: the authors' own change against their ${manifest.base} (${publishedBy(manifest)})`)));
  print(`stored in ${place}`);
}

/** `show [result]`: of a folder, an id, or an address of a database. */
export async function showCommand(result: string, options: { out: string; json?: true }): Promise<void> {
  if (!isResultAddress(result)) {
    printResult(findResultSet(result, options.out, shippedResultsFolder), options.json === true);
    return;
  }
  const { manifest, summaries, address = '' } = await openResults(result, options.out);
  const shown = { manifest, summaries, results: undefined, place: address };
  if (options.json === true) printJson({ address }, shown);
  else printShown(shown);
}
