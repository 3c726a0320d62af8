import { latencyPartNames, type Outcome, type OutcomeStatus } from '../core/index.js';
import { describeAction } from './fake-backend.js';
import type { FakeCell } from './fake-cell.js';

const toleranceMs = 1e-6;

/** Everything that must hold of any cell that has ended and does not; one line each. */
export function faultsOf(cell: FakeCell): string[] {
  const faults = [...cell.backend.complaints, ...cell.recorder.complaints];
  if (cell.finishes.length !== 1) faults.push(`the cell finished ${cell.finishes.length} times`);
  if (cell.timersLeftBehind !== 0) faults.push(`${cell.timersLeftBehind ?? 'unknown'} timers were left behind`);
  faults.push(...cell.actionsAfterFinish.map((action) => `after the end of the cell: ${describeAction(action)}`));
  faults.push(...countFaults(cell), ...cell.recorder.outcomes.flatMap(outcomeFaults), ...containerFaults(cell));
  return faults;
}

function countFaults(cell: FakeCell): string[] {
  const { counts } = cell.engine;
  const faults: string[] = [];
  const perStatus: Record<OutcomeStatus, number> = { completed: 0, failed: 0, timedOut: 0, rejected: 0 };
  for (const { status } of cell.recorder.outcomes) perStatus[status] += 1;
  const accounted = perStatus.completed + perStatus.failed + perStatus.timedOut + perStatus.rejected;
  if (accounted !== counts.arrived || counts.ended !== counts.arrived) faults.push(`${counts.arrived} arrived, ${counts.ended} ended, ${accounted} were recorded`);
  const ids = new Set(cell.recorder.outcomes.map(({ id }) => id));
  if (ids.size !== cell.recorder.outcomes.length) faults.push('an invocation was recorded twice');
  return faults;
}

function outcomeFaults(outcome: Outcome): string[] {
  const faults: string[] = [];
  let sum = 0;
  for (const name of latencyPartNames) {
    const part = outcome[`${name}Ms`];
    sum += part;
    if (!(part >= 0)) faults.push(`invocation ${outcome.id} has ${name} ${part}`);
  }
  if (!(Math.abs(sum - outcome.totalMs) < toleranceMs)) faults.push(`the parts of invocation ${outcome.id} add up to ${sum}, total is ${outcome.totalMs}`);
  if ((outcome.status === 'completed') !== (outcome.errorCode === undefined)) faults.push(`invocation ${outcome.id} is ${outcome.status} with code ${outcome.errorCode ?? 'none'}`);
  return faults;
}

function containerFaults(cell: FakeCell): string[] {
  const faults: string[] = [];
  for (const [id, { left, usage, container }] of cell.recorder.containers) {
    const alive = container.state !== 'retired' && container.state !== 'lost';
    if (alive !== (left === undefined)) faults.push(`container ${id} is ${container.state} and ${left === undefined ? 'never left' : 'left'}`);
    if (left !== undefined && usage === undefined) faults.push(`the usage of container ${id} is unknown`);
  }
  const { mostHeld } = cell.backend;
  if (mostHeld > (cell.engine.cap?.max ?? Number.POSITIVE_INFINITY)) faults.push(`there were ${mostHeld} containers at a time under a cap of ${cell.engine.cap?.max ?? 0}`);
  if (cell.recorder.containers.size !== cell.engine.counts.launched) faults.push(`${cell.engine.counts.launched} launches, ${cell.recorder.containers.size} recorded`);
  return faults;
}
