import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TimelineChart } from '../../../src/charts/index.js';
import { timelineOf } from '../../../src/report/figures/timeline.js';
import { InvocationTable, readContainerLives } from '../../../src/results/index.js';
import { containerOf, outcomeOf, storeCells, type StoredCell } from '../../export/stored-cells.js';
import { summaryOf } from '../../results/stored-run.js';
import { temporaryFolder } from '../../results/temporary-folder.js';

function timeline(cell: StoredCell, most = 1_000): { readonly chart: TimelineChart; readonly caveats: readonly string[] } | undefined {
  const summary = summaryOf();
  const { folder } = storeCells(temporaryFolder(), [{ summary, ...cell }]);
  const path = (file: string): string => join(folder, 'cells', summary.cell.id, file);
  return timelineOf(summary.cell.id, { table: InvocationTable.read(path('invocations.csv')), lives: readContainerLives(path('containers.csv')), most });
}

describe('a timeline', () => {
  it('has containers by their launch, batches from when they were sent to their last outcome, and the handlers in slots', () => {
    const outcomes = [
      outcomeOf({ id: 0, containerId: 4, batchId: 2, functionId: 'f', intendedMs: 100, lagMs: 1, schedulingMs: 2, coldStartMs: 30, queueMs: 4, executionMs: 50, responseMs: 1 }),
      outcomeOf({ id: 1, containerId: 4, batchId: 2, functionId: 'f', intendedMs: 110, schedulingMs: 5, queueMs: 25, executionMs: 20, status: 'failed', errorCode: 'X' }),
      // Begins when the one before has ended, but for rounding.
      outcomeOf({ id: 2, containerId: 4, batchId: 3, functionId: 'f', intendedMs: 150, queueMs: 9.999, executionMs: 10 }),
      outcomeOf({ id: 3, containerId: 1, batchId: 4, functionId: 'g', intendedMs: 160, executionMs: 1 }),
      outcomeOf({ id: 4, containerId: -1, batchId: -1, status: 'rejected' }),
    ];
    const containers = [containerOf({ id: 1, functionId: 'g', launchedMs: 120, readyMs: Number.NaN, retiredMs: 300 }), containerOf({ id: 4, functionId: 'f', launchedMs: 101, readyMs: 131.5, retiredMs: 900 })];
    const { chart, caveats } = timeline({ outcomes, containers })!;
    expect(chart).toEqual({
      kind: 'timeline', cell: summaryOf().cell.id, functions: ['f', 'g'],
      containers: [
        { id: 4, function: 0, launchedMs: 101, readyMs: 131.5, retiredMs: 900, slots: 2 },
        { id: 1, function: 1, launchedMs: 120, readyMs: null, retiredMs: 300, slots: 1 },
      ],
      batches: [
        { id: 2, container: 0, startMs: 115, endMs: 188, invocations: 2 },
        { id: 3, container: 0, startMs: 150, endMs: 169.999, invocations: 1 },
        { id: 4, container: 1, startMs: 160, endMs: 161, invocations: 1 },
      ],
      invocations: [
        { id: 0, container: 0, slot: 0, batch: 2, intendedMs: 100, startMs: 137, endMs: 187, coldStartMs: 30, queueMs: 4, totalMs: 88, completed: true },
        { id: 1, container: 0, slot: 1, batch: 2, intendedMs: 110, startMs: 140, endMs: 160, coldStartMs: 0, queueMs: 25, totalMs: 50, completed: false },
        { id: 2, container: 0, slot: 1, batch: 3, intendedMs: 150, startMs: 159.999, endMs: 169.999, coldStartMs: 0, queueMs: 9.999, totalMs: 19.999, completed: true },
        { id: 3, container: 1, slot: 0, batch: 4, intendedMs: 160, startMs: 160, endMs: 161, coldStartMs: 0, queueMs: 0, totalMs: 1, completed: true },
      ],
    });
    expect(caveats).toEqual(['1 invocation reached no container and is not in it']);
  });

  it('of more than may be drawn has those of the busiest stretch, the containers that served them, and batches as they were', () => {
    const at = [0, 1_000, 2_000, 2_010, 2_020, 5_000, 9_000];
    const outcomes = at.map((intendedMs, id) => outcomeOf({ id, containerId: id % 3, batchId: id === 1 ? 4 : id, intendedMs, executionMs: 5 }));
    const { chart, caveats } = timeline({ outcomes, containers: [0, 1, 2].map((id) => containerOf({ id, launchedMs: id })) }, 2)!;
    expect(chart.invocations.map(({ id }) => id)).toEqual([3, 2]);
    expect(chart.containers.map(({ id }) => id)).toEqual([0, 2]);
    expect(caveats).toEqual(['2 of 7 invocations: those that arrived from 2.0 s to 2.0 s, the busiest stretch, with the containers that served them']);
    const whole = timeline({ outcomes, containers: [0, 1, 2].map((id) => containerOf({ id, launchedMs: id })) }, 3)!;
    expect(whole.chart.batches.find(({ id }) => id === 4)).toEqual({ id: 4, container: 1, startMs: 1_000, endMs: 2_025, invocations: 2 });
  });

  it('takes no more than may be drawn where many arrive at once', () => {
    const outcomes = Array.from({ length: 9 }, (_, id) => outcomeOf({ id, containerId: 0, batchId: 0, executionMs: 5 }));
    const { chart } = timeline({ outcomes, containers: [containerOf()] }, 4)!;
    expect(chart.invocations.map(({ slot }) => slot)).toEqual([0, 1, 2, 3]);
    expect(chart.batches).toMatchObject([{ invocations: 9 }]);
  });

  it('lets a container that is not in containers.csv live as long as what it served', () => {
    const { chart } = timeline({ outcomes: [outcomeOf({ containerId: 7, intendedMs: 10, executionMs: 5, responseMs: 1 })], containers: [containerOf()] })!;
    expect(chart.containers).toMatchObject([{ id: 0 }, { id: 7, launchedMs: 10, readyMs: null, retiredMs: 16, slots: 1 }]);
  });

  it('is none where nobody knows when invocations arrived, and where none reached a container', () => {
    expect(timeline({ outcomes: [outcomeOf({ intendedMs: Number.NaN })] })).toBeUndefined();
    expect(timeline({ outcomes: [outcomeOf({ containerId: -1, status: 'rejected' })] })).toBeUndefined();
    expect(timeline({})).toBeUndefined();
  });
});
