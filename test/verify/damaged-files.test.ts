import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultSet } from '../../src/results/index.js';
import { verifyResults } from '../../src/verify/index.js';
import { editCsv, editManifest, editSummary, first, problemsOf, problemsOfRehashed, second, useMeasuredSet, type EditableSummary } from './measured-set.js';

const set = useMeasuredSet();
const cell = join('cells', first);

function pathIn(folder: string, name: string): string {
  return join(folder, cell, name);
}

describe('a file that was changed since it was written', () => {
  it.each(['summary.json', 'invocations.csv', 'containers.csv', 'samples.csv', 'total.hgrm'])('is named: %s', (name) => {
    const folder = set.copy();
    const path = pathIn(folder, name);
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n`);
    expect(problemsOf(verifyResults(folder))).toContain(`${cell}/${name}: was changed since it was written (SHA256SUMS has another checksum)`);
  });

  it('is named beside all others, and the other cell is not', () => {
    const folder = set.copy();
    rmSync(pathIn(folder, 'samples.csv'));
    editSummary(folder, (summary) => ((summary.wallMs as number) += 1));
    const found = problemsOf(verifyResults(folder));
    expect(found).toEqual([
      `${cell}/samples.csv: is missing`,
      `${cell}/summary.json: was changed since it was written (SHA256SUMS has another checksum)`,
      expect.stringMatching(new RegExp(`^${cell}/samples\\.csv: cannot be read: ENOENT`)),
    ]);
  });

  it('can be the checksums themselves', () => {
    const folder = set.copy();
    writeFileSync(pathIn(folder, 'SHA256SUMS'), 'nonsense\n');
    expect(problemsOf(verifyResults(folder))).toEqual([`${cell}/SHA256SUMS: cannot be read: line 1 is no checksum and name of a file`]);
  });

  it('can be checksums that leave files of ours out', () => {
    const folder = set.copy();
    const path = pathIn(folder, 'SHA256SUMS');
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').filter((line) => !/ (invocations|samples)\.csv$/.test(line)).join('\n'));
    expect(problemsOf(verifyResults(folder)).sort()).toEqual(['invocations', 'samples'].map((name) => `${cell}/${name}.csv: has no line in SHA256SUMS`));
  });

  it('is no file that was put beside them, which is only told', () => {
    const folder = set.copy();
    writeFileSync(pathIn(folder, 'note.txt'), 'mine');
    expect(verifyResults(folder)).toMatchObject({ problems: [], notes: [`${pathIn(folder, 'note.txt')} was not written with the cell`] });
  });
});

describe('folders of cells', () => {
  it('that are missing are named with what the manifest says', () => {
    const folder = set.copy();
    rmSync(join(folder, cell), { recursive: true });
    expect(problemsOf(verifyResults(folder))).toEqual([`${cell}: is missing; the manifest says that the cell is valid`]);
  });

  it('that have become a file are named', () => {
    const folder = set.copy();
    rmSync(join(folder, 'cells'), { recursive: true });
    writeFileSync(join(folder, 'cells'), '');
    expect(problemsOf(verifyResults(folder))).toEqual([expect.stringContaining(`${cell}: is missing`), expect.stringContaining(`${second}: is missing`), 'cells: is no folder']);
  });

  it('that the manifest does not know are named, and what a killed run has left', () => {
    const folder = set.copy();
    mkdirSync(join(folder, 'cells/other'));
    mkdirSync(join(folder, `cells/.${first}.partial`));
    expect(problemsOf(verifyResults(folder))).toEqual([`cells/.${first}.partial: was left by a run that was killed; nothing of it counts, and it can be removed`, 'cells/other: the manifest has no such cell']);
    ResultSet.open(folder).setStatus('running');
    expect(verifyResults(folder)).toMatchObject({ problems: [{ file: 'cells/other' }], notes: [`${first} is being written, or its run was killed`, 'the run is going on, or was killed'] });
  });
});

describe('a summary', () => {
  function found(change: (summary: EditableSummary) => void): string[] {
    const folder = set.copy();
    editSummary(folder, change);
    return problemsOfRehashed(folder);
  }

  it('that was cut is named', () => {
    const folder = set.copy();
    truncateSync(pathIn(folder, 'summary.json'), 200);
    expect(problemsOfRehashed(folder)).toEqual([expect.stringMatching(new RegExp(`^${cell}/summary\\.json: cannot be read: .*JSON`))]);
  });

  it.each<[string, (summary: EditableSummary) => void, RegExp]>([
    ['is of a newer version', (summary) => ((summary as { schema: number }).schema = 2), /has schema 2; this version reads up to 1$/],
    ['has a count below 0', (summary) => (summary.invocations.failed = -1), /is not what was written: invocations\.failed: /],
    ['is of another cell', (summary) => (summary.cell.id = second), /, cell\.id: "small\.batching-expanding\.r1", and the manifest has "small\.vanilla\.r1"$/],
    ['has other parameters', (summary) => (summary.cell.parameters = { a: 1 }), /, cell\.parameters: {"a":1}, and the manifest has {}$/],
    ['has another workload', (summary) => (summary.workloadHash = 'x'), /, workloadHash: "x", and the manifest has "both"$/],
    ['is of another backend', (summary) => (summary.backend = 'docker'), /, backend: "docker", and the manifest has "simulation"$/],
    ['is not what the manifest says of it', (summary) => (summary.valid = false), /, valid: "invalid", and the manifest has "valid"$/],
    ['has lost invocations and says so nowhere', (summary) => (summary.invocations.arrived = 61), /, invocations: 61 arrived, and 60 completed, failed, timed out or were rejected$/],
    ['has other outcomes than the rows', (summary) => Object.assign(summary.invocations, { completed: 59, failed: 1 }), /, invocations\.failed: 1, and invocations\.csv has 0$/],
    ['has retries that the rows have not', (summary) => (summary.invocations.retried = 2), /, invocations\.retried: 2, and invocations\.csv has 0$/],
    ['has fewer cold starts', (summary) => (summary.coldStarts! -= 1), /, coldStarts: \d+, and invocations\.csv has \d+$/],
    ['has an error code that no row has', (summary) => (summary.errorCodes = { FBB_ERR_FUNCTION_THREW: 1 }), /, errorCodes\.FBB_ERR_FUNCTION_THREW: 1, and invocations\.csv has 0$/],
    ['counts other latencies', (summary) => (summary.latencyMs.queue.count = 59), /, latencyMs\.queue\.count: 59, and the rows of invocations\.csv give 60$/],
    ['has a better mean', (summary) => (summary.latencyMs.total.mean! -= 0.01), /, latencyMs\.total\.mean: [\d.]+, and the rows of invocations\.csv give [\d.]+$/],
    ['has parts that do not add up', (summary) => (summary.latencyMs.execution.mean! += 1), /, latencyMs: the means of the parts add up to [\d.]+, and that of the total is [\d.]+$/],
    ['has a lower maximum', (summary) => (summary.latencyMs.coldStart.max! -= 0.01), /, latencyMs\.coldStart\.max: /],
    ['has a better percentile', (summary) => (summary.latencyMs.total.p95! *= 0.99), /, latencyMs\.total\.p95: [\d.]+, and the rows of invocations\.csv give [\d.]+$/],
    ['has a percentile that 60 invocations cannot name', (summary) => (summary.latencyMs.total.p99 = summary.latencyMs.total.max), /, latencyMs\.total\.p99: [\d.]+, and the rows of invocations\.csv give null$/],
    ['has percentiles out of order', (summary) => (summary.latencyMs.total.p90 = 0.001), /, latencyMs\.total\.p90: 0\.001 is below a lower percentile, /],
    ['tells another lag', (summary) => (summary.loadGenerator.lagMaxMs = 9), /, loadGenerator\.lagMaxMs: 9, and the rows of invocations\.csv give 0$/],
    ['has more containers at a time than were launched', (summary) => (summary.containers.peak = 1_000), /, containers\.peak: 1000 of \d+ that were launched$/],
  ])('that %s', (_, change, problem) => {
    expect(found(change)).toContainEqual(expect.stringMatching(new RegExp(`^${cell}/summary\\.json:? ?${problem.source}`)));
  });

  it.each<[string, (summary: EditableSummary) => void, RegExp]>([
    ['launched others', (summary) => ((summary.containers.launched as number) += 1), /: containers add up to \d+, and summary\.json has \d+$/],
    ['lived longer', (summary) => ((summary.containers.containerSeconds as number) += 0.1), /: lives of containers \(s\) add up to [\d.]+, and summary\.json has [\d.]+$/],
    ['used more CPU time', (summary) => ((summary.cpu.coreSeconds as number) += 0.1), /: cpu_ms \(s\) add up to [\d.]+, and summary\.json has [\d.]+$/],
    ['had less memory', (summary) => (summary.memory.peakMb = 1), /: a container had [\d.]+ MB, and summary\.json has a peak of 1 of all together$/],
    ['shared more', (summary) => (summary.resources!.hits += 5), /: resource_hits add up to 0, and summary\.json has 5$/],
  ])('whose containers %s is another than containers.csv', (_, change, problem) => {
    expect(found(change)).toEqual([expect.stringMatching(new RegExp(`^${cell}/containers\\.csv${problem.source}`))]);
  });
});

/** Changes a table of the first cell; what is found then. */
function foundIn(name: string, change: (rows: Record<string, string>[]) => void): string[] {
  const folder = set.copy();
  editCsv(pathIn(folder, name), change);
  return problemsOfRehashed(folder);
}

describe('a row of an invocation', () => {
  it.each<[string, (rows: Record<string, string>[]) => void, string]>([
    ['is there twice', (rows) => (rows[4]!['id'] = rows[3]!['id']!), 'invocations.csv, line 6: invocation \\d+ is there twice'],
    ['is missing', (rows) => rows.splice(7, 1), 'summary.json, invocations: 60 have ended, and invocations.csv has 59 rows'],
    ['has a total that is not the sum of its parts', (rows) => (rows[0]!['total_ms'] = '1'), 'invocations.csv, line 2: the parts add up to [\\d.]+ ms, and total_ms is 1'],
    ['has a part that is no number', (rows) => (rows[1]!['queue_ms'] = 'fast'), "invocations.csv, line 3: 'fast' is no number"],
    ['has an outcome that there is not', (rows) => (rows[1]!['outcome'] = 'done'), "invocations.csv, line 3: there is no outcome 'done'"],
    ['has completed with an error', (rows) => (rows[2]!['error_code'] = 'FBB_ERR_X'), 'invocations.csv, line 4: it has completed and has an error code'],
    ['has completed nowhere', (rows) => Object.assign(rows[2]!, { container: '', batch: '' }), 'invocations.csv, line 4: it has completed in no container'],
    ['names a container that there is not', (rows) => (rows[5]!['container'] = '999'), 'invocations.csv, line 7: containers.csv has no container 999'],
    ['is in a container of another function', (rows) => (rows[5]!['function'] = 'other'), 'invocations.csv, line 7: container \\d+ is of another function in containers.csv'],
    ['is in a batch of another container', (rows) => (rows[9]!['batch'] = rows.find(({ container }) => container !== rows[9]!['container'])!['batch']!), 'invocations.csv, line \\d+: batch \\d+ is in containers \\d+ and \\d+'],
    ['is of attempt 0', (rows) => (rows[0]!['attempt'] = '0'), "invocations.csv, line 2: invocation \\d+ has attempt '0'"],
  ])('that %s', (_, change, problem) => {
    expect(foundIn('invocations.csv', change)).toContainEqual(expect.stringMatching(new RegExp(`^${cell}/${problem}$`)));
  });

  it('is shown three times of a kind, and the others are counted', () => {
    const found = foundIn('invocations.csv', (rows) => {
      for (const row of rows) row['total_ms'] = '1';
    });
    expect(found.filter((line) => line.includes('the parts add up to') && line.includes('invocations.csv, line'))).toHaveLength(3);
    expect(found).toContain(`${cell}/invocations.csv: 57 more lines: the parts do not add up to the total`);
  });

  it('is missed with the whole file, unless rows were not wanted', () => {
    const folder = set.copy();
    rmSync(pathIn(folder, 'invocations.csv'));
    expect(problemsOfRehashed(folder)).toEqual([expect.stringMatching(new RegExp(`^${cell}/invocations\\.csv: cannot be read: ENOENT`))]);
    editManifest(folder, ({ settings }) => (settings.rows = false));
    expect(problemsOfRehashed(folder)).toEqual([]);
  });

  it('that was cut is told with its line', () => {
    const folder = set.copy();
    const path = pathIn(folder, 'invocations.csv');
    truncateSync(path, readFileSync(path).length - 30);
    expect(problemsOfRehashed(folder)).toEqual([expect.stringMatching(new RegExp(`^${cell}/invocations\\.csv, line 61: it has \\d+ fields and the header 16$`))]);
  });
});

describe('a row of a container', () => {
  it.each<[string, (rows: Record<string, string>[]) => void, string]>([
    ['is missing', (rows) => rows.splice(0, 1), 'containers.csv: containers add up to \\d+, and summary.json has \\d+'],
    ['is there twice', (rows) => (rows[1]!['id'] = rows[0]!['id']!), 'containers.csv, line 3: container 0 is there twice'],
    ['counts other invocations', (rows) => (rows[0]!['invocations'] = '40'), 'containers.csv, line 2: container 0 has 40 invocations, and invocations.csv has \\d+ of it'],
    ['counts other batches', (rows) => (rows[0]!['batches'] = '40'), 'containers.csv, line 2: container 0 has 40 batches, and invocations.csv has \\d+ of it'],
    ['is ready before it was started', (rows) => (rows[0]!['ready_ms'] = '1'), 'containers.csv, line 2: container 0: ready_ms 1 is before started_ms [\\d.]+'],
    ['never ends', (rows) => (rows[0]!['retired_ms'] = ''), 'containers.csv, line 2: container 0 has no retired_ms'],
    ['has used more clients', (rows) => (rows[0]!['resource_peak'] = '9'), 'containers.csv: the highest resource_peak is 9, and summary.json has 1'],
  ])('that %s', (_, change, problem) => {
    expect(foundIn('containers.csv', change)).toContainEqual(expect.stringMatching(new RegExp(`^${cell}/${problem}$`)));
  });
});

describe('a row of samples', () => {
  it.each<[string, (rows: Record<string, string>[]) => void, string]>([
    ['comes before another', (rows) => (rows[2]!['t_ms'] = '5'), 'line 4: t_ms 5 comes after 950'],
    ['is of a container that there is not', (rows) => (rows[1]!['container'] = '999'), 'line 3: containers.csv has no container 999'],
    ['has memory below 0', (rows) => (rows[1]!['memory_mb'] = '-1'), 'line 3: -1 is below 0'],
  ])('that %s', (_, change, problem) => {
    expect(foundIn('samples.csv', change)).toEqual([`${cell}/samples.csv, ${problem}`]);
  });
});

describe('a histogram', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    ['was cut', (text) => text.slice(0, 200), /: it is no histogram, or it was cut: /],
    ['counts others', (text) => text.replace(/Total count {4}= +60/, 'Total count    =           61'), /, Total count: 61, and summary\.json has 60$/],
    ['has another maximum', (text) => text.replace(/Max {5}= +[\d.]+/, 'Max     = 1.000'), /, Max: 1\.000, and summary\.json has [\d.]+$/],
    ['falls', (text) => text.replace(/^ +[\d.]+( 1\.0+ +60)$/m, '0.001$1'), /, line \d+: it is below the line before$/],
    ['has a line of something else', (text) => text.replace('\n\n', '\n\nhello\n'), /, line 3: it is no line of a histogram$/],
  ])('that %s', (_, change, problem) => {
    const folder = set.copy();
    const path = pathIn(folder, 'total.hgrm');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    expect(problemsOfRehashed(folder)).toContainEqual(expect.stringMatching(new RegExp(`^${cell}/total\\.hgrm${problem.source}`)));
  });
});
