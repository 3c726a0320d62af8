import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schedulerOptions } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { faultsOf } from '../support/cell-faults.js';
import type { FakeBackendOptions } from '../support/fake-backend.js';
import type { Arrival } from '../support/fake-cell.js';
import { runs } from '../support/property-runs.js';
import { anyTrace, anyTroubles, troubledBackend, type Troubles } from '../support/random-cells.js';
import { SchedulerCell } from '../support/scheduler-cell.js';

const functions = ['f', 'g', 'h'];
const anySeed = fc.integer({ min: 0, max: 0xffff_ffff });
const noTroubles: Troubles = { failedLaunch: 0, shortLife: 0, kills: 0, blocks: 0, fails: 0, repeats: 0 };

describe.each(builtinSchedulers().list().map((definition) => ({ name: definition.name, definition })))('scheduler $name', ({ name, definition }) => {
  function replay(trace: readonly Arrival[], seed: number, backend: FakeBackendOptions): SchedulerCell {
    const cell = new SchedulerCell(definition, { functions, seed, timeoutMs: 2_000, capabilities: definition.requires, ...backend });
    cell.replay(trace);
    return cell;
  }

  it('completes every invocation when nothing goes wrong', () => {
    fc.assert(
      fc.property(anyTrace(functions, 60), anySeed, (trace, seed) => {
        const cell = replay(trace, seed, troubledBackend(seed, noTroubles));
        expect([faultsOf(cell), cell.error]).toEqual([[], undefined]);
        expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(trace.map(() => 'completed'));
      }),
      runs(60),
    );
  });

  it('sees every invocation to its end, once, whatever goes wrong', () => {
    fc.assert(
      fc.property(anyTrace(functions, 60), anyTroubles, anySeed, (trace, troubles, seed) => {
        const cell = replay(trace, seed, troubledBackend(seed, troubles));
        expect(faultsOf(cell)).toEqual([]);
        // The only way to fail that is not the scheduler's.
        expect([undefined, 'FBB_ERR_CONTAINER_LAUNCH']).toContain(cell.error?.code);
        expect(cell.recorder.outcomes).toHaveLength(cell.error === undefined ? trace.length : cell.engine.counts.arrived);
      }),
      runs(120),
    );
  });

  it('does nothing to a container that is gone', () => {
    fc.assert(
      fc.property(anyTrace(functions), anyTroubles, anySeed, fc.constantFrom(5_000, 20_000, 600_000), (trace, troubles, seed, keepAliveMs) => {
        const cell = new SchedulerCell(definition, { functions, seed, keepAliveMs, timeoutMs: 2_000, ...troubledBackend(seed, troubles) });
        cell.replay(trace);
        expect(cell.spy.actionsOnTheDead).toEqual([]);
        expect(faultsOf(cell)).toEqual([]);
      }),
      runs(60),
    );
  });

  it('does the same again with the same seed', () => {
    fc.assert(
      fc.property(anyTrace(functions), anyTroubles, anySeed, (trace, troubles, seed) => {
        const [first, second] = [replay(trace, seed, troubledBackend(seed, troubles)), replay(trace, seed, troubledBackend(seed, troubles))];
        expect(second.spy.actions).toEqual(first.spy.actions);
        expect(second.log).toEqual(first.log);
        expect(second.recorder.outcomes).toEqual(first.recorder.outcomes);
      }),
      runs(40),
    );
  });

  it('keeps nothing from one cell to another', () => {
    fc.assert(
      fc.property(anyTrace(functions), anyTrace(functions), anySeed, (trace, otherTrace, seed) => {
        const backend = troubledBackend(seed, noTroubles);
        const undisturbed = replay(trace, seed, backend);
        const cell = new SchedulerCell(definition, { functions, seed, timeoutMs: 2_000, ...backend });
        replay(otherTrace, seed, backend);
        cell.replay(trace);
        expect(cell.spy.actions).toEqual(undisturbed.spy.actions);
      }),
      runs(30),
    );
  });

  it('leaves the engine nothing to wait for when all is done', () => {
    const cell = new SchedulerCell(definition, { functions, keepAliveMs: 5_000 });
    for (const functionId of functions) cell.burst(4, functionId);
    cell.clock.advance(120_000);
    expect(cell.recorder.outcomes).toHaveLength(12);
    expect(cell.clock.pending('engine')).toBe(0);
    expect(cell.clock.pending('backend')).toBe(0);
  });

  it('has a name for files and command lines, and says in one line what it does', () => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(definition.description.trim()).toBe(definition.description);
    expect(definition.description).toMatch(/^[^\n]{20,140}$/);
  });

  it('has a default for each option', () => {
    const parsed = definition.options.safeParse({});
    expect(parsed.error).toBeUndefined();
    expect(schedulerOptions(definition.options)).toEqual(parsed.data);
    for (const value of Object.values(parsed.data as object)) expect(['number', 'string', 'boolean']).toContain(typeof value);
  });

  it('does not take options it does not know', () => {
    expect(definition.options.safeParse({ noSuchOption: 1 }).success).toBe(false);
    expect(definition.options.safeParse({ ...schedulerOptions(definition.options), dispatchIntervallMs: 100 }).success).toBe(false);
  });
});

describe('the built-in schedulers', () => {
  it('are these', () => {
    expect(builtinSchedulers().names()).toEqual(['vanilla', 'baseline', 'batching', 'batching-expanding']);
  });

  it('are not known by other names', () => {
    expect(() => builtinSchedulers().get('faasbatch')).toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_UNKNOWN', fix: expect.stringContaining('vanilla, baseline, batching, batching-expanding') as string }));
  });

  it('come in a registry of the caller’s own', () => {
    const registry = builtinSchedulers();
    registry.add({ ...registry.get('baseline'), name: 'mine' });
    expect(builtinSchedulers().has('mine')).toBe(false);
  });
});
