import fc from 'fast-check';
import { faultsOf } from './cell-faults.js';
import { cellOf, replay, scenarioFunctions, tryOn, type Subject } from './conformance-subject.js';
import type { Scenario } from './counterexample.js';
import { watchOutsideSources } from './outside-sources.js';
import { anyTrace, anyTroubles, noTroubles, type Troubles } from './random-cells.js';
import type { SchedulerCell } from './scheduler-cell.js';
import type { HookCall } from './scheduler-spy.js';

/** A rule of how a scheduler behaves; `check` throws when it is broken. */
export interface Rule {
  readonly name: string;
  check(subject: Subject): void;
}

const keepAliveMs = 600_000;

function scenariosWith(troubles: fc.Arbitrary<Troubles>, keepAlive: fc.Arbitrary<number> = fc.constant(keepAliveMs)): fc.Arbitrary<Scenario> {
  return fc.record({ trace: anyTrace(scenarioFunctions, 60), troubles, seed: fc.integer({ min: 0, max: 0xffff_ffff }), keepAliveMs: keepAlive });
}

const quiet = scenariosWith(fc.constant(noTroubles));
const troubled = scenariosWith(anyTroubles);

/** Scenarios in which only these things go wrong. */
function onlyWith(...names: (keyof Troubles)[]): fc.Arbitrary<Scenario> {
  return scenariosWith(
    anyTroubles.map((troubles) => {
      const some: Record<keyof Troubles, number> = { ...noTroubles };
      for (const name of names) some[name] = troubles[name];
      return some;
    }),
  );
}

/** Launches wait, and idle containers are ended for them. */
const crowded = fc.record({ scenario: troubled, maxContainers: fc.integer({ min: 1, max: 4 }) }).map(({ scenario, maxContainers }): Scenario => ({ ...scenario, maxContainers }));

/** What is wrong with a cell that has ended, in a sentence; launches that fail again and again are not the scheduler's doing. */
function faultOf(cell: SchedulerCell, { definition: { name } }: Subject): string | undefined {
  const [deed] = cell.spy.actionsOnTheDead;
  if (cell.error !== undefined && cell.error.code !== 'FBB_ERR_CONTAINER_LAUNCH') return cell.error.message;
  if (deed !== undefined) return `Scheduler '${name}' acted on a container that is gone (${deed}).`;
  const [fault] = faultsOf(cell);
  return fault === undefined ? undefined : `The cell of scheduler '${name}' did not end as it should: ${fault}.`;
}

function seesToTheEnd(name: string, share: number, scenarios: fc.Arbitrary<Scenario>): Rule {
  return { name, check: (subject) => tryOn(subject, { share, scenarios }, (scenario) => faultOf(replay(subject, scenario), subject)) };
}

/** Where two lists of decisions part, in words. */
function difference(first: readonly string[], second: readonly string[]): string | undefined {
  const at = Math.max(first.length, second.length) === first.length ? first.findIndex((line, i) => line !== second[i]) : second.findIndex((line, i) => line !== first[i]);
  return at < 0 ? undefined : `first '${first[at] ?? 'nothing more'}', then '${second[at] ?? 'nothing more'}'`;
}

const completesAll: Rule = {
  name: 'completes every invocation when nothing goes wrong',
  check: (subject) =>
    tryOn(subject, { share: 1, scenarios: quiet }, (scenario) => {
      const cell = replay(subject, scenario);
      const unfinished = cell.recorder.outcomes.find(({ status }) => status !== 'completed');
      const fault = faultOf(cell, subject);
      if (fault !== undefined || unfinished === undefined) return fault;
      return `Under scheduler '${subject.definition.name}' invocation ${unfinished.id} ended as ${unfinished.status}, though nothing went wrong.`;
    }),
};

const leavesTheDead: Rule = {
  name: 'does nothing to a container that is gone',
  check: (subject) =>
    tryOn(subject, { share: 0.5, scenarios: scenariosWith(anyTroubles, fc.constantFrom(200, 5_000, 20_000)) }, (scenario) => faultOf(replay(subject, scenario), subject)),
};

const sameSeed: Rule = {
  name: 'decides the same again with the same seed',
  check: (subject) =>
    tryOn(subject, { share: 0.4, scenarios: troubled }, (scenario) => {
      const [first, second] = [replay(subject, scenario), replay(subject, scenario)];
      const where = difference(first.spy.actions, second.spy.actions);
      return where && `Scheduler '${subject.definition.name}' decided differently in two cells with the same trace and seed: ${where}.`;
    }),
};

const nothingKept: Rule = {
  name: 'keeps nothing from one cell to another',
  check: (subject) =>
    tryOn(subject, { share: 0.3, scenarios: quiet }, (scenario) => {
      const undisturbed = replay(subject, scenario);
      const cell = cellOf(subject, scenario);
      // Another cell runs between the creation of this one and its start.
      replay(subject, { ...scenario, trace: [...scenario.trace, ...scenario.trace.map(({ intendedMs, functionId = 'f' }) => ({ intendedMs: intendedMs + 60_000, functionId }))] });
      cell.replay(scenario.trace);
      const where = difference(undisturbed.spy.actions, cell.spy.actions);
      return where && `Scheduler '${subject.definition.name}' decided differently after another cell had run, so it keeps something outside of what create returns: ${where}.`;
    }),
};

const onlyItsOwnTime: Rule = {
  name: 'reads no clock, sets no timer and draws no random number but those of its cell',
  check: (subject) =>
    tryOn(subject, { share: 0.3, scenarios: troubled }, (scenario) => {
      let use: string | undefined;
      const around: HookCall = (hook, call) => watchOutsideSources(call, (label) => (use ??= `used ${label} in ${hook}`));
      replay(subject, scenario, around);
      return use && `Scheduler '${subject.definition.name}' ${use}; time and timers come from the context (ctx.nowMs, ctx.setTimer), random numbers from deps.rng.`;
    }),
};

const decidesAtOnce: Rule = {
  name: 'decides inside its hooks and returns no promise',
  check: (subject) =>
    tryOn(subject, { share: 0.2, scenarios: quiet }, (scenario) => {
      let promising: string | undefined;
      const around: HookCall = (hook, call) => {
        const returned = call();
        if (returned instanceof Promise) promising ??= hook;
        return returned;
      };
      replay(subject, scenario, around);
      return promising && `Scheduler '${subject.definition.name}' returned a promise from ${promising}; hooks are synchronous and decide before they return.`;
    }),
};

export const behaviourRules: readonly Rule[] = [
  decidesAtOnce,
  completesAll,
  seesToTheEnd('sees every invocation to its end, once, when launches fail', 0.5, onlyWith('failedLaunch')),
  seesToTheEnd('sees every invocation to its end, once, when containers are lost in mid-batch', 0.5, onlyWith('shortLife', 'kills')),
  seesToTheEnd('sees every invocation to its end, once, when containers are blocked', 0.5, onlyWith('blocks')),
  seesToTheEnd('sees every invocation to its end, once, whatever goes wrong', 1, troubled),
  seesToTheEnd('sees every invocation to its end, once, under a cap of containers', 0.5, crowded),
  leavesTheDead,
  sameSeed,
  nothingKept,
  onlyItsOwnTime,
];
