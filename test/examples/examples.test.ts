import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformanceTests, faultsOf, loadPlugin, SchedulerCell } from '../../src/testkit/index.js';

const root = join(import.meta.dirname, '../..');
const leastLoaded = await loadPlugin('./examples/least-loaded.ts', root);
const shortestJobFirst = await loadPlugin('./examples/shortest-job-first.ts', root);

describe.each([{ plugin: leastLoaded }, { plugin: shortestJobFirst }])('example $plugin.definition.name', ({ plugin }) => {
  for (const { name, run } of conformanceTests(plugin.definition)) it(name, run);
});

describe('least-loaded', () => {
  const { definition } = leastLoaded;

  it('never gives a container more than its target', () => {
    const cell = new SchedulerCell(definition, { schedulerOptions: { target: 3 }, executionMs: () => 1_000 });
    cell.burst(7);
    expect(cell.engine.pool('f').starting.map(({ inFlight }) => inFlight)).toEqual([3, 3, 1]);
    cell.finish();
    expect(faultsOf(cell)).toEqual([]);
  });

  it('takes the least loaded one', () => {
    const cell = new SchedulerCell(definition, { schedulerOptions: { target: 2 }, executionMs: ({ id }) => (id === 0 ? 50 : 500) });
    cell.burst(4);
    cell.burstAt(200);
    expect(cell.actions.at(-1)).toBe('200: assign to busy c0 expanded 4');
    cell.finish();
    expect(cell.engine.counts.launched).toBe(2);
  });
});

describe('shortest-job-first', () => {
  const { definition } = shortestJobFirst;

  it('holds back what would be more than the cores run', () => {
    const cell = new SchedulerCell(definition, { cores: 2 });
    cell.burst(5);
    expect(cell.actions).toEqual(['0: launch c0 f', '0: assign to starting c0 serial 0', '0: launch c1 f', '0: assign to starting c1 serial 1']);
    cell.finish();
    expect(faultsOf(cell)).toEqual([]);
    expect(cell.engine.counts).toMatchObject({ ended: 5, launched: 2 });
  });

  it('starts the shorter function first, whoever came first', () => {
    const cell = new SchedulerCell(definition, { cores: 1, executionMs: ({ functionId }) => (functionId === 'f' ? 400 : 20) });
    cell.burst(1, 'f');
    cell.burst(1, 'g');
    cell.clock.advanceTo(2_000);
    expect(cell.recorder.outcomes.map(({ functionId }) => functionId)).toEqual(['f', 'g']);
    cell.burst(3, 'f');
    cell.burst(2, 'g');
    cell.finish();
    expect(cell.recorder.outcomes.slice(2).map(({ functionId }) => functionId)).toEqual(['f', 'g', 'g', 'f', 'f']);
  });
});
