import { describeError, FbbError, type Scheduler, type SchedulerDefinition } from '../core/index.js';
import { definitionProblems, optionsProblem } from '../plugins/index.js';
import { behaviourRules, type Rule } from './conformance-rules.js';
import { ruleBroken, type Subject } from './conformance-subject.js';
import { createScheduler, parseOptions } from './scheduler-cell.js';

export interface ConformanceOptions {
  /** Options of the scheduler that differ from its defaults. */
  readonly options?: object;
  /** How many random cells a rule is tried on, about; 60 unless it is given. */
  readonly runs?: number;
  /** The same seed tries the same cells. */
  readonly seed?: number;
  /** Told the name of each hook before it is called, and undefined when it has returned. */
  onHook?(hook: string | undefined): void;
}

/** One rule as a test: `run` returns when it holds and throws a sentence when it does not. */
export interface ConformanceTest {
  readonly name: string;
  readonly run: () => void;
}

const wellFormed: Rule = {
  name: 'has a name for files and command lines, and says in one line what it does',
  check({ definition }) {
    const [problem] = definitionProblems(definition);
    if (problem !== undefined) throw ruleBroken(`Scheduler '${definition.name}' is not well defined: ${problem}.`);
    const { name, description } = definition;
    if (!/^\S[^\n]{8,198}\S$/.test(description)) throw ruleBroken(`The description of scheduler '${name}' must be one line of 10 to 200 characters without spaces at its ends; it is ${JSON.stringify(description)}.`);
  },
};

/** A schema that cannot be used takes nothing. */
function takes(schema: SchedulerDefinition['options'], given: object): boolean {
  try {
    return schema.safeParse(given).success;
  } catch {
    return false;
  }
}

const hasDefaults: Rule = {
  name: 'has a default for each option',
  check({ definition }) {
    const { name, options } = definition;
    const problem = optionsProblem(definition);
    if (problem !== undefined) throw ruleBroken(problem);
    const parsed = options.safeParse({});
    if (!parsed.success) throw ruleBroken(`Scheduler '${name}' has options without a default: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}.`);
  },
};

const refusesUnknown: Rule = {
  name: 'refuses options that it does not know',
  check({ definition: { name, options } }) {
    if (takes(options, { noSuchOption: 1 })) throw ruleBroken(`Scheduler '${name}' takes an option 'noSuchOption' that it does not know; make its options with z.strictObject.`);
  },
};

const creates: Rule = {
  name: 'makes a scheduler of its options',
  check({ definition, schedulerOptions: given, onHook }) {
    let made: Scheduler | undefined;
    onHook('create');
    try {
      made = createScheduler(definition, { schedulerOptions: given });
    } catch (thrown) {
      throw thrown instanceof FbbError ? ruleBroken(thrown.message) : ruleBroken(`Scheduler '${definition.name}' threw in create: ${describeError(thrown)}.`);
    } finally {
      onHook(undefined);
    }
    if (made === createScheduler(definition, { schedulerOptions: given })) throw ruleBroken(`Scheduler '${definition.name}' returned the same object from create twice; each cell needs its own.`);
    const sliceMs = definition.serviceSliceMs?.(parseOptions(definition, given));
    if (sliceMs !== undefined && !(sliceMs > 0)) throw ruleBroken(`serviceSliceMs of scheduler '${definition.name}' returned ${String(sliceMs)}; it must be a number of ms above 0, or undefined.`);
  },
};

const definitionRules: readonly Rule[] = [wellFormed, hasDefaults, refusesUnknown];
const rules: readonly Rule[] = [...definitionRules, creates, ...behaviourRules];

/** Names of all rules, in the order in which they are tried. */
export const conformanceRuleNames: readonly string[] = rules.map(({ name }) => name);

/** Those that can be tried: without options nothing can be made, and one rule says so. */
function rulesFor({ definition: { options }, schedulerOptions: given }: Subject): readonly Rule[] {
  if (takes(options, given)) return rules;
  return takes(options, {}) ? [...definitionRules, creates] : definitionRules;
}

/**
 * The rules that every scheduler keeps, built in or not, as tests for any runner. They run on a fake clock and start no process. When the
 * options of the scheduler cannot be made, those that need a scheduler are left out.
 */
export function conformanceTests(definition: SchedulerDefinition, options: ConformanceOptions = {}): ConformanceTest[] {
  const subject: Subject = {
    definition,
    schedulerOptions: options.options ?? {},
    runs: options.runs ?? 60,
    seed: options.seed ?? 1,
    onHook: (hook) => options.onHook?.(hook),
  };
  return rulesFor(subject).map((rule) => ({ name: rule.name, run: () => rule.check(subject) }));
}
