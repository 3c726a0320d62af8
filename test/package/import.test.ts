import { expect, it } from 'vitest';
import { run } from './run.js';

/** Runs a module that imports the package by its name, as a user's scheduler would. */
function script(source: string): ReturnType<typeof run> {
  return run(process.execPath, ['--input-type=module', '--eval', source]);
}

it('is imported by its name without a word', async () => {
  expect(await script("await import('faasbatch-bench')")).toEqual({ code: 0, stdout: '', stderr: '' });
});

it('exports what a scheduler and a reader of results need, and nothing unplanned', async () => {
  const { stdout } = await script("console.log(JSON.stringify(Object.keys(await import('faasbatch-bench')).sort()))");
  expect(JSON.parse(stdout)).toEqual(['ExitCode', 'FbbError', 'defineScheduler', 'latencyPartNames', 'listResultSets', 'readResultSet', 'z']);
});

it('has a defineScheduler that fills in what a plug-in leaves out', async () => {
  const { stdout } = await script("const { defineScheduler } = await import('faasbatch-bench'); console.log(JSON.stringify(defineScheduler({ name: 'mine' })))");
  expect(JSON.parse(stdout)).toMatchObject({ name: 'mine', requires: [], multiplexing: false });
});

it('lets nobody reach behind its main entry', async () => {
  const { code, stderr } = await script("await import('faasbatch-bench/dist/src/core/index.js')");
  expect(code).not.toBe(0);
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
