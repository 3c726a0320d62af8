import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultSet, schemaVersion } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';
import { thrownBy } from './thrown-by.js';

const first = manifestCellOf({ scheduler: 'batching' });
const second = manifestCellOf({ scheduler: 'baseline' });

function created(): ResultSet {
  return ResultSet.create(temporaryFolder(), manifestOf({ status: 'running', cells: [first, second] }));
}

function store(results: ResultSet, scheduler: string): void {
  const summary = summaryOf({ cell: { scheduler }, total: { mean: 12.5 } });
  results.cellWriter(summary.cell.id).finish(summary, '');
}

/** Changes a stored JSON file by hand. */
function edit(path: string, change: (data: Record<string, unknown>) => void): void {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(data);
  writeFileSync(path, JSON.stringify(data));
}

describe('a result set', () => {
  it('is opened as it was created', () => {
    const results = created();
    const opened = ResultSet.open(results.folder);
    expect(opened.manifest).toEqual(manifestOf({ status: 'running', cells: [first, second] }));
    expect(opened.folder).toBe(results.folder);
  });

  it('has a folder named by its id, with a manifest and no temporary file', () => {
    const out = temporaryFolder();
    ResultSet.create(out, manifestOf()).setStatus('interrupted');
    expect(readdirSync(out)).toEqual([manifestOf().id]);
    expect(readdirSync(join(out, manifestOf().id)).sort()).toEqual(['cells', 'manifest.json']);
  });

  it('stores a change of status at once', () => {
    const results = created();
    results.setCellStatus(second.id, 'valid');
    results.setStatus('interrupted');
    const { manifest } = ResultSet.open(results.folder);
    expect(manifest.status).toBe('interrupted');
    expect(manifest.cells.map(({ status }) => status)).toEqual(['pending', 'valid']);
    expect(results.manifest).toEqual(manifest);
  });

  it('stores why a cell was skipped, for as long as it is', () => {
    const results = created();
    results.setCellStatus(second.id, 'skipped', 'no chrt');
    expect(ResultSet.open(results.folder).manifest.cells[1]).toMatchObject({ status: 'skipped', reason: 'no chrt' });
    results.setCellStatus(second.id, 'valid');
    expect(ResultSet.open(results.folder).manifest.cells[1]).not.toHaveProperty('reason');
  });

  it('reads what was stored before notes, plug-ins and settings were', () => {
    const results = created();
    store(results, 'batching');
    const paths = [join(results.folder, 'manifest.json'), join(results.folder, 'cells', first.id, 'summary.json')] as const;
    edit(paths[0], (data) => {
      for (const scheduler of data['schedulers'] as Record<string, unknown>[]) delete scheduler['plugin'];
      const selection = data['selection'] as Record<string, unknown>;
      delete selection['set'];
      delete selection['plugins'];
      delete (data['settings'] as Record<string, unknown>)['maxContainers'];
    });
    edit(paths[1], (data) => delete data['notes']);
    const opened = ResultSet.open(results.folder);
    expect(opened.manifest).toEqual(results.manifest);
    expect(opened.readSummary(first.id)?.notes).toEqual([]);
  });

  it('reads summaries in the order of execution, whatever finished first, without those that are missing', () => {
    const results = created();
    expect(results.readSummaries()).toEqual([]);
    store(results, 'baseline');
    expect(results.readSummaries().map(({ cell }) => cell.scheduler)).toEqual(['baseline']);
    store(results, 'batching');
    expect(ResultSet.open(results.folder).readSummaries().map(({ cell }) => cell.scheduler)).toEqual(['batching', 'baseline']);
  });

  it('reads a summary as it was stored', () => {
    const results = created();
    store(results, 'batching');
    expect(results.readSummary(first.id)).toEqual(summaryOf({ cell: { scheduler: 'batching' }, total: { mean: 12.5 } }));
    expect(results.readSummary(second.id)).toBeUndefined();
  });

  it('does not take a cell that is still being written for a finished one', () => {
    const results = created();
    const writer = results.cellWriter(first.id);
    expect(results.readSummary(first.id)).toBeUndefined();
    writer.discard();
  });
});

