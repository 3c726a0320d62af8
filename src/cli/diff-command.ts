import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { alignSides, alignSideWithin, checkComparable, checkThresholds, compareAligned, hasFailed, metrics, parseThresholds, selfTest, sideOfResults, type Aligned, type Diff, type GateResult, type Metric, type SelfTest, type Side, type Threshold } from '../diff/index.js';
import { ExitCode, FbbError } from '../core/index.js';
import { caveatsOf, diffAsCsv, diffAsJson, renderDiff, renderDiffMarkdown, renderGate } from '../report/index.js';
import { openResults } from '../result-store/index.js';
import { print, styleFor, tell } from './output.js';
import { shippedResultsFolder } from './package-root.js';

export interface DiffOptions {
  readonly within?: string;
  readonly base?: string;
  readonly failOn?: readonly string[];
  readonly metrics?: readonly string[];
  readonly force?: true;
  readonly selfTest?: true;
  readonly markdown?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly out: string;
}

/** `icdcs-2026…:vanilla`: a result set, and one scheduler of it. A colon before the last slash belongs to a path or an address. */
function splitName(text: string): { readonly name: string; readonly scheduler: string | undefined } {
  const colon = text.lastIndexOf(':');
  if (existsSync(join(text, 'manifest.json'))) return { name: text, scheduler: undefined };
  if (colon <= text.lastIndexOf('/') || colon === text.length - 1) return { name: text, scheduler: undefined };
  return { name: text.slice(0, colon), scheduler: text.slice(colon + 1) };
}

async function openSide(text: string, out: string): Promise<Side> {
  const { name, scheduler } = splitName(text);
  const opened = await openResults(name, out, { shippedFolder: shippedResultsFolder });
  return sideOfResults(opened, opened.folder === undefined ? (opened.address ?? '') : basename(opened.folder), scheduler);
}

/** The metrics to show: the headline ones, all, or those named. */
function chosenMetrics(names: readonly string[] | undefined, thresholds: readonly Threshold[]): Metric[] {
  if (names?.includes('all') === true) return [...metrics];
  const unknown = (names ?? []).filter((name) => !metrics.some((metric) => metric.name === name));
  if (unknown.length > 0) throw new FbbError('FBB_ERR_USAGE', `There is no metric ${unknown.join(', ')}.`, { fix: `Use all, or some of: ${metrics.map(({ name }) => name).join(', ')}.` });
  const gated = new Set(thresholds.map(({ metric }) => metric));
  return metrics.filter((metric) => gated.has(metric) || (names === undefined ? metric.headline : names.includes(metric.name)));
}

async function sidesOf(names: readonly string[], { within, base, selfTest: tries, out }: DiffOptions): Promise<Aligned> {
  if (within !== undefined) {
    if (tries === true) throw new FbbError('FBB_ERR_USAGE', '--self-test compares a result set with itself, and --within its schedulers with each other.', { fix: 'Write diff <A> --self-test.' });
    if (names.length > 0) throw new FbbError('FBB_ERR_USAGE', `--within compares inside one result set, and ${names.length} more ${names.length === 1 ? 'is' : 'are'} named.`, { fix: 'Give either two result sets, or --within with one.' });
    const side = await openSide(within, out);
    return alignSideWithin({ ...side, scheduler: undefined }, base ?? side.scheduler ?? side.manifest.base);
  }
  if (base !== undefined) throw new FbbError('FBB_ERR_USAGE', '--base belongs to --within.', { fix: 'Write diff --within <result> --base <scheduler>.' });
  const wanted = tries === true ? 1 : 2;
  if (names.length !== wanted) {
    throw new FbbError('FBB_ERR_USAGE', `${names.length === 0 ? 'No result set is' : names.length === 1 ? 'One result set is' : `${names.length} result sets are`} named.`, {
      fix: tries === true ? '--self-test compares one result set with itself: diff <A> --self-test.' : 'Write diff <A> <B>, or diff --within <A> --base <scheduler>; "faasbatch-bench list results" shows those there are.',
    });
  }
  const first = await openSide(names[0] as string, out);
  return alignSides(first, tries === true ? first : await openSide(names[1] as string, out));
}

