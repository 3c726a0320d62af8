import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ContainerRow, Outcome, SampleRound } from '../../src/core/index.js';
import { CellWriter } from '../../src/results/cell-writer.js';
import { parseCsvObjects } from './read-csv.js';
import { summaryOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';

const completed: Outcome = {
  id: 0, functionId: '0409', containerId: 3, batchId: 2, attempt: 1, intendedMs: 353.7841, submittedMs: 354, lagMs: 0.2159, schedulingMs: 45.4, coldStartMs: 445.0021,
  queueMs: 13.6, executionMs: 195, responseMs: 1.222, totalMs: 700.44, cpuMs: 12.34, concurrency: 1, containerCpuMs: 90, status: 'completed', errorCode: undefined,
};
const rejected: Outcome = {
  id: 1, functionId: 'a,b', containerId: -1, batchId: -1, attempt: 2, intendedMs: 400, submittedMs: 401, lagMs: 1, schedulingMs: 9, coldStartMs: 0, queueMs: 0, executionMs: 0,
  responseMs: 0, totalMs: 10, cpuMs: undefined, concurrency: undefined, containerCpuMs: undefined, status: 'rejected', errorCode: 'FBB_ERR_CONTAINER_LAUNCH',
};
const containers: ContainerRow[] = [
  { id: 3, functionId: '0409', launchedMs: 399.3961, startedMs: 401.5, readyMs: 844.398, retiredMs: 1_260.25, invocations: 1, batches: 1, peakMemoryMb: 23.378, resources: { hits: 7, misses: 2, failures: 1, evictions: 0, broken: 0, peak: 1, creationMs: 12.25, savedBytes: 4_096 }, kernelPeakMb: 47.5, cpuMs: 297.2261 },
  { id: 4, functionId: 'a,b', launchedMs: 400, startedMs: 400, readyMs: Number.NaN, retiredMs: 410.5, invocations: 0, batches: 0, peakMemoryMb: undefined, kernelPeakMb: undefined, cpuMs: undefined, resources: undefined },
];
const round: SampleRound = {
  atMs: 1_111.76,
  host: { memoryMb: 676.1291, cpuPercent: 99.5 },
  containers: [
    { containerId: 3, memoryMb: 23.378, rssMb: 71.371, cpuPercent: 12.5, cpuMs: 20 },
    { containerId: 4, memoryMb: undefined, rssMb: 62.402, cpuPercent: 0, cpuMs: 0 },
  ],
};

function writeAll(cells: string, name = 'one'): void {
  const writer = new CellWriter(cells, name);
  writer.invocation(completed);
  writer.invocation(rejected);
  writer.sample(round);
  for (const row of [...containers].reverse()) writer.container(row);
  writer.finish(summaryOf(), 'the hgrm text\n');
}

function textOf(cells: string, file: string): string {
  return readFileSync(join(cells, 'one', file), 'utf8');
}

it('stores every file of a cell under its name, and nothing beside it', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  expect(readdirSync(cells)).toEqual(['one']);
  expect(readdirSync(join(cells, 'one')).sort()).toEqual(['SHA256SUMS', 'containers.csv', 'invocations.csv', 'samples.csv', 'summary.json', 'total.hgrm']);
  expect(textOf(cells, 'total.hgrm')).toBe('the hgrm text\n');
  expect(JSON.parse(textOf(cells, 'summary.json'))).toEqual(summaryOf());
});

it('writes invocations.csv as documented, with no container for what never reached one', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  expect(textOf(cells, 'invocations.csv')).toBe(
    [
      'id,function,container,batch,attempt,intended_ms,lag_ms,scheduling_ms,cold_start_ms,queue_ms,execution_ms,response_ms,total_ms,cpu_ms,outcome,error_code',
      '0,0409,3,2,1,353.784,0.216,45.400,445.002,13.600,195,1.222,700.440,12.340,completed,',
      '1,"a,b",,,2,400,1,9,0,0,0,0,10,,rejected,FBB_ERR_CONTAINER_LAUNCH',
      '',
    ].join('\n'),
  );
});

it('writes no row of an invocation where rows are not wanted, and everything else as it is with them', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  const [containersText, samplesText] = [textOf(cells, 'containers.csv'), textOf(cells, 'samples.csv')];
  const writer = new CellWriter(cells, 'one', false);
  writer.invocation(completed);
  writer.sample(round);
  for (const row of containers) writer.container(row);
  writer.finish(summaryOf(), '');
  expect(readdirSync(join(cells, 'one')).sort()).toEqual(['SHA256SUMS', 'containers.csv', 'samples.csv', 'summary.json', 'total.hgrm']);
  expect([textOf(cells, 'containers.csv'), textOf(cells, 'samples.csv')]).toEqual([containersText, samplesText]);
});

