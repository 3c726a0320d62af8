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

/** Memory in use by the machine itself moves the last digit of its size. */
function differs(field: string, one: Manifest['host'][string] | undefined, other: Manifest['host'][string] | undefined): boolean {
  if (field === 'memoryGb' && typeof one === 'number' && typeof other === 'number') return Math.abs(one - other) > 0.02 * Math.max(one, other);
  return (one ?? null) !== (other ?? null);
}

function hostProblems(first: Manifest, second: Manifest): string[] {
  // Of a simulated run the host is a profile, and the machine it was computed on does not matter.
  const fields = first.backend === 'simulation' && second.backend === 'simulation' ? simulatedHostFields : hostFields;
  return fields.filter((name) => differs(name, first.host[name], second.host[name])).map((name) => `host: ${name} is ${String(first.host[name] ?? 'unknown')} and ${String(second.host[name] ?? 'unknown')}`);
}

/** By how much the numbers given to CPU functions were moved so that they offer the same load here; other ones are other work. */
function loadProblems(first: Manifest, second: Manifest, workloads: ReadonlySet<string>): string[] {
  return [...workloads].flatMap((name) => {
    const [one, other] = [first.workloads[name]?.['nShift'], second.workloads[name]?.['nShift']];
    return one === other ? [] : [`load shift of ${name}: ${one ?? 'none'} and ${other ?? 'none'}`];
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
  /** Each repetition did other work drawn from the same workload, and some on both sides did the same: those are compared. */
  | 'paired'
  /** Each repetition did other work drawn from the same workload, and no two did the same. */
  | 'drawn'
  | 'other';

/** Whether two sets drew the workloads of their repetitions from the same: as many invocations at the same load. */
function drewFromTheSame({ manifest: { selection: one } }: Side, { manifest: { selection: other } }: Side, { first, second }: Row): boolean {
  const arrived = new Set([...first.runs, ...second.runs].map(({ invocations }) => invocations.arrived));
  return one.limit === other.limit && one.load === other.load && arrived.size === 1;
}

export function workOf(row: Row, sides: readonly [Side, Side]): Work {
  const [one, other] = [hashes(row.first.runs), hashes(row.second.runs)];
  if (one.length === 1 && other.length === 1 && one[0] === other[0]) return 'same';
  const [first, second] = sides;
  if (!first.manifest.selection.reseed || !second.manifest.selection.reseed) return 'other';
  if (one.some((hash) => other.includes(hash))) return 'paired';
  return drewFromTheSame(first, second, row) ? 'drawn' : 'other';
}

/** Why the two sides must not be compared, a line each; none when they may. */
export function comparisonProblems(first: Side, second: Side, rows: readonly Row[]): string[] {
  const other = rows.filter((row) => workOf(row, [first, second]) === 'other').map(({ experiment, workload, label }) => `${experiment} · ${workload} · ${label}: other work (workload hash)`);
  const shown = other.length > 5 ? [...other.slice(0, 5), `and ${other.length - 5} more rows of other work`] : other;
  return [...setProblems(first, second, rows), ...shown];
}

/** Fields of the host that can matter, though less than the machine itself. */
const softHostFields = ['node', 'kernel', 'cpuGovernor'] as const;

/** What differs and may be just what is to be compared, a line each. */
export function differences(first: Side, second: Side): string[] {
  const pairs = ({ manifest: { settings, host, selection, tool } }: Side): Record<string, unknown> => ({
    ...settings,
    ...Object.fromEntries(softHostFields.map((name) => [name, host[name]])),
    load: selection.load,
    tool: `${tool.version} (${tool.commit ?? 'no commit'})`,
  });
  const [one, other] = [pairs(first), pairs(second)];
  const shown = (value: unknown): string => (typeof value === 'string' ? value : value === undefined ? 'unknown' : JSON.stringify(value));
  return Object.keys(one).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name])).map((name) => `${name}: ${shown(one[name])} and ${shown(other[name])}`);
}
