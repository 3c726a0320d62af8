import { tmpdir } from 'node:os';
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
  expect(JSON.parse(stdout)).toEqual(['ExitCode', 'FbbError', 'compareResults', 'compareSchedulers', 'defineScheduler', 'latencyPartNames', 'listResultSets', 'readResultSet', 'toDataFrame', 'z']);
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

it('exports by /testkit what tests of a scheduler need', async () => {
  const { code, stdout, stderr } = await script("console.log(JSON.stringify(Object.keys(await import('faasbatch-bench/testkit')).sort()))");
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(['FakeBackend', 'FakeCell', 'FakeClock', 'SchedulerCell', 'anyTrace', 'conformanceRuleNames', 'conformanceTests', 'fakeProfile', 'faultsOf', 'loadPlugin']);
});

it('gives a plug-in the modules that run, not copies of them', async () => {
  const source = `
    import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
    import { FbbError } from 'faasbatch-bench';
    import { loadPlugin } from 'faasbatch-bench/testkit';
    const folder = mkdtempSync('${tmpdir()}/test-fbb-');
    writeFileSync(folder + '/mine.ts', "import { FbbError, z } from 'faasbatch-bench'; export default { name: 'mine', description: 'one', options: z.strictObject({}), create: () => FbbError as never };");
    const { definition } = await loadPlugin('./mine.ts', folder);
    rmSync(folder, { recursive: true });
    console.log(definition.create() === FbbError);`;
  expect(await script(source)).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
});
