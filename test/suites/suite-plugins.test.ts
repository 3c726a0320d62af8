import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FbbError } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { loadSuitePlugins, PluginSchedulers, readSuiteFile, type Suite } from '../../src/suites/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { names } from './suite-names.js';
import { suiteFile } from './write-suite.js';

/** Writes a plug-in whose only option is a number; returns its path. */
function writePlugin(folder: string, file: string, name: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `import { defineScheduler, z } from 'faasbatch-bench';
export default defineScheduler({ name: '${name}', description: 'd', options: z.strictObject({ spare: z.number().default(1) }), create: () => ({ onArrival() {} }) });\n`,
  );
  return path;
}

async function read(path: string): Promise<{ suite: Suite; plugins: PluginSchedulers }> {
  const schedulers = builtinSchedulers();
  const plugins = new PluginSchedulers(schedulers);
  const mentions = await loadSuitePlugins(path, schedulers, plugins);
  return { suite: readSuiteFile(path, { ...names, schedulers, mentions }), plugins };
}

async function rejection(attempt: Promise<unknown>): Promise<FbbError> {
  const thrown: unknown = await attempt.then(() => undefined, (error: unknown) => error);
  if (thrown instanceof FbbError) return thrown;
  throw new Error('It was not rejected with an error of ours.', { cause: thrown });
}

function suiteNaming(...schedulers: string[]): string {
  return suiteFile('name: s', 'base: vanilla', 'experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers:', ...schedulers.map((entry) => `      - ${entry}`));
}

describe('a suite that names plug-ins', () => {
  it('has them by the names of their schedulers, whether named by path or by package, with options or without', async () => {
    const path = suiteNaming('vanilla', './mine.ts', '{ name: ./lib/other.ts, options: { spare: 5 } }', "'@me/packed'");
    writePlugin(dirname(path), 'mine.ts', 'mine');
    writePlugin(dirname(path), 'lib/other.ts', 'other');
    const folder = join(dirname(path), 'node_modules/@me/packed');
    writePlugin(folder, 'index.mjs', 'packed');
    writeFileSync(join(folder, 'package.json'), '{ "name": "@me/packed", "version": "1.2.3", "exports": "./index.mjs" }');
    const { suite, plugins } = await read(path);
    expect(suite.experiments['one']?.schedulers).toEqual([
      { name: 'vanilla', options: {} }, { name: 'mine', options: {} }, { name: 'other', options: { spare: 5 } }, { name: 'packed', options: {} },
    ]);
    expect(plugins.get('packed')).toMatchObject({ specifier: '@me/packed', version: '1.2.3' });
    expect(plugins.get('mine')?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(plugins.get('vanilla')).toBeUndefined();
  });

  it('may have one for its base, by path', async () => {
    const path = suiteNaming('./mine.ts');
    writeFileSync(path, readFileSync(path, 'utf8').replace('base: vanilla', 'base: ./mine.ts'));
    writePlugin(dirname(path), 'mine.ts', 'mine');
    expect((await read(path)).suite.base).toBe('mine');
  });

  it('is told of plug-ins that are not there or cannot be loaded, and of options that do not fit, each with its place', async () => {
    const path = suiteNaming('./gone.ts', './broken.ts', '{ name: ./mine.ts, options: { spare: many } }', "'@me/gone'", 'nobody');
    writePlugin(dirname(path), 'mine.ts', 'mine');
    writeFileSync(join(dirname(path), 'broken.ts'), 'export const x = 1;\n');
    const { code, message } = await rejection(read(path));
    expect(code).toBe('FBB_ERR_SUITE_INVALID');
    expect(message.split('\n').slice(1).map((line) => line.slice(`  ${path}:`.length))).toEqual([
      expect.stringMatching(/^7:9 experiments\.one\.schedulers\.0: FBB_ERR_PLUGIN_NOT_FOUND: /),
      expect.stringMatching(/^8:9 experiments\.one\.schedulers\.1: FBB_ERR_PLUGIN_INVALID: /),
      expect.stringMatching(/^10:9 experiments\.one\.schedulers\.3: there is no scheduler '@me\/gone' and no package of this name is installed; there are: /),
      expect.stringMatching(/^11:9 experiments\.one\.schedulers\.4: there is no scheduler 'nobody'; there are: .*continuous, mine$/),
      expect.stringMatching(/^9:46 experiments\.one\.schedulers\.2\.options\.spare: .*expected number/),
    ]);
  });

  it('names one file twice and has one scheduler', async () => {
    const path = suiteNaming('./mine.ts', '{ name: ./lib/../mine.ts, options: { spare: 2 } }');
    writePlugin(dirname(path), 'mine.ts', 'mine');
    mkdirSync(join(dirname(path), 'lib'));
    expect((await read(path)).suite.experiments['one']?.schedulers.map(({ name }) => name)).toEqual(['mine', 'mine']);
  });
});

describe('the name of a plug-in', () => {
  it('must not be that of a built-in scheduler', async () => {
    const folder = temporaryFolder();
    writePlugin(folder, 'mine.ts', 'vanilla');
    const error = await rejection(new PluginSchedulers(builtinSchedulers()).add('./mine.ts', folder));
    expect(error).toMatchObject({ code: 'FBB_ERR_PLUGIN_NAME', exitCode: 2, message: "The scheduler of plug-in './mine.ts' is named 'vanilla', and so is the built-in scheduler 'vanilla'." });
  });

  it('must not be that of another plug-in', async () => {
    const folder = temporaryFolder();
    for (const file of ['a.ts', 'b.ts']) writePlugin(folder, file, 'mine');
    const error = await rejection(new PluginSchedulers(builtinSchedulers()).addAll(['./a.ts', './b.ts'], folder));
    expect(error.message).toBe("The schedulers of the plug-ins './a.ts' and './b.ts' are both named 'mine'.");
  });
});

it('a built-in scheduler that is named as a plug-in is told to be built in', async () => {
  const error = await rejection(new PluginSchedulers(builtinSchedulers()).addAll(['vanilla'], temporaryFolder()));
  expect(error).toMatchObject({ code: 'FBB_ERR_PLUGIN_NOT_FOUND', message: "Scheduler 'vanilla' is built in and no plug-in.", fix: 'Use --schedulers vanilla, or name it in the suite.' });
});

it('several plug-ins that cannot be added are told at once', async () => {
  const error = await rejection(new PluginSchedulers(builtinSchedulers()).addAll(['./a.ts', './b.ts'], temporaryFolder()));
  expect(error.code).toBe('FBB_ERR_PLUGIN_NOT_FOUND');
  expect(error.message).toMatch(/'\.\/a\.ts'.*\n.*'\.\/b\.ts'/);
});
