import { renderProblems, renderSummaryTable } from '../report/index.js';
import { findResultSet, type ResultSet } from '../results/index.js';
import { print, styleFor } from './output.js';

const problemsPerCell = 5;

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
  for (const problem of renderProblems(summaries, problemsPerCell)) print(style.red(`! ${problem}`));
  const unfinished = manifest.cells.filter(({ status }) => status !== 'valid' && status !== 'invalid');
  if (unfinished.length > 0) print(style.red(`! ${unfinished.length} of ${manifest.cells.length} cells have not finished; suite ${manifest.suite.name} --resume ${manifest.id} runs them`));
  if (manifest.published !== null) print(style.dim(`paper: the authors' own change against their ${manifest.base}, on another machine with Docker (${manifest.published.source})`));
  print(`stored in ${results.folder}`);
}

/** `show [result]` */
export function showCommand(result: string, options: { out: string; json?: true }): void {
  printResult(findResultSet(result, options.out), options.json === true);
}
