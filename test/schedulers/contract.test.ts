import { describe, expect, it } from 'vitest';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { conformanceTests } from '../../src/testkit/conformance.js';
import { SchedulerCell } from '../../src/testkit/scheduler-cell.js';
import { runs } from '../support/property-runs.js';

describe.each(builtinSchedulers().list().map((definition) => ({ name: definition.name, definition })))('scheduler $name', ({ definition }) => {
  const { numRuns, seed } = runs(120);
  for (const { name, run } of conformanceTests(definition, { runs: numRuns, seed })) it(name, run);

  it('leaves the engine nothing to wait for when all is done', () => {
    const functions = ['f', 'g', 'h'];
    const cell = new SchedulerCell(definition, { functions, keepAliveMs: 5_000 });
    for (const functionId of functions) cell.burst(4, functionId);
    cell.clock.advance(120_000);
    expect(cell.recorder.outcomes).toHaveLength(12);
    expect(cell.clock.pending('engine')).toBe(0);
    expect(cell.clock.pending('backend')).toBe(0);
  });
});

describe('the built-in schedulers', () => {
  it('are these', () => {
    expect(builtinSchedulers().names()).toEqual(['vanilla', 'sfs', 'kraken', 'baseline', 'batching', 'batching-expanding', 'continuous']);
  });

  it('are not known by other names', () => {
    expect(() => builtinSchedulers().get('faasbatch')).toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_UNKNOWN', fix: expect.stringContaining('vanilla, sfs, kraken, baseline, batching, batching-expanding, continuous') as string }));
  });

  it('come in a registry of the caller’s own', () => {
    const registry = builtinSchedulers();
    registry.add({ ...registry.get('baseline'), name: 'mine' });
    expect(builtinSchedulers().has('mine')).toBe(false);
  });
});
