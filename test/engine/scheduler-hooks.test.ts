import { describe, expect, it } from 'vitest';
import type { FbbError, Invocation, Outcome, Scheduler, SchedulerContext } from '../../src/core/index.js';
import { SchedulerHooks } from '../../src/engine/scheduler-hooks.js';
import { ContainerRecord } from '../../src/engine/records.js';

const container = new ContainerRecord(0, 'f', 0);
const invocation: Invocation = { id: 0, functionId: 'f', intendedMs: 0, submittedMs: 0, attempt: 1 };

function callAll(scheduler: Scheduler, timer: () => void): { readonly log: string[]; readonly errors: string[] } {
  const log: string[] = [];
  const errors: string[] = [];
  const hooks = new SchedulerHooks({
    scheduler,
    schedulerName: 'under-test',
    context: {} as SchedulerContext,
    watch: { entered: (hook) => log.push(`entered ${hook}`), left: () => log.push('left') },
    fail: ({ code, message }: FbbError) => errors.push(`${code}: ${message}`),
  });
  hooks.arrival(invocation);
  hooks.container('onContainerReady', container);
  hooks.outcome({} as Outcome, container);
  hooks.container('onContainerIdle', container);
  hooks.container('onContainerLost', container);
  hooks.timer(timer);
  return { log, errors };
}

const names = ['onArrival', 'onContainerReady', 'onOutcome', 'onContainerIdle', 'onContainerLost', 'a timer'];

function everyHook(act: () => void): Scheduler {
  return { onArrival: act, onContainerReady: act, onOutcome: act, onContainerIdle: act, onContainerLost: act };
}

describe('whoever looks after the hooks', () => {
  it('is told of every hook and timer, when it begins and when it is over', () => {
    const { log, errors } = callAll(everyHook(() => {}), () => {});
    expect(log).toEqual(names.flatMap((name) => [`entered ${name}`, 'left']));
    expect(errors).toEqual([]);
  });

  it('is told that a hook is over that threw', () => {
    const bang = (): never => {
      throw new Error('bang');
    };
    const { log, errors } = callAll(everyHook(bang), bang);
    expect(log).toEqual(names.flatMap((name) => [`entered ${name}`, 'left']));
    expect(errors.map((error) => error.replace(/ \(.*:\d+:\d+\)$/, ' (place)'))).toEqual(names.map((name) => `FBB_ERR_SCHEDULER_THREW: Scheduler 'under-test' threw in ${name}: bang (place)`));
  });

  it('is not told of hooks that a scheduler has not', () => {
    expect(callAll({ onArrival: () => {} }, () => {}).log).toEqual(['entered onArrival', 'left', 'entered a timer', 'left']);
  });
});
