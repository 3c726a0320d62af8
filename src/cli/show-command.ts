import { dirname } from 'node:path';
import { renderBursts, renderCap, renderClairvoyant, renderInstrument, renderNotes, renderProblems, renderResources, renderSummaryTable } from '../report/index.js';
import { findResultSet, type ResultSet } from '../results/index.js';
import { print, styleFor } from './output.js';
import { suitesFolder } from './package-root.js';
import { optionsOf } from './storage-options.js';

const problemsPerCell = 5;
const notesPerCell = 3;

function resumeCommand({ manifest, folder }: ResultSet): string {
  const builtin = dirname(manifest.suite.source) === suitesFolder;
  const out = dirname(folder);
  const { storage } = manifest.settings;
  return ['faasbatch-bench suite', builtin ? manifest.suite.name : manifest.suite.source, ...(out === 'results' ? [] : ['--out', out]), ...(storage.length === 0 ? [] : [optionsOf(storage)]), '--resume', manifest.id].join(' ');
}

/** The table of a result set, what to know before trusting it, and where it lies. */
export function printResult(results: ResultSet, asJson: boolean): void {
  const { manifest } = results;
  const summaries = results.readSummaries();
  if (asJson) {
    print(JSON.stringify({ id: manifest.id, folder: results.folder, status: manifest.status, cells: summaries }, undefined, 2));
    return;
  }
  const style = styleFor(process.stdout);
  print('');
  if (summaries.length === 0) print('No cell has finished.');
  else print(renderSummaryTable(manifest, summaries, style));
  for (const table of renderBursts(manifest, summaries, style)) print(table);
  for (const table of renderResources(manifest, summaries, style)) print(table);
  for (const line of renderCap(manifest, summaries, style)) print(line);
  for (const line of renderClairvoyant(results, summaries, style)) print(line);
  for (const note of renderNotes(summaries, notesPerCell)) print(style.dim(note));
  for (const problem of renderProblems(summaries, problemsPerCell)) print(style.red(`! ${problem}`));
  const missing = manifest.cells.filter(({ status }) => !['valid', 'skipped'].includes(status));
  if (missing.length > 0) {
    const what = missing.some(({ status }) => status === 'invalid') ? 'have not finished or are invalid' : 'have not finished';
    print(style.red(`! ${missing.length} of ${manifest.cells.length} cells ${what}; to run them: ${resumeCommand(results)}`));
  }
  const instrument = renderInstrument(summaries);
  if (instrument !== undefined) print(style.dim(instrument));
  if (manifest.selection.limit !== null) print(style.red(`! only the first ${manifest.selection.limit} invocations of each workload: a trial, no result`));
  if (manifest.published !== null) print(style.dim(`paper: the authors' own change against their ${manifest.base} (${manifest.published.source.split('. ', 1)[0] ?? ''})`));
  print(`stored in ${results.folder}`);
}

/** `show [result]` */
export function showCommand(result: string, options: { out: string; json?: true }): void {
  printResult(findResultSet(result, options.out), options.json === true);
}
