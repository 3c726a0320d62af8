import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { csvOf, tableOf } from '../charts/index.js';
import { alignSides, checkComparable, compareAligned, metrics, sideOfResults, type Side } from '../diff/index.js';
import { describeError, FbbError } from '../core/index.js';
import { caveatsOf, comparisonFigures, FigureDrawer, headlineOf, renderReportMarkdown, renderReportPage, reportMark, sectionsOf, withBaseChanges, type Comparison } from '../report/index.js';
import { findResultSet, type ResultSet } from '../results/index.js';
import { isResultAddress, parseResultAddress } from '../storage/index.js';
import { formatBytes, print } from './output.js';
import { pageFolder, shippedResultsFolder } from './package-root.js';

export interface ReportCommandOptions {
  readonly against?: string;
  readonly format: 'html' | 'markdown' | 'svg';
  /** Where the report is written. */
  readonly out?: string;
  /** Where result sets are stored. */
  readonly results: string;
  readonly force?: true;
}

function open(name: string, folder: string): ResultSet {
  if (isResultAddress(name)) {
    const { shown } = parseResultAddress(name);
    throw new FbbError('FBB_ERR_USAGE', `${shown} is an address of a database, and a report is made of files here.`, { fix: `Pull it first: faasbatch-bench results pull ${shown}, with user and password.` });
  }
  return findResultSet(name, folder, shippedResultsFolder);
}

function sideOf(results: ResultSet): Side {
  return sideOfResults({ folder: results.folder, manifest: results.manifest, summaries: results.readSummaries() }, results.manifest.id);
}

/** Beside the result set, which stays as it was measured; of one that ships with the package, where results are stored. */
function besideOf({ folder }: ResultSet, resultsFolder: string, ending: string): string {
  const shipped = resolve(folder).startsWith(`${join(shippedResultsFolder, 'published')}${sep}`);
  return shipped ? join(resultsFolder, `${basename(folder)}${ending}`) : `${folder}${ending}`;
}

/** Whether a file was made by this command, so that it may be made anew. */
function isReport(path: string): boolean {
  const start = Buffer.alloc(reportMark.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return start.toString() === reportMark;
}

/** Writes a file whole or not at all. Throws FBB_ERR_RESULTS_WRITE. */
function write(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.partial`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `${path} could not be written: ${describeError(thrown)}.`, { cause: thrown });
  }
  print(`${path}  ${formatBytes(Buffer.byteLength(text))}`);
}

function refuse(path: string): never {
  throw new FbbError('FBB_ERR_USAGE', `${path} is there already.`, { fix: 'Name another place with --out, or replace it with --force.' });
}

function comparisonOf(results: ResultSet, { against, results: folder, force }: ReportCommandOptions): Comparison | undefined {
  if (against === undefined) return undefined;
  // From the other to this one: what the report is about is what changed.
  const aligned = alignSides(sideOf(open(against, folder)), sideOf(results));
  checkComparable(aligned, force === true);
  const diff = compareAligned(aligned);
  return { first: diff.first.name, second: diff.second.name, figures: comparisonFigures(diff, metrics.filter(({ headline }) => headline), { title: '', withPlace: true }), caveats: caveatsOf(diff) };
}

function writeHtml(results: ResultSet, options: ReportCommandOptions): void {
  const path = options.out ?? besideOf(results, options.results, '-report.html');
  if (options.force !== true && existsSync(path) && !isReport(path)) refuse(path);
  const side = sideOf(results);
  const { manifest, summaries } = side;
  const asset = (name: string): string => readFileSync(join(pageFolder, name), 'utf8');
  const report = { manifest, summaries, headline: headlineOf(side), sections: withBaseChanges(sectionsOf(results), side), comparison: comparisonOf(results, options) };
  write(path, renderReportPage(report, { chartProgram: asset('charts.js'), reportProgram: asset('report.js'), style: asset('page.css') }));
}

function writeMarkdown(results: ResultSet, options: ReportCommandOptions): void {
  const side = sideOf(results);
  const text = renderReportMarkdown(side.manifest, side.summaries, headlineOf(side));
  if (options.out === undefined) {
    print(text.trimEnd());
    return;
  }
  if (options.force !== true && existsSync(options.out)) refuse(options.out);
  write(options.out, text);
}

/** The figures of each section at the value that is shown first, and over its sweep; each with its data beside it. */
function writeSvg(results: ResultSet, options: ReportCommandOptions): void {
  const folder = options.out ?? besideOf(results, options.results, '-figures');
  const drawer = new FigureDrawer(readFileSync(join(pageFolder, 'charts.js'), 'utf8'), results.manifest.schedulers.map(({ name }) => name));
  const files = withBaseChanges(sectionsOf(results), sideOf(results)).flatMap((section) => {
    const slice = section.slices[section.shownSlice];
    const figures = [...section.figures, ...(slice === undefined ? [] : [...slice.figures, ...slice.timelines])];
    return figures.map((figure) => ({ stem: join(folder, `${section.id}-${figure.id}`), figure }));
  });
  if (files.length === 0) throw new FbbError('FBB_ERR_RESULTS_INVALID', `${results.folder} has no finished cell, so there is no figure to draw.`);
  const there = files.find(({ stem }) => existsSync(`${stem}.svg`));
  if (there !== undefined && options.force !== true) refuse(`${there.stem}.svg`);
  for (const { stem, figure } of files) {
    write(`${stem}.svg`, drawer.svg(figure));
    write(`${stem}.csv`, csvOf(tableOf(figure.chart)));
  }
}

/** `report [result]` */
export function reportCommand(name: string, options: ReportCommandOptions): void {
  if (options.against !== undefined && options.format !== 'html') throw new FbbError('FBB_ERR_USAGE', `--against is for the HTML report; --format ${options.format} shows one result set.`, { fix: 'faasbatch-bench diff <A> <B> --markdown prints a comparison.' });
  const results = open(name, options.results);
  if (options.format === 'html') writeHtml(results, options);
  else if (options.format === 'markdown') writeMarkdown(results, options);
  else writeSvg(results, options);
}
