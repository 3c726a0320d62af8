import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importArtifact, type ImportRequest } from '../../src/import/index.js';
import type { ResultSet } from '../../src/results/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';

export const newHeader = 'function,container_name,schedule_time(ms),cold_start(ms),exec_time(ms),queue_time(ms),used_memory(MB),input_n';
export const oldHeader = 'function,schedule_time(ms),exec_time(ms),queue_time(ms),used_memory(MB),input_n';
export const hostHeader = 'Time(s),Net_Receive(MB/s),CPU_Util(%),Disk_WR(0.1*MB/s),Mem_Util(0.01*MB)';

/** Six made-up invocations in three containers, two of them cold. */
export const newRows = [
  newHeader,
  'azure_func_00000409_cpu_native,calm_tesla,1000.5,900,50,0,None,21',
  'azure_func_00000409_cpu_native,calm_tesla,1000.5,900,70.25,0,None,22',
  'azure_func_00000410_cpu_native,wise_noether,400,300,10,5,1.5,20',
  'azure_func_00000409_cpu_native,calm_tesla,100,0,20,0,-4.25,20',
  'azure_func_00000410_cpu_native,wise_noether,0,0,30,15,,20',
  'another_function,sad_bohr,250,0,1e1,0,None,20',
];
export const oldRows = [oldHeader, 'f,100,10,0,None,20', 'g,200.5,20,30,None,21'];

/** A folder with these files; the lines of each, or its text. */
export function artifactFolder(files: Readonly<Record<string, readonly string[] | string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : `${content.join('\n')}\n`);
  }
  return folder;
}

export function requestOf(folder: string, given: Partial<ImportRequest> = {}): ImportRequest {
  return {
    folder, out: temporaryFolder(), id: 'imported', createdAt: '2026-01-02T03:04:05.000Z', command: 'faasbatch-bench import artifact x', tool: { version: '0.1.0', commit: null }, expected: 6, ...given,
  };
}

export function imported(files: Readonly<Record<string, readonly string[] | string>>, given: Partial<ImportRequest> = {}): ResultSet {
  return importArtifact(requestOf(artifactFolder(files), given)).results;
}
