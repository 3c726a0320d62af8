import type { Registry, SchedulerDefinition } from '../core/index.js';
import { expandEntry, optionNames, sweepOf, type SchedulerEntry, type Sweep } from './scheduler-entries.js';

/** A fault of a suite file, with the path of the field it lies in. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The fault is that the field is there at all: its place is that of its name, not of what it holds. */
  readonly atKey?: true;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An entry as far as it is one; what is wrong with its form is told elsewhere. */
function readEntry(raw: unknown): SchedulerEntry | undefined {
  if (typeof raw === 'string') return { name: raw, options: {} };
  if (!isMap(raw) || typeof raw['name'] !== 'string') return undefined;
  const { name, options = {} } = raw;
  return isMap(options) ? { name, options } : undefined;
}

function readSweep(raw: unknown): Sweep {
  if (!isMap(raw)) return {};
  return Object.fromEntries(Object.entries(raw).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1])));
}

/** What is wrong with the options of one experiment and the values of its sweep. */
function experimentIssues(raw: unknown, find: (name: string) => SchedulerDefinition | undefined): Issue[] {
  if (!isMap(raw) || !Array.isArray(raw['schedulers'])) return [];
  const sweep = readSweep(raw['sweep']);
  const issues: Issue[] = [];
  const definitions: SchedulerDefinition[] = [];
  const seen = new Set<string>();
  for (const [index, item] of raw['schedulers'].entries()) {
    const entry = readEntry(item);
    const definition = entry && find(entry.name);
    if (entry === undefined || definition === undefined) continue;
    definitions.push(definition);
    const { runs, problems } = expandEntry(entry, definition, sweep);
    for (const { in: where, path, ...rest } of problems) issues.push({ path: where === 'sweep' ? ['sweep', ...path] : ['schedulers', index, ...path], ...rest });
    // Two equal runs would make two cells of one id.
    const keys = runs.map((options) => JSON.stringify([definition.name, options]));
    if (keys.some((key) => seen.has(key))) issues.push({ path: ['schedulers', index], message: 'is listed twice' });
    for (const key of keys) seen.add(key);
  }
  for (const option of Object.keys(sweep)) {
    if (definitions.some((definition) => option in sweepOf(definition, sweep))) continue;
    const known = [...new Set(definitions.flatMap(optionNames))].join(', ') || 'none';
    issues.push({ path: ['sweep', option], message: `no scheduler of the experiment has this option; they have: ${known}`, atKey: true });
  }
  return issues;
}

/**
 * What is wrong with the options of all schedulers in the data of a suite file. Looks at the raw data, so that it is told together with
 * faults of form.
 */
export function optionIssues(data: unknown, schedulers: Registry<SchedulerDefinition>, nameOf: (mention: string) => string): Issue[] {
  if (!isMap(data) || !isMap(data['experiments'])) return [];
  const find = (mention: string): SchedulerDefinition | undefined => (schedulers.has(nameOf(mention)) ? schedulers.get(nameOf(mention)) : undefined);
  return Object.entries(data['experiments']).flatMap(([name, experiment]) => experimentIssues(experiment, find).map((issue) => ({ ...issue, path: ['experiments', name, ...issue.path] })));
}