function printDiff(diff: Diff, { gate, shown }: { readonly gate: GateResult | undefined; readonly shown: readonly Metric[] }, { markdown, json, csv }: DiffOptions): void {
  if (json === true) print(diffAsJson(diff, gate));
  else if (csv === true) print(diffAsCsv(diff));
  else if (markdown === true) print(renderDiffMarkdown(diff, shown, gate));
  else {
    print(renderDiff(diff, shown, styleFor(process.stdout)));
    if (gate !== undefined) print(renderGate(gate, styleFor(process.stdout)));
    return;
  }
  // Data go to a file or a program; what must not be missed goes to the screen.
  const style = styleFor(process.stderr);
  for (const line of caveatsOf(diff)) tell(style.red(`! ${line}`));
  if (gate !== undefined) tell(renderGate(gate, style));
}

function printSelfTest({ slowdown, withSlowdown, missed, halved, falseAlarms, passed }: SelfTest, json: boolean): void {
  const percent = `${Math.round(slowdown * 100)} %`;
  if (json) {
    const missedNames = missed.map(({ comparison: { row, metric, verdict, reason } }) => ({ experiment: row.experiment, workload: row.workload, row: row.label, metric: metric.name, verdict, reason: reason ?? null }));
    print(JSON.stringify({ passed, slowdown, found: withSlowdown.regressions.length, checked: withSlowdown.checked, missed: missedNames, halved, falseAlarms }, undefined, 2));
    return;
  }
  const style = styleFor(process.stdout);
  print(`with a slowdown of ${percent} injected: the gate ${withSlowdown.regressions.length > 0 ? 'fires' : 'does not fire'}, ${withSlowdown.regressions.length} of ${withSlowdown.checked} checks found it`);
  for (const { comparison: { row, metric, verdict, reason } } of missed) print(style.red(`! missed: ${row.experiment} · ${row.workload} · ${row.label}: ${metric.name}, ${verdict === 'tooFew' ? `too few data (${reason ?? ''})` : 'not told from how its runs differ'}`));
  print(`compared with itself${halved ? ', and one half of its repetitions with the other' : ''}: ${falseAlarms === 0 ? 'no difference shown' : style.red(`${falseAlarms} differences shown`)}`);
}

/** `diff <A> <B>`, `diff --within <A> --base <scheduler>`, `diff <A> --self-test` */
export async function diffCommand(names: readonly string[], options: DiffOptions): Promise<void> {
  const formats = [options.markdown, options.json, options.csv].filter((format) => format === true);
  if (formats.length > 1) throw new FbbError('FBB_ERR_USAGE', '--markdown, --json and --csv are three ways to print the same.', { fix: 'Choose one.' });
  const thresholds = parseThresholds(options.failOn ?? (options.selfTest === true ? ['mean>+5%'] : []));
  const shown = chosenMetrics(options.metrics, thresholds);
  const aligned = await sidesOf(names, options);
  checkComparable(aligned, options.force === true);
  if (options.selfTest === true) {
    const tested = selfTest(aligned, thresholds);
    printSelfTest(tested, options.json === true);
    if (!tested.passed) throw new FbbError('FBB_ERR_DIFF_SELF_TEST', `${aligned.first.name} cannot carry ${thresholds.map(({ text }) => `'${text}'`).join(', ')}: see above.`);
    return;
  }
  const diff = compareAligned(aligned);
  const gate = thresholds.length === 0 ? undefined : checkThresholds(thresholds, diff);
  printDiff(diff, { gate, shown }, options);
  if (gate !== undefined && hasFailed(gate)) process.exitCode = ExitCode.regression;
}
