import { describe, expect, it } from 'vitest';
import { selectCells } from '../../src/data-frame/select-cells.js';
import { summaryColumns } from '../../src/data-frame/summary-columns.js';
import { summarySchema, type CellSummary } from '../../src/results/index.js';
import { summaryOf } from '../results/stored-run.js';
import { namedTypes, namedValues } from './named-values.js';
import { storedCells } from './stored-cells.js';

/** A summary with everything that a summary may have, each number another one. */
function fullSummary(): CellSummary {
  const summary = summaryOf({ cap: { max: 1, launchesWaited: 1, longestWaitMs: 1, endedForOthers: 1 }, resourceCache: { policy: 'lru', capacity: 1 }, resources: { idealHits: 1, idealRequests: 1 } });
  const whole = {
    ...summary,
    errorCodes: {},
    memory: { ...summary.memory, kernelPeakMb: 1 },
    coldStarts: 1,
    host: { cpuCoreSeconds: 1, memoryFirstMb: 1, memoryMeanMb: 1, memoryMaxMb: 1 },
    harness: { cpuMs: 1, coreShare: 1 },
    bound: { cores: 1, latencyMs: summary.latencyMs.total },
    cell: { ...summary.cell, parameters: { spare: 1 } },
  };
  let next = 1_000;
  const numbered = (value: unknown, name = ''): unknown => {
    // Latencies that are not known are null.
    if (typeof value === 'number' || (value === null && name !== 'source')) return (next += 1);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbered(inner, key)]));
  };
  return summarySchema.parse({ ...(numbered(whole) as object), schema: summary.schema });
}

/** Numbers of a summary by where they stand. */
function numbersOf(value: unknown, place = ''): [string, number][] {
  if (typeof value === 'number') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'schema' ? [] : numbersOf(inner, `${place}.${key}`)));
}

describe('the columns of summaries', () => {
  it('hold every number of a summary', () => {
    const summary = fullSummary();
    const results = storedCells({ summary });
    const values = new Set(summaryColumns(selectCells(results)).map((column) => column.values[0]));
    expect(numbersOf(summary).length).toBeGreaterThan(100);
    expect(numbersOf(summary).filter(([, number]) => !values.has(number))).toEqual([]);
  });

  it('are named with the unit at the end, a row a cell', () => {
    const results = storedCells(
      { key: { scheduler: 'a' }, summary: summaryOf({ cell: { scheduler: 'a' }, total: { mean: 12.5, p98: 40 }, parts: { coldStart: 3 }, containers: 4, gbSeconds: 5.5, coreSeconds: 6 }) },
      { key: { scheduler: 'b' }, summary: summaryOf({ cell: { scheduler: 'b' }, valid: false, problems: ['late', 'lost'], total: { mean: 1 }, gbSeconds: null }) },
    );
    const columns = summaryColumns(selectCells(results));
    expect(namedValues(columns)).toMatchObject({
      scheduler: ['a', 'b'], total_mean_ms: [12.5, 1], total_p98_ms: [40, Number.NaN], cold_start_mean_ms: [3, Number.NaN], containers_launched: [4, 1],
      gb_seconds: [5.5, Number.NaN], cpu_core_seconds: [6, 0], valid: [true, false], problems: [Number.NaN, 'late; lost'], cap_longest_wait_ms: [Number.NaN, Number.NaN],
    });
    expect(namedTypes(columns)).toMatchObject({ valid: 'boolean', total_mean_ms: 'float32', containers_launched: 'int32', problems: 'string', skipped: 'string', memory_source: 'string' });
  });

  it('tell the notes of a scheduler, and which cell it learned from', () => {
    const columns = namedValues(summaryColumns(selectCells(storedCells({ summary: { notes: ['slow', 'late'], profile: 'e2e.r1' } }))));
    expect(columns).toMatchObject({ notes: ['slow; late'], profile: ['e2e.r1'] });
  });

  it('count the codes of what failed in one text', () => {
    const results = storedCells({ summary: { errorCodes: { FBB_ERR_FUNCTION_THREW: 2, FBB_ERR_CONTAINER_LOST: 1 } } });
    expect(namedValues(summaryColumns(selectCells(results)))['error_codes']).toEqual(['FBB_ERR_FUNCTION_THREW=2 FBB_ERR_CONTAINER_LOST=1']);
  });

  it('have names that are all different', () => {
    const names = summaryColumns(selectCells(storedCells({ key: { parameters: { valid: true, cap: 2 } } }))).map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names).toContain('parameter_valid');
  });
});
