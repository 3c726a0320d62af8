import type { CellProfile } from '../core/index.js';
import type { CsvRow } from './read-csv.js';

/** What is kept of one function; both ascending. */
interface FunctionProfile {
  readonly latenciesMs: number[];
  readonly arrivalsMs: number[];
}

/** How many of the ascending values are below a bound. */
function countBelow(ascending: readonly number[], bound: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] as number) < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Keeps a rank that floating point has pushed just above a whole number (0.55 × 100) from being the next one. */
const rankTolerance = 1e-9;

/** Makes a profile of the rows of a cell's invocations.csv. */
export function profileOf(cellId: string, rows: Iterable<CsvRow>): CellProfile {
  const functions = new Map<string, FunctionProfile>();
  for (const row of rows) {
    const functionId = row['function'] ?? '';
    const known: FunctionProfile = functions.get(functionId) ?? { latenciesMs: [], arrivalsMs: [] };
    functions.set(functionId, known);
    known.arrivalsMs.push(Number(row['intended_ms']) + Number(row['lag_ms']));
    if (row['outcome'] === 'completed') known.latenciesMs.push(Number(row['total_ms']));
  }
  for (const { latenciesMs, arrivalsMs } of functions.values()) {
    latenciesMs.sort((a, b) => a - b);
    arrivalsMs.sort((a, b) => a - b);
  }
  return {
    cellId,
    latencyQuantileMs: (functionId, q) => {
      const { latenciesMs = [] } = functions.get(functionId) ?? {};
      const rank = Math.ceil(q * latenciesMs.length - rankTolerance);
      return latenciesMs[Math.min(Math.max(rank, 1), latenciesMs.length) - 1];
    },
    arrivals: (functionId, fromMs, toMs) => {
      const { arrivalsMs = [] } = functions.get(functionId) ?? {};
      return Math.max(0, countBelow(arrivalsMs, toMs) - countBelow(arrivalsMs, fromMs));
    },
  };
}
