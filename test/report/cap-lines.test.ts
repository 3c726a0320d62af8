import { describe, expect, it } from 'vitest';
import { renderCap } from '../../src/report/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { manifestOf, summaryOf } from '../results/stored-run.js';
import { marked, plain } from './plain-style.js';

interface Case {
  readonly waited?: number;
  readonly longestMs?: number;
  readonly ended?: number;
  readonly workload?: string;
  readonly repetition?: number;
  readonly max?: number;
}

function capped(scheduler: string, { waited = 0, longestMs = 0, ended = 0, workload = 'icdcs-cpu', repetition = 1, max = 4 }: Case = {}): CellSummary {
  return summaryOf({ cell: { scheduler, workload, repetition }, cap: { max, launchesWaited: waited, longestWaitMs: longestMs, endedForOthers: ended } });
}

function lines(...summaries: readonly CellSummary[]): string[] {
  return renderCap(manifestOf(), summaries, plain);
}

describe('what a cap of containers did', () => {
  it('stands under the table for each experiment and workload in which it bound, in the order of the table', () => {
    expect(lines(
      capped('batching', { waited: 12, longestMs: 3_100.4, ended: 5 }),
      capped('baseline', { waited: 1, longestMs: 85.25 }),
      capped('batching-expanding'),
      capped('baseline', { workload: 'icdcs-io', waited: 2, longestMs: 3 }),
    )).toEqual([
      'e2e · icdcs-cpu a cap of 4 containers made launches wait, which counts as sched: baseline 1 (at most 85.3 ms), batching 12 (at most 3100 ms); idle containers ended to make room: batching 5',
      'e2e · icdcs-io a cap of 4 containers made launches wait, which counts as sched: baseline 2 (at most 3.00 ms)',
    ]);
  });

  it('is not told where it made nobody wait, or where there was none', () => {
    expect(lines(capped('baseline'), capped('batching'))).toEqual([]);
    expect(lines(summaryOf())).toEqual([]);
  });

  it('is told as means over the repetitions, and the longest wait of all', () => {
    expect(lines(capped('baseline', { max: 1, waited: 3, longestMs: 200, ended: 0 }), capped('baseline', { max: 1, repetition: 2, waited: 0, longestMs: 0, ended: 1 }))).toEqual([
      'e2e · icdcs-cpu a cap of 1 container made launches wait, which counts as sched: baseline 1.50 (at most 200 ms); idle containers ended to make room: baseline 0.50',
    ]);
  });

  it('is dim', () => {
    expect(renderCap(manifestOf(), [capped('baseline', { waited: 1 })], marked)).toEqual([expect.stringMatching(/^<d>.*<\/d>$/)]);
  });
});