describe('a manifest that is not what was written', () => {
  it('of a newer schema is refused, naming both versions and what to do', () => {
    const { folder } = created();
    const path = join(folder, 'manifest.json');
    edit(path, (data) => (data['schema'] = schemaVersion + 1));
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toBe(`${path} has schema ${schemaVersion + 1}; this version reads up to ${schemaVersion}.`);
    expect(error.fix).toMatch(/newer faasbatch-bench/);
    expect(error.exitCode).toBe(2);
  });

  it('cut short is refused with its path', () => {
    const { folder } = created();
    const path = join(folder, 'manifest.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(`${path} cannot be read: `);
    expect(error.message).toContain('JSON');
  });

  it('edited by hand is refused with the places of all faults', () => {
    const { folder } = created();
    const path = join(folder, 'manifest.json');
    edit(path, (data) => {
      (data['cells'] as Record<string, unknown>[])[1]!['status'] = 'done';
      delete data['base'];
    });
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(path);
    expect(error.message).toContain('cells.1.status: ');
    expect(error.message).toContain('base: ');
  });

  it.each(['../../outside', 'a/b', 'a\\b', '.hidden', '..', ''])('that has a cell %j, which would lead out of the folder or hide in it, is refused', (id) => {
    const { folder } = created();
    edit(join(folder, 'manifest.json'), (data) => ((data['cells'] as Record<string, unknown>[])[1]!['id'] = id));
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain('cells.1.id: must be a name of a folder');
  });

  it('that has a cell twice is refused with its place', () => {
    const { folder } = created();
    edit(join(folder, 'manifest.json'), (data) => ((data['cells'] as Record<string, unknown>[])[1]!['id'] = first.id));
    expect(thrownBy(() => ResultSet.open(folder))).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringContaining(`cells.1.id: '${first.id}' is there twice`) });
  });

  it.each(['null', '[]', '7', '"text"', '{}', ''])('that holds %j is refused', (text) => {
    const { folder } = created();
    writeFileSync(join(folder, 'manifest.json'), text);
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(join(folder, 'manifest.json'));
  });

  it('missing is refused with its path', () => {
    const folder = temporaryFolder();
    const error = thrownBy(() => ResultSet.open(folder));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(join(folder, 'manifest.json'));
  });
});

describe('a summary that is not what was written', () => {
  function stored(): { results: ResultSet; path: string } {
    const results = created();
    store(results, 'batching');
    return { results, path: join(results.folder, 'cells', first.id, 'summary.json') };
  }

  it('of a newer schema is refused', () => {
    const { results, path } = stored();
    edit(path, (data) => (data['schema'] = 99));
    expect(thrownBy(() => results.readSummaries())).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: `${path} has schema 99; this version reads up to ${schemaVersion}.` });
  });

  it('cut short is refused with its path', () => {
    const { results, path } = stored();
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
    const error = thrownBy(() => results.readSummaries());
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(`${path} cannot be read: `);
  });

  it('edited by hand is refused with its path and the place', () => {
    const { results, path } = stored();
    edit(path, (data) => (data['invocations'] = { ...(data['invocations'] as object), completed: 'all' }));
    const error = thrownBy(() => results.readSummaries());
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(`${path} is not what was written: invocations.completed: `);
  });

  type Edit = (data: Record<string, Record<string, unknown>>) => void;
  it.each<[string, Edit, string]>([
    ['a count below 0', (data) => (data['invocations']!['completed'] = -1), 'invocations.completed: '],
    ['half an invocation', (data) => (data['invocations']!['arrived'] = 0.5), 'invocations.arrived: '],
    ['a latency below 0', (data) => ((data['latencyMs']!['total'] as Record<string, unknown>)['mean'] = -5), 'latencyMs.total.mean: '],
    ['a percentile below 0', (data) => ((data['latencyMs']!['queue'] as Record<string, unknown>)['p50'] = -0.5), 'latencyMs.queue.p50: '],
    ['no number', (data) => (data['invocations']!['failed'] = null), 'invocations.failed: '],
    ['a number as a text', (data) => (data['cpu']!['coreSeconds'] = '1'), 'cpu.coreSeconds: '],
  ])('with %s is refused with its path and the place', (_, change, place) => {
    const { results, path } = stored();
    edit(path, change as (data: Record<string, unknown>) => void);
    expect(thrownBy(() => results.readSummaries())).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringContaining(`${path} is not what was written: ${place}`) });
  });

  it.each(['NaN', 'Infinity', '1e999', '-'])('with %s for a number is refused with its path', (text) => {
    const { results, path } = stored();
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"wallMs": [\d.]+/, `"wallMs": ${text}`));
    expect(thrownBy(() => results.readSummaries())).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringContaining(path) });
  });
});
