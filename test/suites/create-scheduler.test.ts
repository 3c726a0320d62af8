import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineScheduler, type SchedulerDefinition } from '../../src/core/index.js';
import { createScheduler } from '../../src/suites/create-scheduler.js';
import type { PlannedCell } from '../../src/suites/planned-cell.js';

const hooks: string[] = [];
const settings = { seed: 1, profile: undefined, log: () => {}, hookWatch: { entered: (hook: string) => hooks.push(`entered ${hook}`), left: () => hooks.push('left') } };

function cellOf(definition: Partial<SchedulerDefinition>): PlannedCell {
  const whole = defineScheduler({ name: 'mine', description: 'a scheduler of the tests', options: z.strictObject({}), create: () => ({ onArrival: () => {} }), ...definition });
  return { definition: whole, options: {}, key: { id: 'one.two.mine.r1', scheduler: 'mine' } } as unknown as PlannedCell;
}

describe('the service slice that a plug-in gives', () => {
  it.each([undefined, 0.5, 20])('may be %s', (sliceMs) => {
    expect(createScheduler(cellOf({ serviceSliceMs: () => sliceMs }), settings).serviceSliceMs).toBe(sliceMs);
  });

  it.each([
    ['abc', '"abc"'],
    [0, '0'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [null, 'null'],
  ])('is refused when it is %s', (sliceMs, what) => {
    const cell = cellOf({ serviceSliceMs: () => sliceMs as number });
    expect(() => createScheduler(cell, settings)).toThrow(
      expect.objectContaining({ code: 'FBB_ERR_PLUGIN_INVALID', message: `Scheduler 'mine' cannot be used: serviceSliceMs returned ${what}; it must be a number of ms above 0, or undefined.` }) as Error,
    );
  });
});

it('says whose fault it is when a scheduler cannot be created, and that create is over', () => {
  hooks.length = 0;
  const cell = cellOf({
    create: () => {
      throw new Error('no way');
    },
  });
  expect(() => createScheduler(cell, settings)).toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_THREW', message: "Scheduler 'mine' threw while it was created: no way." }) as Error);
  expect(hooks).toEqual(['entered create', 'left']);
});
