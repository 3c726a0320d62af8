import type { SampleRound } from '../core/index.js';
import { scanCsv, type CellSummary, type CsvRecord } from '../results/index.js';
import type { ImportProblems } from './import-problems.js';
import { testbed } from './paper.js';

const columnNames = ['Time(s)', 'CPU_Util(%)', 'Mem_Util(0.01*MB)'] as const;

/** The artifact divides the MB in use by a hundred, so that memory and CPU fit into one plot. */
const mbPerUnit = 100;
const msPerSecond = 1_000;
const allCoresPercent = 100;

/** What the host as a whole did during a run. */
export interface HostLoad {
  readonly figures: NonNullable<CellSummary['host']>;
  /** Share of all cores, 0 to 1. */
  readonly meanUtilization: number;
}

/** Sums of the readings, one a second. */
class LoadSums {
  #rounds = 0;
  #coreSeconds = 0;
  #cpuPercent = 0;
  #memoryMb = 0;
  #firstMb = 0;
  #maxMb = 0;
  #beforeMs = 0;

  get lastMs(): number {
    return this.#beforeMs;
  }

  /** Readings come in the order of time. */
  add({ atMs, host: { memoryMb, cpuPercent } }: SampleRound): void {
    if (this.#rounds === 0) this.#firstMb = memoryMb;
    // A reading is of the second before it.
    const ms = this.#rounds === 0 ? Math.min(atMs, msPerSecond) : atMs - this.#beforeMs;
    this.#rounds += 1;
    this.#coreSeconds += (cpuPercent / allCoresPercent) * testbed.cores * (ms / msPerSecond);
    this.#cpuPercent += cpuPercent;
    this.#memoryMb += memoryMb;
    this.#maxMb = Math.max(this.#maxMb, memoryMb);
    this.#beforeMs = atMs;
  }

  /** Undefined when nothing was read. */
  load(): HostLoad | undefined {
    const rounds = this.#rounds;
    if (rounds === 0) return undefined;
    return {
      figures: { cpuCoreSeconds: this.#coreSeconds, memoryFirstMb: this.#firstMb, memoryMeanMb: this.#memoryMb / rounds, memoryMaxMb: this.#maxMb },
      meanUtilization: this.#cpuPercent / rounds / allCoresPercent,
    };
  }
}

/** Reads the load of the host over time; what is wrong with the file becomes problems. `take` is given each reading, with the time in ms from the start of the recording. */
export function readHostLoad(path: string, problems: ImportProblems, take: (round: SampleRound) => void): HostLoad | undefined {
  const sums = new LoadSums();
  problems.scanning((ofRecord) => {
    scanCsv(path, columnNames, (columns) => {
      const read = (record: CsvRecord, name: (typeof columnNames)[number]): number => {
        const value = record.amount(columns.get(name) as number);
        if (Number.isNaN(value)) throw record.wrong(`${name} is empty`);
        return value;
      };
      return (record) =>
        ofRecord(() => {
          const round: SampleRound = {
            atMs: read(record, 'Time(s)') * msPerSecond,
            host: { cpuPercent: read(record, 'CPU_Util(%)'), memoryMb: read(record, 'Mem_Util(0.01*MB)') * mbPerUnit },
            containers: [],
          };
          if (round.atMs < sums.lastMs) throw record.wrong(`the time goes back to ${round.atMs / msPerSecond} s`);
          sums.add(round);
          take(round);
        });
    });
  });
  return sums.load();
}
