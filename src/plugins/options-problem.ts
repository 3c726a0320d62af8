import { z } from 'zod';
import { describeError, describeOptions, type SchedulerDefinition, type SchedulerOption } from '../core/index.js';

type Schema = SchedulerDefinition['options'];

/** What suites and command lines can give any option: one value of each kind. */
const samples: readonly unknown[] = [1, 'text', true];

const nouns: Readonly<Record<string, string>> = { array: 'a list', object: 'an object', function: 'a function', symbol: 'a symbol', bigint: 'a bigint' };

function kindOf(value: unknown): string {
  if (value instanceof Date) return 'a date';
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  return nouns[Array.isArray(value) ? 'array' : typeof value] ?? `a ${typeof value}`;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

const subject = (option: string | undefined): string => (option === undefined ? 'they' : `option '${option}'`);

/** What is wrong with the values that a schema returned, by option; those that are not there are no options. */
function oddValues(values: unknown, asGiven: string | undefined): [string, string][] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [['', `they become ${kindOf(values)} and not an object`]];
  // That it makes NaN of some text is a matter of its checks.
  const fits = (value: unknown): boolean => value === undefined || isScalar(value) || (asGiven !== undefined && typeof value === 'number');
  const odd = Object.entries(values as Record<string, unknown>).filter(([, value]) => !fits(value));
  return odd.map(([option, value]) => [option, `${subject(option)} is ${kindOf(value)} ${asGiven === undefined ? 'by default' : `when ${asGiven}`}`]);
}

function reasonOf(thrown: unknown): string {
  // Zod says which of its methods to call instead, and that is no advice for the author of a plug-in.
  if (thrown instanceof Error && thrown.constructor.name.includes('ZodAsyncError')) return 'a check is asynchronous, and must be done when it returns';
  return describeError(thrown).replace(/\.$/, '');
}

type Shape = Readonly<Record<string, z.ZodType | undefined>>;

function shapeOf(schema: Schema): Shape | undefined {
  return (schema as { readonly shape?: Shape } | undefined)?.shape;
}

/** One option of a schema by itself, so that the others cannot hide what is wrong with it. */
function alone(schema: Schema, name: string): Schema {
  const option = shapeOf(schema)?.[name];
  return option === undefined ? schema : z.object({ [name]: option });
}

interface Trial {
  readonly taken: boolean;
  /** What shows that the schema cannot be used, by option. That it takes or does not take a value shows nothing. */
  readonly problems: readonly [string, string][];
}

/** Lets a schema check some options, on account of one of them or of all. */
function tryOut(schema: Schema, given: Readonly<Record<string, unknown>>, option?: string): Trial {
  const value = option === undefined ? undefined : given[option];
  const asGiven = value === undefined ? undefined : `given as ${JSON.stringify(value)}`;
  try {
    const parsed = schema.safeParse(given);
    return { taken: parsed.success, problems: parsed.success ? oddValues(parsed.data, asGiven) : [] };
  } catch (thrown) {
    const problem = `${subject(option)} cannot be checked${asGiven === undefined ? '' : ` when ${asGiven}`}: ${reasonOf(thrown)}`;
    return { taken: false, problems: [[option ?? '', problem]] };
  }
}

function problemsOf(schema: Schema, options: readonly SchedulerOption[]): Map<string, string> {
  const problems = new Map<string, string>();
  const add = (found: readonly (readonly [string, string])[]): void => found.forEach(([option, problem]) => problems.has(option) || problems.set(option, problem));
  add(options.filter(({ type }) => type === 'array' || type === 'object').map(({ name, type }) => [name, `${subject(name)} is ${nouns[type] ?? type}`]));
  if (shapeOf(schema) === undefined) add(tryOut(schema, {}).problems);
  if (problems.size > 0) return problems;
  const needed: Record<string, unknown> = {};
  for (const { name, default: value } of options) {
    const one = alone(schema, name);
    const byDefault = tryOut(one, {}, name);
    const trials = [value, ...samples].filter(isScalar).map((sample) => ({ sample, ...tryOut(one, { [name]: sample }, name) }));
    add([byDefault, ...trials].flatMap((trial) => trial.problems));
    if (!byDefault.taken) needed[name] = trials.find(({ taken }) => taken)?.sample;
  }
  // What joins the options is tried when each is in order by itself.
  if (problems.size === 0) add(tryOut(schema, needed).problems);
  return problems;
}

function listProblems(schema: Schema): readonly string[] {
  let options: SchedulerOption[];
  try {
    options = describeOptions(schema);
  } catch (thrown) {
    const culprit = Object.keys(shapeOf(schema) ?? {}).find((name) => {
      try {
        describeOptions(alone(schema, name));
        return false;
      } catch {
        return true;
      }
    });
    return [`${subject(culprit)} cannot be described: ${reasonOf(thrown)}`];
  }
  return [...problemsOf(schema, options).values()];
}

/**
 * What keeps the options of a scheduler from being listed, set and stored, in a sentence: whatever the schema throws, and values that are
 * neither numbers nor texts nor true or false. An option without a default is no problem here.
 */
export function optionsProblem({ name, options }: SchedulerDefinition): string | undefined {
  const problems = listProblems(options);
  return problems.length === 0 ? undefined : `Scheduler '${name}' has options that cannot be used: ${problems.join('; ')}. Options are numbers, texts, true or false.`;
}
