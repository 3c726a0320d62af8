import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FbbError } from '../../src/core/index.js';
import { ResultSet, schemaVersion } from '../../src/results/index.js';
import { FakeCell } from '../../src/testkit/index.js';
import { anyTrace, anyTroubles, troubledBackend } from '../../src/testkit/random-cells.js';
import { verifyResults } from '../../src/verify/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { ErraticScheduler } from '../support/erratic-scheduler.js';
import { runs } from '../support/property-runs.js';
import { editManifest, first, measureSet, problemsOf, second, useMeasuredSet } from './measured-set.js';
import { storeFakeCell } from './troubled-set.js';

const set = useMeasuredSet();

describe('a result set that is whole', () => {
  it('has no problem, and nothing to know', () => {
    const folder = set.copy();
    expect(verifyResults(folder)).toEqual({ id: manifestOf().id, folder, checked: 2, cells: 2, files: 10, rows: 120, problems: [], notes: [] });
  });

  it.each([{ maxContainers: 2 }, { rows: false }])('has none with %j', async (options) => {
    const { folder } = await measureSet(temporaryFolder(), options);
    const found = verifyResults(folder);
    expect(found).toMatchObject({ problems: [], notes: [], rows: options.rows === false ? 0 : 120 });
  });

  it('has none whatever went wrong while it was measured: containers and launches that were lost, retries, failures, silence, a cap', () => {
    const below = temporaryFolder();
    let made = 0;
    let [retried, failed, timedOut, capped] = [0, 0, 0, 0];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), anyTroubles, anyTrace(['f', 'g']), fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), (seed, troubles, trace, maxContainers) => {
        const cell = new FakeCell({ ...troubledBackend(seed, troubles), scheduler: new ErraticScheduler(seed), maxContainers, timeoutMs: 500 });
        const out = join(below, `${made++}`);
        const results = storeFakeCell(out, cell, trace);
        const { invocations } = results.readSummaries()[0]!;
        retried += invocations.retried;
        failed += invocations.failed;
        timedOut += invocations.timedOut;
        capped += cell.engine.cap?.launchesWaited ?? 0;
        expect(problemsOf(verifyResults(results.folder))).toEqual([]);
      }),
      runs(50),
    );
    expect(Math.min(retried, failed, timedOut, capped)).toBeGreaterThan(0);
  });

  it('has none when a cell was cut short and invocations were rejected whose containers had no place yet', () => {
    const cell = new FakeCell({ scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') }, maxContainers: 1 });
    cell.clock.setTimer(150, () => cell.engine.fail(new FbbError('FBB_ERR_BACKEND_FAILED', 'it was told to fail')));
    const results = storeFakeCell(temporaryFolder(), cell, Array.from({ length: 5 }, (_item, index) => ({ intendedMs: 10 * index, functionId: 'f' })));
    expect(results.readSummaries()[0]!).toMatchObject({ invocations: { arrived: 5, completed: 1, rejected: 4 }, containers: { cap: { max: 1 } } });
    expect(problemsOf(verifyResults(results.folder))).toEqual([]);
  });
});

describe('a result set that has not come to its end', () => {
  it('is told with its cells, and they are no problem', () => {
    const folder = set.copy();
    rmSync(join(folder, 'cells', second), { recursive: true });
    const results = ResultSet.open(folder);
    results.setCellStatus(second, 'interrupted');
    results.setStatus('interrupted');
    expect(verifyResults(folder)).toMatchObject({ checked: 1, cells: 2, rows: 60, problems: [], notes: [`1 of 2 cells have not finished: ${second} (interrupted)`] });
  });

  it('is checked where results of a cell are there that the manifest does not tell of yet', () => {
    const folder = set.copy();
    ResultSet.open(folder).setCellStatus(second, 'pending');
    ResultSet.open(folder).setStatus('running');
    const { checked, problems, notes } = verifyResults(folder);
    expect({ checked, problems }).toEqual({ checked: 2, problems: [] });
    expect(notes).toEqual([`${second} is pending in the manifest; results of it are there, and were checked`, 'the run is going on, or was killed', `1 of 2 cells have not finished: ${second} (pending)`]);
  });
});

it('a result set of an earlier version has no checksums, which is told and no problem, unless another cell has them', () => {
  const folder = set.copy();
  rmSync(join(folder, 'cells', first, 'SHA256SUMS'));
  expect(problemsOf(verifyResults(folder))).toEqual([`cells/${first}/SHA256SUMS: is missing, and other cells have theirs`]);
  rmSync(join(folder, 'cells', second, 'SHA256SUMS'));
  expect(verifyResults(folder)).toMatchObject({ files: 0, problems: [], notes: ['no checksums (written by an earlier version): 2 cells'] });
});

it('a result set that was imported may have figures alone, of which only counts can be added up again', () => {
  const backend = 'artifact';
  const results = ResultSet.create(temporaryFolder(), manifestOf({ backend, settings: { ...manifestOf().settings, rows: false }, cells: [manifestCellOf({ status: 'valid' })] }));
  const summary = { ...summaryOf({ total: { mean: 3, p50: 2 } }), backend };
  results.cellWriter(summary.cell.id, false).finish(summary, '');
  for (const name of ['containers.csv', 'total.hgrm', 'SHA256SUMS']) rmSync(join(results.folder, 'cells', summary.cell.id, name));
  expect(verifyResults(results.folder)).toMatchObject({ checked: 1, problems: [], notes: ['the results are imported: only their counts can be added up again', 'no checksums (written by an earlier version): 1 cells'] });
});

describe('a manifest', () => {
  it('of a newer version is told as such, and nothing else is looked at', () => {
    const folder = set.copy();
    editManifest(folder, (manifest) => ((manifest as { schema: number }).schema = schemaVersion + 1));
    expect(verifyResults(folder)).toMatchObject({ id: 'copied', checked: 0, problems: [{ file: 'manifest.json', place: null, what: `has schema ${schemaVersion + 1}; this version reads up to ${schemaVersion}` }] });
  });

  it('whose parts do not fit together is told place by place', () => {
    const out = temporaryFolder();
    const { folder } = ResultSet.create(out, manifestOf({ cells: [manifestCellOf({ workload: 'none', scheduler: 'mine' }), manifestCellOf({ workloadHash: 'other' })] }));
    expect(problemsOf(verifyResults(folder))).toEqual([
      "manifest.json, cells.0.workload: e2e.none.mine.r1 is of workload 'none', which 'workloads' does not have",
      "manifest.json, cells.0.scheduler: e2e.none.mine.r1 is of scheduler 'mine', which 'schedulers' does not have",
      "manifest.json, cells.1.workloadHash: e2e.icdcs-cpu.baseline.r1 has other, and 'workloads' has w for 'icdcs-cpu'",
      'manifest.json, status: it is complete, and 2 of 2 cells are pending',
    ]);
  });

  it('of a run whose repetitions were drawn anew has other work in the later ones', () => {
    const { selection } = manifestOf();
    const cells = [manifestCellOf(), manifestCellOf({ repetition: 2, workloadHash: 'other' })];
    const { folder } = ResultSet.create(temporaryFolder(), manifestOf({ status: 'interrupted', cells, selection: { ...selection, repeat: 2, reseed: true } }));
    expect(verifyResults(folder).problems).toEqual([]);
  });

  it('that is not there is told, and no error is thrown', () => {
    expect(problemsOf(verifyResults(temporaryFolder()))).toEqual([expect.stringMatching(/^manifest\.json: cannot be read: ENOENT/)]);
  });
});
