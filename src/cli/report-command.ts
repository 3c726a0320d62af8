import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { csvOf, tableOf } from '../charts/index.js';
import { alignSides, checkComparable, compareAligned, metrics, sideOfResults, type Side } from '../diff/index.js';
import { describeError, FbbError } from '../core/index.js';
import { caveatsOf, comparisonFigures, FigureDrawer, headlineOf, renderReportMarkdown, renderReportPage, reportMark, sectionsOf, withBaseChanges, type Comparison } from '../report/index.js';
import type { ResultSet } from '../results/index.js';
import { openLocal, placeBeside } from './local-results.js';
import { formatBytes, print } from './output.js';
import { pageFolder } from './package-root.js';

export interface ReportCommandOptions {
  readonly against?: string;
  readonly format: 'html' | 'markdown' | 'svg';
  /** Where the report is written. */
  readonly out?: string;
  /** Where result sets are stored. */
  readonly results: string;
  readonly force?: true;
}

function sideOf(results: ResultSet): Side {
  return sideOfResults({ folder: results.folder, manifest: results.manifest, summaries: results.readSummaries() }, results.manifest.id);
}

/** Whether a file was made by this command, so that it may be made anew; one that cannot be read was not. */
function isReport(path: string): boolean {
  const start = Buffer.alloc(reportMark.length);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return start.toString() === reportMark;
}

/** Says no to writing over what is there, unless it was made by this command or the user insists; folders and devices are never replaced. */
function checkFree(path: string, force: boolean, mayReplace: (path: string) => boolean = () => false): void {
  if (!existsSync(path)) return;
  const there = statSync(path);
  if (!there.isFile()) throw new FbbError('FBB_ERR_USAGE', `${path} is ${there.isDirectory() ? 'a folder' : 'no ordinary file'}, and a file is written.`, { fix: 'Name a file with --out.' });
  if (!force && !mayReplace(path)) throw new FbbError('FBB_ERR_USAGE', `${path} is there already.`, { fix: 'Name another place with --out, or replace it with --force.' });
}

interface ReportFile {
  readonly path: string;
  readonly text: string;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Writes files whole, all or none; a Ctrl-C that comes meanwhile comes too late. Throws FBB_ERR_RESULTS_WRITE. */
function write(files: readonly ReportFile[]): void {
  const temporaries: string[] = [];
  const ignore = (): void => undefined;
  let current = '';
  for (const signal of signals) process.on(signal, ignore);
  try {
    for (const { path, text } of files) {
      current = path;
      mkdirSync(dirname(path), { recursive: true });
      const temporary = join(dirname(path), `.${basename(path)}.partial`);
      temporaries.push(temporary);
      writeFileSync(temporary, text);
    }
    for (const [index, { path }] of files.entries()) renameSync(temporaries[index] as string, path);
  } catch (thrown) {
    for (const temporary of temporaries) if (existsSync(temporary)) rmSync(temporary);
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `${current} could not be written: ${describeError(thrown)}.`, { fix: 'Is the disk full, or may nobody write there? Name another place with --out.', cause: thrown });
  } finally {
    for (const signal of signals) process.off(signal, ignore);
  }
  for (const { path, text } of files) print(`${path}  ${formatBytes(Buffer.byteLength(text))}`);
}

function comparisonOf(side: Side, { against, results: folder, force }: ReportCommandOptions): Comparison | undefined {
  if (against === undefined) return undefined;
  // From the other to this one: what the report is about is what changed.
  const aligned = alignSides(sideOf(openLocal(against, folder, 'a report')), side);
  checkComparable(aligned, force === true);
  const diff = compareAligned(aligned);
  return { first: diff.first.name, second: diff.second.name, figures: comparisonFigures(diff, metrics.filter(({ headline }) => headline), { title: '', withPlace: true }), problems: diff.problems, caveats: caveatsOf(diff) };
}

function writeHtml(results: ResultSet, options: ReportCommandOptions): void {
  const path = options.out ?? placeBeside(results, options.results, '-report.html');
  checkFree(path, options.force === true, isReport);
  const side = sideOf(results);
  const { manifest, summaries } = side;
  const asset = (name: string): string => readFileSync(join(pageFolder, name), 'utf8');
  const report = { manifest, summaries, headline: headlineOf(side), sections: withBaseChanges(sectionsOf(results), side), comparison: comparisonOf(side, options) };
  write([{ path, text: renderReportPage(report, { chartProgram: asset('charts.js'), reportProgram: asset('report.js'), style: asset('page.css') }) }]);
}

function writeMarkdown(results: ResultSet, options: ReportCommandOptions): void {
  if (options.out !== undefined) checkFree(options.out, options.force === true);
  const side = sideOf(results);
  const text = renderReportMarkdown(side.manifest, side.summaries, headlineOf(side));
  if (options.out === undefined) {
    print(text.trimEnd());
    return;
  }
  write([{ path: options.out, text }]);
}

/** The figures of each section at the value that is shown first, and over its sweep; each with its data beside it. */
function writeSvg(results: ResultSet, options: ReportCommandOptions): void {
  const folder = options.out ?? placeBeside(results, options.results, '-figures');
  const drawer = new FigureDrawer(readFileSync(join(pageFolder, 'charts.js'), 'utf8'), results.manifest.schedulers.map(({ name }) => name));
  const files = withBaseChanges(sectionsOf(results), sideOf(results)).flatMap((section) => {
    const slice = section.slices[section.shownSlice];
    const figures = [...section.figures, ...(slice === undefined ? [] : [...slice.figures, ...slice.timelines])];
    const place = [section.title, slice?.label ?? ''].filter((text) => text !== '').join(', ');
    return figures.map((figure) => ({ stem: join(folder, `${section.id}-${figure.id}`), figure: { ...figure, title: `${figure.title}, ${place}` } }));
  });
  if (files.length === 0) throw new FbbError('FBB_ERR_RESULTS_INVALID', `${results.folder} has no finished cell, so there is no figure to draw.`);
  for (const { stem } of files) for (const ending of ['svg', 'csv']) checkFree(`${stem}.${ending}`, options.force === true);
  write(
    files.flatMap(({ stem, figure }) => [
      { path: `${stem}.svg`, text: drawer.svg(figure) },
      { path: `${stem}.csv`, text: csvOf(tableOf(figure.chart)) },
    ]),
  );
}

/** `report [result]` */
export function reportCommand(name: string, options: ReportCommandOptions): void {
  if (options.against !== undefined && options.format !== 'html') throw new FbbError('FBB_ERR_USAGE', `--against is for the HTML report; --format ${options.format} shows one result set.`, { fix: 'faasbatch-bench diff <A> <B> --markdown prints a comparison.' });
  const results = openLocal(name, options.results, 'a report');
  if (options.format === 'html') writeHtml(results, options);
  else if (options.format === 'markdown') writeMarkdown(results, options);
  else writeSvg(results, options);
}
