import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toDataFrame, type DataFrameTable } from '../../src/index.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { storedCells } from './stored-cells.js';

/** A working directory; there is a stand-in for danfo.js that keeps what it was given. */
function workingDirectory(withStandIn: boolean): string {
  const folder = temporaryFolder();
  const home = join(folder, 'node_modules/danfojs-node');
  if (withStandIn) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'index.js'), 'exports.DataFrame = class { constructor(data, { columns }) { this.columns = columns ?? Object.keys(data); this.values = data; } };');
  }
  const spy = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => spy.mockRestore());
  return folder;
}

const results = (): ReturnType<typeof storedCells> =>
  storedCells({ key: { scheduler: 'a' }, files: { 'invocations.csv': 'id,total_ms\n0,1.5\n', 'samples.csv': 't_ms,container\n0,host\n' } }, { key: { scheduler: 'b' }, files: { 'samples.csv': 't_ms,container\n' } });

describe('toDataFrame', () => {
  it('says what to install when danfo.js is not there', async () => {
    workingDirectory(false);
    await expect(toDataFrame(results(), 'summary')).rejects.toMatchObject({ code: 'FBB_ERR_DATAFRAME_MISSING' });
  });

  it.each<[DataFrameTable, object]>([
    ['invocations', { scheduler: ['a'], id: [0], total_ms: [1.5] }],
    ['samples', { scheduler: ['a'], t_ms: [0], container: ['host'] }],
    ['summary', { scheduler: ['a'], valid: [true] }],
  ])('makes a frame of %s with the danfo.js of the working directory', async (table, values) => {
    workingDirectory(true);
    const frame = await toDataFrame(results(), table, { cells: [summaryOf({ cell: { scheduler: 'a' } }).cell.id] });
    expect(frame.columns.slice(0, 5)).toEqual(['experiment', 'workload', 'scheduler', 'repetition', 'cell']);
    expect(frame.values).toMatchObject(values);
  });

  it('names the cells without rows before it looks for danfo.js', async () => {
    workingDirectory(false);
    await expect(toDataFrame(results(), 'invocations')).rejects.toMatchObject({ code: 'FBB_ERR_DATAFRAME_CELLS', message: 'There is no invocations.csv of e2e.icdcs-cpu.b.r1.' });
  });

  it('takes the name of a result set as readResultSet does', async () => {
    await expect(toDataFrame('no-such-set', 'summary')).rejects.toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN' });
  });
});
