import { describeOptions, type SchedulerDefinition } from '../core/index.js';

/** A scheduler of an experiment, with the options that the suite gives it. */
export interface SchedulerEntry {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Values an option takes one after another, for several options in every combination. */
export type Sweep = Readonly<Record<string, readonly unknown[]>>;

/** What is wrong with the options of an entry, or with a value of the sweep, which then has its place there. */
interface OptionProblem {
  readonly in: 'entry' | 'sweep';
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The fault is that the option is there at all. */
  readonly atKey?: true;
}

export function optionNames({ options }: SchedulerDefinition): string[] {
  return describeOptions(options).map(({ name }) => name);
}

/** The part of a sweep that concerns a scheduler. */
export function sweepOf(definition: SchedulerDefinition, sweep: Sweep): Sweep {
  const names = optionNames(definition);
  return Object.fromEntries(Object.entries(sweep).filter(([option]) => names.includes(option)));
}

interface Combination {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where in the sweep each value stands. */
  readonly places: Readonly<Record<string, number>>;
}

/** Every combination of the values of a sweep, the first option changing last; one empty one when nothing is swept. */
function combinations(sweep: Sweep): Combination[] {
  let found: Combination[] = [{ values: {}, places: {} }];
  for (const [option, values] of Object.entries(sweep)) {
    found = found.flatMap((before) => values.map((value, place) => ({ values: { ...before.values, [option]: value }, places: { ...before.places, [option]: place } })));
  }
  return found;
}

interface ExpandedEntry {
  /** As the schema returns them, one for each run of the scheduler. */
  readonly runs: readonly unknown[];
  readonly problems: readonly OptionProblem[];
}

/** The runs that an entry makes under a sweep, and everything that is wrong with their options. */
export function expandEntry(entry: SchedulerEntry, definition: SchedulerDefinition, sweep: Sweep): ExpandedEntry {
  const own = sweepOf(definition, sweep);
  const runs: unknown[] = [];
  const problems = new Map<string, OptionProblem>();
  const add = (problem: OptionProblem): void => void problems.set(JSON.stringify(problem), problem);
  for (const option of Object.keys(own)) {
    if (option in entry.options) add({ in: 'entry', path: ['options', option], message: 'is swept in this experiment; give it in one of the two places', atKey: true });
  }
  for (const { values, places } of combinations(own)) {
    const parsed = definition.options.safeParse({ ...entry.options, ...values });
    if (parsed.success) runs.push(parsed.data);
    for (const issue of parsed.error?.issues ?? []) {
      const [option] = issue.path;
      if (issue.code === 'unrecognized_keys') {
        const names = optionNames(definition);
        const known = names.length === 0 ? 'it has none' : `it has: ${names.join(', ')}`;
        for (const key of issue.keys) add({ in: 'entry', path: ['options', ...issue.path.map(String), key], message: `is no option of '${entry.name}'; ${known}`, atKey: true });
      } else if (typeof option === 'string' && Object.hasOwn(places, option)) {
        add({ in: 'sweep', path: [option, places[option] as number], message: `'${entry.name}' does not take it: ${issue.message}` });
      } else add({ in: 'entry', path: ['options', ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))], message: issue.message });
    }
  }
  return { runs, problems: [...problems.values()] };
}