it('writes containers.csv as documented, with empty fields for what is not known', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  expect(textOf(cells, 'containers.csv')).toBe(
    [
      'id,function,launched_ms,started_ms,ready_ms,retired_ms,invocations,batches,peak_memory_mb,kernel_peak_mb,cpu_ms,resource_hits,resource_misses,resource_failures,resource_evictions,resource_broken,resource_peak,resource_creation_ms,resource_saved_bytes',
      '3,0409,399.396,401.500,844.398,1260.250,1,1,23.378,47.500,297.226,7,2,1,0,0,1,12.250,4096',
      '4,"a,b",400,400,,410.500,0,0,,,,,,,,,,,',
      '',
    ].join('\n'),
  );
});

it('writes samples.csv as documented: the host first, memory empty in rounds that did not read it', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  expect(textOf(cells, 'samples.csv')).toBe(
    ['t_ms,container,memory_mb,rss_mb,cpu_percent', '1111.760,host,676.129,,99.500', '1111.760,3,23.378,71.371,12.500', '1111.760,4,,62.402,0', ''].join('\n'),
  );
});

it('takes an outcome down when it is told, not later: the engine reuses its objects', () => {
  const cells = temporaryFolder();
  const writer = new CellWriter(cells, 'one');
  const outcome = { ...completed };
  writer.invocation(outcome);
  outcome.functionId = 'changed';
  writer.finish(summaryOf(), '');
  expect(parseCsvObjects(textOf(cells, 'invocations.csv')).map((row) => row['function'])).toEqual(['0409']);
});

it('shows nothing under the name of the cell before it is finished', () => {
  const cells = temporaryFolder();
  const writer = new CellWriter(cells, 'one');
  writer.invocation(completed);
  writer.sample(round);
  expect(existsSync(join(cells, 'one'))).toBe(false);
  expect(readdirSync(cells).filter((name) => !name.startsWith('.'))).toEqual([]);
  writer.finish(summaryOf(), '');
  expect(existsSync(join(cells, 'one', 'summary.json'))).toBe(true);
});

it('leaves nothing of a cell that is discarded', () => {
  const cells = temporaryFolder();
  const writer = new CellWriter(cells, 'one');
  writer.invocation(completed);
  writer.discard();
  writer.discard();
  expect(readdirSync(cells)).toEqual([]);
});

it('leaves the stored cell as it was when a second run of it is discarded', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  const before = textOf(cells, 'invocations.csv');
  const writer = new CellWriter(cells, 'one');
  writer.invocation(rejected);
  expect(textOf(cells, 'invocations.csv')).toBe(before);
  writer.discard();
  expect(textOf(cells, 'invocations.csv')).toBe(before);
  expect(readdirSync(cells)).toEqual(['one']);
});

it('replaces an earlier run of the cell as a whole', () => {
  const cells = temporaryFolder();
  writeAll(cells);
  writeFileSync(join(cells, 'one', 'note.txt'), 'of the earlier run');
  const writer = new CellWriter(cells, 'one');
  writer.invocation({ ...completed, id: 77 });
  writer.finish(summaryOf(), '');
  expect(readdirSync(join(cells, 'one'))).not.toContain('note.txt');
  expect(parseCsvObjects(textOf(cells, 'invocations.csv')).map(({ id }) => id)).toEqual(['77']);
});

it('begins anew over what a killed run left', () => {
  const cells = temporaryFolder();
  mkdirSync(join(cells, '.one.partial'));
  writeFileSync(join(cells, '.one.partial', 'invocations.csv'), 'half a r');
  writeFileSync(join(cells, '.one.partial', 'summary.json'), '{');
  writeAll(cells);
  expect(readdirSync(cells)).toEqual(['one']);
  expect(parseCsvObjects(textOf(cells, 'invocations.csv'))).toHaveLength(2);
});

it('keeps cells that are written at the same time apart', () => {
  const cells = temporaryFolder();
  const writers = ['a', 'b'].map((name) => new CellWriter(cells, name));
  writers.forEach((writer, i) => writer.invocation({ ...completed, id: i }));
  writers.forEach((writer) => writer.finish(summaryOf(), ''));
  expect(['a', 'b'].map((name) => parseCsvObjects(readFileSync(join(cells, name, 'invocations.csv'), 'utf8'))[0]?.['id'])).toEqual(['0', '1']);
});
