import { existsSync } from 'node:fs';
import type { ContainerRow } from '../core/index.js';
import { scanCsv } from './csv-scanner.js';

/** What is drawn of a row of containers.csv; NaN where nothing is known. */
export interface ContainerLife extends Pick<ContainerRow, 'id' | 'functionId' | 'launchedMs' | 'startedMs' | 'readyMs' | 'retiredMs'> {
  readonly peakMemoryMb: number;
  readonly cpuMs: number;
}

/** The containers of a cell by their ids; none where the file is not there. Throws FBB_ERR_RESULTS_INVALID with the line of what is wrong. */
export function readContainerLives(path: string): Map<number, ContainerLife> {
  const lives = new Map<number, ContainerLife>();
  if (!existsSync(path)) return lives;
  const names = ['id', 'function', 'launched_ms', 'started_ms', 'ready_ms', 'retired_ms', 'peak_memory_mb', 'cpu_ms'] as const;
  scanCsv(path, names, (columns) => {
    const [id, functionId, launched, started, ready, retired, memory, cpu] = names.map((name) => columns.get(name) as number) as [number, number, number, number, number, number, number, number];
    return (record) => {
      const life = {
        id: record.number(id),
        functionId: record.text(functionId),
        launchedMs: record.number(launched),
        startedMs: record.number(started),
        readyMs: record.number(ready),
        retiredMs: record.number(retired),
        peakMemoryMb: record.number(memory),
        cpuMs: record.number(cpu),
      };
      lives.set(life.id, life);
    };
  });
  return lives;
}
