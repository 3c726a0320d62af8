import type { CellSummary, Manifest } from '../results/index.js';
import type { Row, Side } from './align.js';

/** Fields of the host that decide how fast it is. */
const hostFields = ['platform', 'arch', 'cpuModel', 'cores', 'memoryGb'] as const;

const simulatedHostFields = ['hostProfile', 'hostProfileHash', 'cores'] as const;

/** What has to be equal for numbers to mean the same; 0.1 and 0.2 may differ as much as 1 and 2. */
function majorVersion(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return major === '0' ? `0.${minor}` : major;
}

/** Memory in use by the machine itself moves the last digit. */
function differs(one: Manifest['host'][string] | undefined, other: Manifest['host'][string] | undefined): boolean {
  if (typeof one === 'number' && typeof other === 'number') return Math.abs(one - other) > 0.02 * Math.max(one, other);
  return (one ?? null) !== (other ?? null);
}

function hostProblems(first: Manifest, second: Manifest): string[] {
  // Of a simulated run the host is a profile, and the machine it was computed on does not matter.
  const fields = first.backend === 'simulation' && second.backend === 'simulation' ? simulatedHostFields : hostFields;
  return fields.filter((name) => differs(first.host[name], second.host[name])).map((name) => `host: ${name} is ${String(first.host[name] ?? 'unknown')} and ${String(second.host[name] ?? 'unknown')}`);
}

/** By how much the numbers given to CPU functions were moved so that they offer the same load here; other ones are other work. */
function loadProblems(first: Manifest, second: Manifest, workloads: ReadonlySet<string>): string[] {
  return [...workloads].flatMap((name) => {
    const [one, other] = [first.workloads[name]?.['nShift'], second.workloads[name]?.['nShift']];
    return one === undefined || other === undefined || one === other ? [] : [`load shift of ${name}: ${one} and ${other}`];
  });
}

/** What makes two sets as a whole incomparable, a line each. */
function setProblems(first: Side, second: Side, rows: readonly Row[]): string[] {
  const [one, other] = [first.manifest, second.manifest];
  return [
    ...(one.tool.name !== other.tool.name || majorVersion(one.tool.version) !== majorVersion(other.tool.version) ? [`tool: ${one.tool.name} ${one.tool.version} and ${other.tool.name} ${other.tool.version}`] : []),
    ...(one.backend === other.backend ? [] : [`backend: ${one.backend} and ${other.backend}`]),
    ...hostProblems(one, other),
    ...loadProblems(one, other, new Set(rows.map(({ workload }) => workload))),
  ];
}

function hashes(runs: readonly CellSummary[]): string[] {
  return [...new Set(runs.map(({ workloadHash }) => workloadHash))];
}

/** How the work of the two sides of a row hangs together. */
export type Work =
  /** All runs of both sides did the same. */
  | 'same'
  /** Each repetition did other work drawn from the same workload, and for each run of one side there is one of the other that did the same. */
  | 'paired'
  /** Each repetition did other work drawn from the same workload, and no two are known to have done the same. */
  | 'drawn'
  | 'other';

export function workOf({ first, second }: Row, redrawn: boolean): Work {
  const [one, other] = [hashes(first.runs), hashes(second.runs)];
  if (one.length === 1 && other.length === 1) return one[0] === other[0] ? 'same' : 'other';
  if (!redrawn) return 'other';
  const shared = one.filter((hash) => other.includes(hash));
  return shared.length === one.length && shared.length === other.length ? 'paired' : 'drawn';
}

/** Whether the repetitions of both sides were given workloads of their own. */
export function isRedrawn(first: Side, second: Side): boolean {
  return first.manifest.selection.reseed && second.manifest.selection.reseed;
}

/** Why the two sides must not be compared, a line each; none when they may. */
export function comparisonProblems(first: Side, second: Side, rows: readonly Row[]): string[] {
  const redrawn = isRedrawn(first, second);
  const other = rows.filter((row) => workOf(row, redrawn) === 'other').map(({ experiment, workload, label }) => `${experiment} · ${workload} · ${label}: other work (workload hash)`);
  const shown = other.length > 5 ? [...other.slice(0, 5), `and ${other.length - 5} more rows of other work`] : other;
  return [...(first.manifest.id === second.manifest.id ? [] : setProblems(first, second, rows)), ...shown];
}

/** What differs and may be just what is to be compared, a line each. */
export function differences(first: Side, second: Side): string[] {
  const [one, other] = [first.manifest.settings, second.manifest.settings];
  const names = Object.keys(one) as (keyof typeof one)[];
  return [
    ...names.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name])).map((name) => `${name}: ${JSON.stringify(one[name])} and ${JSON.stringify(other[name])}`),
    ...(first.manifest.tool.version === second.manifest.tool.version && first.manifest.tool.commit === second.manifest.tool.commit
      ? []
      : [`tool: ${first.manifest.tool.version} (${first.manifest.tool.commit ?? 'no commit'}) and ${second.manifest.tool.version} (${second.manifest.tool.commit ?? 'no commit'})`]),
  ];
}
