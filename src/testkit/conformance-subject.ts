import fc from 'fast-check';
import { describeError, FbbError, type SchedulerDefinition } from '../core/index.js';
import { describeScenario, type Scenario } from './counterexample.js';
import { EndlessTimers } from './fake-clock.js';
import { fakeProfile } from './fake-profile.js';
import { noTroubles, troubledBackend } from './random-cells.js';
import { SchedulerCell } from './scheduler-cell.js';
import type { HookCall } from './scheduler-spy.js';

/** What is tried, how often, and who looks on. */
export interface Subject {
  readonly definition: SchedulerDefinition;
  readonly schedulerOptions: object;
  readonly runs: number;
  readonly seed: number;
  readonly onHook: (hook: string | undefined) => void;
}

export const scenarioFunctions = ['f', 'g', 'h'];

/** A failing scenario is made smaller in at most this many steps: a slow scheduler would take minutes otherwise. */
const shrinkLimit = 400;

/** A rule that is broken. Its text says it all, so it has no stack. */
export function ruleBroken(sentence: string, details?: string): FbbError {
  const error = new FbbError('FBB_ERR_PLUGIN_CHECK', details === undefined ? sentence : `${sentence}\n${details}`);
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** What a promise that nobody waits for rejects with would end the process. */
function withoutRejection(returned: unknown): unknown {
  if (returned instanceof Promise) returned.catch(() => undefined);
  return returned;
}

/** Calls hooks so that the one that is running is known, for a scheduler that never returns from one. */
function announcing(subject: Subject, around: HookCall): HookCall {
  return (hook, call) => {
    subject.onHook(hook);
    try {
      return around(hook, () => withoutRejection(call()));
    } finally {
      subject.onHook(undefined);
    }
  };
}

/** A cell that will run the scenario: `cell.replay(scenario.trace)`. */
export function cellOf(subject: Subject, { trace, troubles, seed, keepAliveMs, maxContainers }: Scenario, around: HookCall = (_hook, call) => call()): SchedulerCell {
  const { definition, schedulerOptions } = subject;
  return new SchedulerCell(definition, {
    schedulerOptions,
    seed,
    keepAliveMs,
    maxContainers,
    functions: scenarioFunctions,
    timeoutMs: 2_000,
    profile: fakeProfile(trace),
    around: announcing(subject, around),
    ...troubledBackend(seed, troubles),
  });
}

export function replay(subject: Subject, scenario: Scenario, around?: HookCall): SchedulerCell {
  return cellOf(subject, scenario, around).replay(scenario.trace);
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Says in a sentence what was thrown out of a replay: by `create`, or by the fake clock because timers go on for ever. */
function sentenceOf(thrown: unknown, { definition: { name } }: Subject): string {
  if (thrown instanceof FbbError) return thrown.message;
  if (thrown instanceof EndlessTimers) return `Scheduler '${name}' sets timers without end. ${thrown.message}`;
  return `Scheduler '${name}' cannot be run: ${describeError(thrown)}`;
}

interface Trial {
  readonly share: number;
  readonly scenarios: fc.Arbitrary<Scenario>;
}

/**
 * Makes a failing scenario smaller than fast-check leaves it: luck depends on the ids of invocations and containers, so the end of the
 * trace goes first, which changes none of them.
 */
function minimise(scenario: Scenario, fails: (scenario: Scenario) => boolean): void {
  let least = scenario;
  const tryOne = (smaller: Scenario): boolean => {
    const failed = fails(smaller);
    if (failed) least = smaller;
    return failed;
  };
  scenario.trace.some((_arrival, i) => tryOne({ ...scenario, trace: scenario.trace.slice(0, i + 1) }));
  for (let i = least.trace.length - 1; i >= 0 && least.trace.length > 1; i -= 1) tryOne({ ...least, trace: least.trace.toSpliced(i, 1) });
  for (const trouble of Object.keys(noTroubles)) tryOne({ ...least, troubles: { ...least.troubles, [trouble]: 0 } });
}

/** Tries `check` on random scenarios; the first for which it has something to say is made small and told. */
export function tryOn(subject: Subject, { share, scenarios }: Trial, check: (scenario: Scenario) => string | undefined): void {
  let found: { readonly scenario: Scenario; readonly sentence: string } | undefined;
  let stepsLeft = shrinkLimit;
  let endless = false;
  const fails = (scenario: Scenario): boolean => {
    if (found !== undefined && (endless || (stepsLeft -= 1) < 0)) return false;
    let sentence: string | undefined;
    try {
      sentence = check(scenario);
    } catch (thrown) {
      // One replay of it takes long enough.
      endless = thrown instanceof EndlessTimers;
      sentence = sentenceOf(thrown, subject);
    }
    if (sentence !== undefined) found = { scenario, sentence };
    return sentence !== undefined;
  };
  fc.check(fc.property(scenarios, (scenario) => !fails(scenario)), { numRuns: Math.max(1, Math.round(subject.runs * share)), seed: subject.seed });
  if (found === undefined) return;
  stepsLeft = shrinkLimit;
  minimise(found.scenario, fails);
  throw ruleBroken(ended(found.sentence), describeScenario(found.scenario));
}
