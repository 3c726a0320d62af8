import { parse } from 'yaml';
import { describeError, FbbError, type Registry, type SchedulerDefinition } from '../core/index.js';
import { expandEntry, optionNames, sweepOf, type SchedulerEntry, type Sweep } from './scheduler-entries.js';

/** The part of an experiment that options belong to. */
export interface SweptExperiment {
  readonly experiment: string;
  readonly schedulers: readonly SchedulerEntry[];
  readonly sweep: Sweep;
}

/** Options by the name of the scheduler. */
type OptionOverrides = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

interface Setting {
  readonly text: string;
  readonly scheduler: string;
  readonly option: string;
  readonly value: unknown;
}

/** Throws one error that lists every problem with `--set`, if there are any. */
export function refuseSettings(problems: readonly string[]): void {
  if (problems.length > 0) throw new FbbError('FBB_ERR_OPTION_INVALID', `${problems.length} problem${problems.length === 1 ? '' : 's'} with --set:\n${problems.join('\n')}`);
}

/** Reads the value of an option as a suite file would. */
export function readOptionValue(text: string): { readonly value: unknown } | { readonly problem: string } {
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    return { problem: `the value cannot be read: ${describeError(thrown)}` };
  }
  if (value === null || value === undefined) return { problem: 'has no value' };
  if (typeof value === 'object') return { problem: 'the value must be a number, a text, true or false' };
  return { value };
}

/** Reads `scheduler.option=value`; a text that is wrong in itself is returned as what is wrong. */
function readSetting(text: string): Setting | string {
  const [, scheduler, option, valueText = ''] = /^([^.=\s]+)\.([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (scheduler === undefined || option === undefined) return 'must have the form scheduler.option=value';
  const read = readOptionValue(valueText);
  return 'problem' in read ? read.problem : { text, scheduler, option, value: read.value };
}

function settingProblems({ scheduler, option, value }: Setting, experiments: readonly SweptExperiment[], schedulers: Registry<SchedulerDefinition>): string[] {
  const running = [...new Set(experiments.flatMap((experiment) => experiment.schedulers.map(({ name }) => name)))];
  if (!schedulers.has(scheduler)) return [`there is no scheduler '${scheduler}'; this run has: ${running.join(', ')}`];
  if (!running.includes(scheduler)) return [`scheduler '${scheduler}' is not in this run, which has: ${running.join(', ')}`];
  const definition = schedulers.get(scheduler);
  const names = optionNames(definition);
  if (!names.includes(option)) return [`'${scheduler}' has no option '${option}'; it has ${names.length === 0 ? 'none' : names.join(', ')}`];
  const swept = experiments.filter(({ schedulers: entries, sweep }) => entries.some(({ name }) => name === scheduler) && option in sweepOf(definition, sweep));
  if (swept.length > 0) return [`'${option}' is swept in experiment ${swept.map(({ experiment }) => `'${experiment}'`).join(', ')}; leave the experiment out or do not set it`];
  const parsed = definition.options.safeParse({ [option]: value });
  return (parsed.error?.issues ?? []).filter(({ path }) => path[0] === option).map(({ message }) => message);
}

/** What `--set` says, checked against the schedulers that are run; throws one error that lists every problem. */
export function readOverrides(texts: readonly string[], experiments: readonly SweptExperiment[], schedulers: Registry<SchedulerDefinition>): OptionOverrides {
  const problems: string[] = [];
  const overrides = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const setting = readSetting(text);
    const found = typeof setting === 'string' ? [setting] : settingProblems(setting, experiments, schedulers);
    problems.push(...found.map((problem) => `  --set ${text}: ${problem}`));
    if (typeof setting === 'string' || found.length > 0) continue;
    const options = overrides.get(setting.scheduler) ?? {};
    if (setting.option in options) problems.push(`  --set ${text}: '${setting.scheduler}.${setting.option}' is set twice`);
    overrides.set(setting.scheduler, { ...options, [setting.option]: setting.value });
  }
  refuseSettings(problems);
  return overrides;
}

/** One run of a scheduler in an experiment. */
export interface SchedulerRun {
  readonly name: string;
  /** As the schema returns them. */
  readonly options: unknown;
}

/** The runs that the entries of an experiment make, in the order of the suite; throws when options do not fit. */
export function expandExperiment({ experiment, schedulers: entries, sweep }: SweptExperiment, overrides: OptionOverrides, schedulers: Registry<SchedulerDefinition>): SchedulerRun[] {
  const problems = new Set<string>();
  const seen = new Set<string>();
  const runs = entries.flatMap((entry) => {
    const given: SchedulerEntry = { name: entry.name, options: { ...entry.options, ...overrides.get(entry.name) } };
    const expanded = expandEntry(given, schedulers.get(entry.name), sweep);
    for (const { path, message } of expanded.problems) problems.add(`  ${experiment}, ${entry.name}: ${path.join('.')}: ${message}`);
    for (const options of expanded.runs) {
      const key = JSON.stringify([entry.name, options]);
      if (seen.has(key)) problems.add(`  ${experiment}, ${entry.name}: runs twice with the same options`);
      seen.add(key);
    }
    return expanded.runs.map((options) => ({ name: entry.name, options }));
  });
  if (problems.size > 0) throw new FbbError('FBB_ERR_OPTION_INVALID', `Options do not fit their schedulers:\n${[...problems].join('\n')}`);
  return runs;
}
