import { existsSync } from 'node:fs';
import { distinctRuns } from '../../diff/index.js';
import { InvocationTable, readContainerLives, type CellSummary, type ResultSet } from '../../results/index.js';
import type { Clairvoyant } from '../clairvoyant.js';
import { arrivalsOf, type Arrivals } from './arrival-rate.js';
import { curveOfLatencies, storedCurve, type LatencyCurve } from './latency-curve.js';
import { readSamples, type Samples } from './samples.js';
import { aliveOverTime, type StepCurve } from './step-curve.js';
import { timelineOf, type Timeline } from './timeline.js';

/** What figures keep of the files of a row's cells. */
export interface RowData {
  /** The cells that the row is made of. */
  readonly runs: readonly CellSummary[];
  readonly workloadHashes: readonly string[];
  readonly latency: LatencyCurve | undefined;
  readonly memorySource: CellSummary['memory']['source'];
  /** Of the first of the cells, as is what follows. */
  readonly alive: StepCurve | undefined;
  readonly samples: Samples | undefined;
  readonly arrivals: Arrivals | undefined;
  readonly timeline: Timeline | undefined;
}

/** What is wanted of the files besides. */
interface Wanted {
  /** How many invocations a timeline may have; undefined where none is wanted. */
  readonly mostInTimeline: number | undefined;
  /** Is told what completed in valid cells. */
  readonly clairvoyant: Clairvoyant;
}

function completedLatencies(table: InvocationTable): Float64Array {
  const latenciesMs = new Float64Array(table.length);
  let count = 0;
  for (let row = 0; row < table.length; row += 1) {
    const totalMs = table.number(row, 'total_ms');
    if (table.word(row, 'outcome') === 'completed' && !Number.isNaN(totalMs)) latenciesMs[count++] = totalMs;
  }
  return latenciesMs.subarray(0, count);
}

function tellWork(clairvoyant: Clairvoyant, table: InvocationTable): void {
  for (let row = 0; row < table.length; row += 1) {
    if (table.word(row, 'outcome') !== 'completed') continue;
    clairvoyant.add({ id: table.number(row, 'id'), intendedMs: table.number(row, 'intended_ms'), executionMs: table.number(row, 'execution_ms'), cpuMs: table.number(row, 'cpu_ms') });
  }
}

/** Undefined where one of them is not known. */
function intendedTimes(table: InvocationTable): Float64Array | undefined {
  const times = new Float64Array(table.length);
  for (let row = 0; row < table.length; row += 1) {
    times[row] = table.number(row, 'intended_ms');
    if (Number.isNaN(times[row])) return undefined;
  }
  return times;
}

/** Reads the files of a row's cells, each once, the cells one after the other. Throws FBB_ERR_RESULTS_INVALID on damaged ones. */
export function readRow(results: ResultSet, runs: readonly CellSummary[], { mostInTimeline, clairvoyant }: Wanted): RowData {
  const [first] = runs as readonly [CellSummary, ...CellSummary[]];
  const pathOf = ({ cell }: CellSummary, file: string): string => results.cellFile(cell.id, file);
  const lives = readContainerLives(pathOf(first, 'containers.csv'));
  // A latency that is counted again with each copy would make percentiles look known that are not.
  const distinct = distinctRuns(runs);
  const latencies: Float64Array[] = [];
  let ofFirst: Pick<RowData, 'arrivals' | 'timeline'> = { arrivals: undefined, timeline: undefined };
  for (const run of distinct) {
    const path = pathOf(run, 'invocations.csv');
    if (!existsSync(path)) continue;
    const table = InvocationTable.read(path);
    latencies.push(completedLatencies(table));
    if (run.valid && clairvoyant.needsRows) tellWork(clairvoyant, table);
    if (run !== first) continue;
    const intendedMs = intendedTimes(table);
    ofFirst = {
      arrivals: intendedMs === undefined ? undefined : arrivalsOf(intendedMs, { cell: run.cell.id, workloadHash: run.workloadHash }),
      timeline: mostInTimeline === undefined || lives.size === 0 ? undefined : timelineOf(run.cell.id, { table, lives, most: mostInTimeline }),
    };
  }
  return {
    runs,
    workloadHashes: [...new Set(runs.map(({ workloadHash }) => workloadHash))],
    // Latencies of some of the repetitions would pass for those of all.
    latency: latencies.length === distinct.length ? curveOfLatencies(latencies) : storedCurve(distinct, (run) => pathOf(run, 'total.hgrm')),
    memorySource: first.memory.source,
    alive: aliveOverTime([...lives.values()]),
    samples: readSamples(pathOf(first, 'samples.csv'), lives),
    ...ofFirst,
  };
}
