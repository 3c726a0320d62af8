import type { Side } from '../diff/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { formatMs } from './formats.js';
import { copiesCount, lostCells } from './diff-rows.js';
import { instrumentLines, type InstrumentLine } from './instrument.js';
import { firstOf } from './plain-text.js';
import { harmless } from './terminal-text.js';
import { meanOverRepetitions } from './repetitions.js';
import type { Caveat } from './report-model.js';
import { renderProblems } from './summary-table.js';

function serious(text: string): Caveat {
  return { severity: 'serious', text: harmless(text) };
}

function note(text: string): Caveat {
  return { severity: 'note', text: harmless(text) };
}

function cellCount(ids: readonly string[]): string {
  return ids.length === 1 ? '1 cell' : `${ids.length} cells`;
}

function wasRun({ skipped }: CellSummary): boolean {
  return skipped === undefined;
}

/** What is missing of the set, and what of it does not count. */
function missingCells(side: Side): Caveat[] {
  const { manifest, summaries } = side;
  const withStatus = (...statuses: Manifest['cells'][number]['status'][]): string[] => manifest.cells.filter(({ status }) => statuses.includes(status)).map(({ id }) => id);
  const invalid = [...new Set([...summaries.filter((summary) => wasRun(summary) && !summary.valid).map(({ cell }) => cell.id), ...withStatus('invalid')])];
  const groups = [
    [invalid, 'invalid and left out'],
    [withStatus('failed'), 'failed'],
    [withStatus('interrupted'), 'interrupted'],
    [withStatus('pending'), 'not run yet'],
  ] as const;
  return [
    ...(manifest.status === 'complete' ? [] : [serious(`the set is ${manifest.status}: this is of the cells it has`)]),
    ...groups.flatMap(([ids, what]) => (ids.length === 0 ? [] : [serious(`${cellCount(ids)} ${what}: ${firstOf(ids)}`)])),
    ...lostCells([side]).map(serious),
  ];
}

function skippedCells({ manifest, summaries }: Side): Caveat[] {
  const reasons = new Map([...manifest.cells.flatMap(({ id, status, reason }) => (status === 'skipped' ? [[id, reason ?? 'no reason told'] as const] : [])), ...summaries.flatMap(({ cell, skipped }) => (skipped === undefined ? [] : [[cell.id, skipped] as const]))]);
  return [...new Set(reasons.values())].map((reason) => {
    const ids = [...reasons].flatMap(([id, why]) => (why === reason ? [id] : []));
    return note(`${cellCount(ids)} skipped (${reason}): ${firstOf(ids)}`);
  });
}

const mostProblems = 5;

function problems(summaries: readonly CellSummary[]): Caveat[] {
  const troubled = summaries.filter((summary) => wasRun(summary) && summary.problems.length > 0);
  const more = troubled.length - mostProblems;
  return [...renderProblems(troubled.slice(0, mostProblems), 1), ...(more > 0 ? [`${more} more ${more === 1 ? 'cell has' : 'cells have'} problems`] : [])].map(serious);
}

function lostInvocations(summaries: readonly CellSummary[]): Caveat[] {
  const lossy = summaries.flatMap(({ cell, valid, invocations: { arrived, completed } }) => (valid && completed < arrived ? [{ id: cell.id, share: (arrived - completed) / arrived }] : []));
  const shares = lossy.sort((a, b) => b.share - a.share).map(({ id, share }) => `${(share * 100).toFixed(1)} % of ${id}`);
  return shares.length === 0 ? [] : [serious(`not all invocations completed, and latencies are of those that did; lost: ${firstOf(shares)}`)];
}

const enoughRepetitions = 5;

function repetitions({ manifest, summaries }: Side): Caveat[] {
  const counts = meanOverRepetitions(summaries, manifest).filter(({ comparable }) => comparable).map((row) => row.repetitions);
  const { backend, selection } = manifest;
  if (backend === 'simulation' && !selection.reseed) return [note(`simulated: ${copiesCount}`)];
  const fewest = Math.min(...counts);
  if (counts.length === 0 || fewest >= enoughRepetitions) return [];
  const ofWhich = Math.max(...counts) === fewest ? 'each' : 'some';
  const few = fewest === 1 ? `one run of ${ofWhich}` : `${fewest} runs of ${ofWhich}`;
  const text = `${few}: how much runs differ among themselves is not known well enough${manifest.imported === undefined ? '; --repeat 5 tells' : ''}`;
  return [backend === 'simulation' ? note(text) : serious(text)];
}

const mostStolen = 0.02;
const mostSampling = 0.05;

