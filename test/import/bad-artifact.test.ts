import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FbbError } from '../../src/core/index.js';
import { importArtifact, type ImportRequest } from '../../src/import/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { artifactFolder, hostHeader, newHeader, newRows, oldHeader, requestOf } from './artifact-folder.js';

interface Refusal {
  readonly error: FbbError;
  /** What is wrong, without the folder. */
  readonly lines: readonly string[];
}

/** What an import of these files ends with; nothing of it may be left. */
function refusalOf(files: Readonly<Record<string, readonly string[] | string>>, given: Partial<ImportRequest> = {}): Refusal {
  const folder = artifactFolder(files);
  const out = temporaryFolder();
  const error = thrownBy(() => importArtifact(requestOf(folder, { out, ...given })));
  expect(readdirSync(out)).toEqual([]);
  expect(error).toMatchObject({ code: 'FBB_ERR_IMPORT_INVALID', exitCode: 2 });
  const [first, ...lines] = error.message.split('\n');
  expect(first).toBe(`${folder} cannot be imported, and nothing was stored:`);
  return { error, lines: lines.map((line) => line.trim().replaceAll(`${folder}/`, '')) };
}

const name = 'latency_amplification_Kraken_cpu_0.2.csv';
const good = 'f,c,10,0,1,0,None,20';

describe('an import of rows', () => {
  it.each([
    ['an empty file', '', ['line 1: the file is empty']],
    ['a header alone', `${newHeader}\n`, ['line 1: there is a header and no row']],
    ['a file without columns that it needs', 'function,container_name\nf,c\n', ['line 1: there is no column schedule_time(ms), exec_time(ms), queue_time(ms); there are function, container_name']],
    ['a text for a number', `${newHeader}\n${good}\nf,c,soon,0,1,0,None,20\n`, ["line 3: 'soon' is no number"]],
    ['NaN', `${newHeader}\nf,c,10,0,NaN,0,None,20\n`, ["line 2: 'NaN' is no number"]],
    ['infinity', `${newHeader}\nf,c,10,0,inf,0,None,20\n`, ["line 2: 'inf' is no number"]],
    ['a time below 0', `${newHeader}\n${good}\n\nf,c,10,0,1,-0.5,None,20\n`, ['line 4: -0.5 is below 0']],
    ['a time that is missing', `${newHeader}\nf,c,10,,1,0,None,20\n`, ['line 2: cold_start(ms) is empty']],
    ['a function that is missing', `${newHeader}\n,c,10,0,1,0,None,20\n`, ['line 2: function is empty']],
    ['a last line that was cut', `${newHeader}\n${good}\nf,c,10,0,1.2`, ['line 3: it has 5 fields and the header 8']],
    ['Windows line ends and a wrong number', `${oldHeader}\r\nf,1,x,0,,20\r\n`, ["line 2: 'x' is no number"]],
    ['several wrong lines', `${newHeader}\n${good}\nf,c,a,0,1,0,None,20\n${good}\nf,c,1,0,b,0,None,20\n`, ["line 3: 'a' is no number", "line 5: 'b' is no number"]],
  ])('refuses %s', (_what, text, expected) => {
    expect(refusalOf({ [name]: text }).lines).toEqual(expected.map((line) => `${name}, ${line}.`.replace(/row\.$/, 'row')));
  });

  it('refuses more rows than were sent, and says what may mend it', () => {
    expect(refusalOf({ [name]: [newHeader, good, good, good] }, { expected: 2 }).lines).toEqual([`${name}: there are 3 rows, and 2 invocations were sent (--expected says otherwise)`]);
  });

  it('reads no further than twenty wrong lines of a file, and lists no more than twenty of all', () => {
    const many = [newHeader, ...Array.from({ length: 500 }, () => 'f,c,x,0,1,0,None,20')];
    const { lines } = refusalOf({ [name]: many, 'io/latency_amplification_SFS_io.csv': '' });
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('io/latency_amplification_SFS_io.csv, line 1: the file is empty.');
    expect(lines[19]).toBe(`${name}, line 20: 'x' is no number.`);
    expect(lines[20]).toBe('and 2 more');
  });
});

describe('an import of the files beside rows', () => {
  it.each([
    ['utilization_Kraken_cpu_0.2.csv', [hostHeader, '1,0,10,0,-3'], 'line 2: -3 is below 0'],
    ['utilization_Kraken_cpu_0.2.csv', [hostHeader, '1,0,,0,3'], 'line 2: CPU_Util(%) is empty'],
    ['utilization_Kraken_cpu_0.2.csv', [hostHeader, '2,0,1,0,3', '1,0,1,0,3'], 'line 3: the time goes back to 1 s'],
    ['utilization_Kraken_cpu_0.2.csv', ['Time(s),CPU_Util(%)', '1,2'], 'line 1: there is no column Mem_Util(0.01*MB); there are Time(s), CPU_Util(%)'],
    ['num_containers_Kraken_cpu_0.2.csv', ['num_containers', 'many'], "line 2: 'many' is no number"],
    ['num_containers_Kraken_cpu_0.2.csv', ['num_containers', '2.5'], "line 2: '2.5' is no number of containers"],
  ])('refuses %s with %j', (beside, lines, expected) => {
    expect(refusalOf({ [name]: newRows, [beside]: lines }).lines).toEqual([`${beside}, ${expected}.`]);
  });
});

describe('an import of a folder', () => {
  it('refuses all files of strategies that there are not at once, with the names of those that there are', () => {
    const { lines } = refusalOf({ 'latency_amplification_Magic_cpu.csv': newRows, 'x/utilization_Other_io_0.2.csv': '', [name]: newRows });
    const known = 'there are BaseBatching, SFS, Kraken, Batching (or FaaSBatch)';
    expect(lines).toEqual([`latency_amplification_Magic_cpu.csv: there is no strategy 'Magic'; ${known}`, `x/utilization_Other_io_0.2.csv: there is no strategy 'Other'; ${known}`]);
  });

  it('tells of names and of contents together', () => {
    const { lines } = refusalOf({ 'latency_amplification_SFS.csv': newRows, 'latency_amplification_SFS_cpu_0.2_old.csv': newRows, [name]: '' });
    expect(lines).toEqual([
      'latency_amplification_SFS.csv: neither the name nor a folder says whether it is of cpu or io',
      'latency_amplification_SFS_cpu_0.2_old.csv: the name is not <content>_<strategy>_<cpu|io>[_<seconds>].csv',
      `${name}, line 1: the file is empty.`,
    ]);
  });

  it.each([['nothing', {}], ['files of other programs', { 'azure_bench_cpu_native.csv': 'a,b\n1,2\n' }]])('refuses one with %s', (_what, files) => {
    expect(refusalOf(files).lines).toEqual(['there is no file latency_amplification_<strategy>_<cpu|io>[_<seconds>].csv in it']);
  });

  it.each(['missing', 'file.txt'])('refuses one that is not there or is none (%s)', (entry) => {
    const folder = join(artifactFolder({ 'file.txt': 'x' }), entry);
    expect(thrownBy(() => importArtifact(requestOf(folder))).message).toContain(`${folder} cannot be read: `);
  });
});