function instrument({ manifest, summaries }: Side): Caveat[] {
  const late = summaries.some((summary) => summary.problems.some((problem) => problem.startsWith('FBB_ERR_CELL_LATE_LOAD')));
  const isSerious: Partial<Record<InstrumentLine['aspect'], (worst: number) => boolean>> = {
    lag: (lagMs) => late || lagMs > (manifest.settings.maxLagMs ?? Number.POSITIVE_INFINITY),
    stolen: (share) => share > mostStolen,
    sampling: (share) => share > mostSampling,
  };
  return instrumentLines(summaries).map(({ aspect, worst, text }) => (isSerious[aspect]?.(worst) === true ? serious(text) : note(text)));
}

const mostElse = 0.1;

/** What was busy beside containers, harness and sampler, as a share of all cores. */
function otherShare({ cpu, harness, sampler }: CellSummary, cores: number): number {
  if (cpu.coreSeconds === null || cpu.meanUtilization === null || cpu.hostMeanUtilization === null) return 0;
  return cpu.hostMeanUtilization - cpu.meanUtilization - ((harness?.coreShare ?? 0) + (sampler?.coreShare ?? 0)) / cores;
}

function otherWork({ manifest, summaries }: Side): Caveat[] {
  const cores = Math.max(1, Number(manifest.host['cores'] ?? 1) || 1);
  const busy = summaries.filter(wasRun).map((summary) => ({ id: summary.cell.id, share: otherShare(summary, cores) })).filter(({ share }) => share > mostElse);
  if (busy.length === 0) return [];
  const cells = busy.sort((a, b) => b.share - a.share).map(({ id, share }) => `${(share * 100).toFixed(0)} % in ${id}`);
  return [serious(`the host was not quiet: something other than containers and harness used more than ${mostElse * 100} % of its cores, ${firstOf(cells)}`)];
}

const mostUnread = 0.1;

function unreadContainers({ manifest, summaries }: Side): Caveat[] {
  if (manifest.imported !== undefined) return [];
  const unread = summaries.filter(({ memory }) => memory.unsampledContainers > 0);
  if (unread.length === 0) return [];
  const many = unread.some(({ memory, containers }) => memory.unsampledContainers > mostUnread * (containers.launched ?? 0));
  const text = `containers that ended before their memory was read count with the mean of the others: ${firstOf(unread.map(({ cell, memory, containers }) => `${memory.unsampledContainers} of ${containers.launched ?? '?'} in ${cell.id}`))}`;
  return [many ? serious(text) : note(text)];
}

function cappedLaunches(summaries: readonly CellSummary[]): Caveat[] {
  const capped = summaries.flatMap(({ cell, containers: { cap } }) => (cap !== undefined && cap.launchesWaited > 0 ? [{ id: cell.id, ...cap }] : []));
  if (capped.length === 0) return [];
  const waits = capped.sort((a, b) => b.longestWaitMs - a.longestWaitMs).map(({ id, launchesWaited, longestWaitMs }) => `${launchesWaited} in ${id} (at most ${formatMs(longestWaitMs)} ms)`);
  return [note(`a cap of ${[...new Set(capped.map(({ max }) => max))].join(' or ')} containers at a time made launches wait, which counts as scheduling: ${firstOf(waits)}`)];
}

function meansOfPercentiles({ manifest, summaries }: Side): Caveat[] {
  const copies = manifest.backend === 'simulation' && !manifest.selection.reseed;
  const several = !copies && meanOverRepetitions(summaries, manifest).some(({ repetitions: count }) => count > 1);
  return several ? [note('of several repetitions, p50 and p98 in answers, numbers and sweeps are the means of those of each')] : [];
}

/** What the first invocations of a workload are when the rest was left out; undefined when nothing was. */
export function trialOf({ selection }: Manifest): string | undefined {
  return selection.limit === null ? undefined : `only the first ${selection.limit} invocations of each workload: a trial, no result`;
}

/** What a reader must know of a set before trusting its numbers, the serious first. */
export function caveatsOfSet(side: Side): Caveat[] {
  const { manifest, summaries } = side;
  const trial = trialOf(manifest);
  const caveats = [
    ...(trial === undefined ? [] : [serious(trial)]),
    ...missingCells(side),
    ...lostInvocations(summaries),
    ...problems(summaries),
    ...otherWork(side),
    ...cappedLaunches(summaries),
    ...repetitions(side),
    ...unreadContainers(side),
    ...skippedCells(side),
    ...meansOfPercentiles(side),
    ...(manifest.backend === 'simulation' ? [note('the numbers are those of a model; validate-sim tells how far they are from what is measured')] : []),
    ...(manifest.imported === undefined ? [] : [note(`imported, not run here: ${manifest.imported.from}`)]),
    ...instrument(side),
  ];
  const severities: readonly Caveat['severity'][] = ['serious', 'note'];
  return severities.flatMap((severity) => caveats.filter((caveat) => caveat.severity === severity));
}
