import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignsOne, pluginText } from '../plugins/plugin-file.js';
import { Workplace, type BinResult } from './run-bin.js';

const root = join(import.meta.dirname, '../..');
let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

function write(name: string, text: string): void {
  writeFileSync(join(place.folder, name), text);
}

/** Checks a plug-in that must be refused; returns what was said. */
async function refused(text: string, ...args: readonly string[]): Promise<BinResult> {
  write('mine.ts', text);
  const result = await place.run('plugin', 'check', './mine.ts', ...args);
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/'(mine|\.\/mine\.ts)'/);
  expect(result.stdout + result.stderr).not.toContain('    at ');
  return result;
}

describe('plugin check', () => {
  it('is content with the examples, and says a line a rule', async () => {
    for (const example of ['least-loaded', 'shortest-job-first']) {
      const { code, stdout, stderr } = await place.run('plugin', 'check', join(root, 'examples', `${example}.ts`), '--runs', '10');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.slice(0, -1).every((line) => line.startsWith('ok      '))).toBe(true);
      expect(lines.at(-1)).toBe(`Scheduler '${example}' keeps all ${lines.length - 1} rules.`);
    }
    expect(readdirSync(place.temporary)).toEqual([]);
  });

  it('prints JSON, and what the plug-in prints stands on stderr', async () => {
    write('mine.ts', `console.log('hello');\n${pluginText('mine')}`);
    const { code, stdout, stderr } = await place.run('plugin', 'check', './mine.ts', '--json', '--runs', '5');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'hello\n' });
    const { plugin, passed, results } = JSON.parse(stdout) as { plugin: object; passed: boolean; results: { name: string; reason: string | null }[] };
    expect(plugin).toMatchObject({ specifier: './mine.ts', name: 'mine', version: null });
    expect(passed).toBe(true);
    expect(results.every(({ reason }) => reason === null)).toBe(true);
  });

  it('takes options of the scheduler, and refuses those that it does not take', async () => {
    write('mine.ts', pluginText('mine', `if (options.spare !== 3) throw new Error('spare is ' + options.spare); ${assignsOne}`).replace('create: ()', 'create: (options)'));
    for (const set of ['spare=3', 'mine.spare=3']) expect(await place.run('plugin', 'check', './mine.ts', '--set', set, '--runs', '5')).toMatchObject({ code: 0, stderr: '' });
    for (const set of ['spare=many', 'spares=3']) {
      const { code, stderr } = await place.run('plugin', 'check', './mine.ts', '--set', set);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^FBB_ERR_USAGE: Scheduler 'mine' does not take these options: .*spare.*\nIts options and their defaults: spare \(0\)\.\n$/);
    }
    const { stderr } = await place.run('plugin', 'check', './mine.ts', '--set', 'spare', '--set', 'spare=[3]', '--set', 'spare=');
    expect(stderr).toContain("FBB_ERR_OPTION_INVALID: 3 problems with --set:\n  --set spare: must have the form option=value\n  --set spare=[3]: the value must be a number");
    expect(stderr).toContain('  --set spare=: has no value');
  });

  it.each([
    ['there is no file', undefined, 'FBB_ERR_PLUGIN_NOT_FOUND'],
    ['it throws when it is loaded', "throw new Error('so what');", 'FBB_ERR_PLUGIN_LOAD'],
    ['it cannot be parsed', 'const a: = 1;', 'FBB_ERR_PLUGIN_LOAD'],
    ['it has no default export', 'export const mine = 1;', 'FBB_ERR_PLUGIN_INVALID'],
    ['it has the wrong shape', "export default { name: 'mine' };", 'FBB_ERR_PLUGIN_INVALID'],
  ])('ends with 2 and a sentence when %s', async (_what, text, code) => {
    const { stderr, stdout } = text === undefined ? await place.run('plugin', 'check', './mine.ts') : await refused(text);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^${code}: .*'\\./mine\\.ts'.*\\.\\n.+\\n$`));
  });

  it.each([
    ['throws in a hook', "throw new Error('oh no');", "Scheduler 'mine' threw in onArrival: oh no ("],
    ['assigns twice', assignsOne + assignsOne, "Scheduler 'mine' made a wrong assign: invocation 0 is already assigned."],
    ['never rests', 'const again = () => { ctx.setTimer(0, again); }; again();', "Scheduler 'mine' made a wrong setTimer: 1000 timers of less than 1 ms in a row"],
    ['reads the clock', `if (Date.now() > 0) { ${assignsOne} }`, "Scheduler 'mine' used Date.now() in onArrival; "],
    ['ends the process', 'process.exit(0);', "Scheduler 'mine' ended the thread in which it was checked; a scheduler must not call process.exit."],
    ['throws later', `Promise.reject(new Error('nobody waits')); ${assignsOne}`, "Scheduler 'mine' threw outside of its hooks: nobody waits."],
  ])('ends with 2, a sentence and a small trace when it %s', async (_what, onArrival, sentence) => {
    const { stdout, stderr } = await refused(pluginText('mine', onArrival), '--runs', '10');
    expect(stdout).toContain(`\n        ${sentence}`);
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_CHECK: Scheduler 'mine' of plug-in '\.\/mine\.ts' breaks \d+ of \d+ rules(; \d+ were not tried)?\.\n/);
  });

  it('does not hang when a hook never returns', async () => {
    const { stdout } = await refused(pluginText('mine', 'for (;;);'));
    expect(stdout).toMatch(/Scheduler 'mine' did not return from onArrival within \d+ s of CPU time; is there an endless loop\?\n/);
  }, 60_000);

  it('says at once that loading can never end', async () => {
    const { stderr } = await refused(`await new Promise(() => undefined);\n${pluginText('mine')}`);
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_LOAD: Plug-in '\.\/mine\.ts' never finishes loading: an await at its top level waits for what cannot come any more\.\n/);
  });

  it('tells once that an option has no default, and tries no rule that needs it', async () => {
    const { stdout, stderr } = await refused(pluginText('mine').replace('.default(0)', ''), '--runs', '5');
    expect(stdout.match(/^FAILED .*\n.*$/gm)).toEqual(["FAILED  has a default for each option\n        Scheduler 'mine' has options without a default: spare."]);
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_CHECK: Scheduler 'mine' of plug-in '\.\/mine\.ts' breaks 1 of 15 rules; 12 were not tried\.\n/);
  });

  it('does not hang when loading never ends', async () => {
    const { stderr } = await refused(`await new Promise(() => setInterval(() => undefined, 1000));\n${pluginText('mine')}`, '--time-limit', '2');
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_LOAD: Plug-in '\.\/mine\.ts' was not loaded within \d+ s;/);
  });
});

describe('suite and plugin check, with a plug-in that cannot be used', () => {
  it.each([
    ['has an option that is no scalar', pluginText('mine').replace('z.number().default(0)', 'z.bigint().default(1n)'), /^FBB_ERR_PLUGIN_INVALID: .*option 'spare' is a bigint by default\. /],
    ['has options of another library', pluginText('mine').replace(/z\.strictObject\(.*\),/, '{ safeParse: () => ({ success: true, data: {} }) } as never,'), /^FBB_ERR_PLUGIN_INVALID: .*not one of zod 4/],
    ['throws and leaves a timer', "setInterval(() => undefined, 1000);\nthrow new Error('so what');", /^FBB_ERR_PLUGIN_LOAD: .*mine\.ts:2 so what\.\n/],
  ])('say the same of one that %s, and end with 2', async (_what, text, sentence) => {
    const { stderr } = await refused(text);
    expect(stderr).toMatch(sentence);
    expect(await place.run('suite', 'icdcs', '--scheduler', './mine.ts', '--out', place.out)).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });

  it.each([
    ['ends the process', 'process.exit(0);', 'it ended the process; a plug-in must not call process.exit.'],
    ['throws later', "setTimeout(() => { throw new Error('so what'); }, 1);\nawait new Promise(() => undefined);", 'mine.ts:3 so what.'],
  ])('say so when it %s while it is loaded', async (_what, text, sentence) => {
    write('mine.ts', `${text}\n${pluginText('mine')}`);
    const { code, stdout, stderr } = await place.run('suite', 'icdcs', '--scheduler', './mine.ts', '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_LOAD: .*\n.*\.\n$/);
    expect(stderr).toContain(`Plug-in './mine.ts' could not be loaded: ${sentence}\n`);
  });
});

describe('plugin new', () => {
  /** What npm install would do, without a registry. */
  function install(folder: string): void {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    symlinkSync(root, join(modules, 'faasbatch-bench'));
    symlinkSync(join(root, 'node_modules/typescript'), join(modules, 'typescript'));
    symlinkSync('../typescript/bin/tsc', join(modules, '.bin/tsc'));
  }

  function npm(folder: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      execFile('npm', [...args], { cwd: folder, timeout: 60_000, env: { ...process.env, NODE_TEST_CONTEXT: undefined } }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : -1, output: stdout + stderr }));
    });
  }

  it('makes a folder whose tests pass', async () => {
    const { code, stdout, stderr } = await place.run('plugin', 'new', 'my-policy');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npm install');
    const folder = join(place.folder, 'my-policy');
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'package.json', 'scheduler.test.mjs', 'scheduler.ts', 'suite.yaml', 'tsconfig.json']);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\{\{|\}\}\w|undefined/);
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({ name: 'my-policy', dependencies: { 'faasbatch-bench': `file:${root}` } });
    install(folder);
    const { code: tested, output } = await npm(folder, 'test');
    expect({ tested, output: tested === 0 ? '' : output }).toEqual({ tested: 0, output: '' });
    expect(output).toMatch(/pass 1[0-9]\n/);
    expect(await place.run('plugin', 'check', './my-policy/scheduler.ts', '--runs', '10')).toMatchObject({ code: 0, stderr: '' });
  }, 90_000);

  it('puts it where --into says', async () => {
    await place.run('plugin', 'new', 'mine', '--into', 'deep/down');
    expect(readdirSync(join(place.folder, 'deep/down/mine'))).toContain('scheduler.ts');
  });

  it.each(['My-Policy', 'my_policy', '../mine', '', '1st', 'a--b', 'baseline', 'x'.repeat(61)])("refuses the name '%s'", async (name) => {
    const { code, stderr } = await place.run('plugin', 'new', name);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FBB_ERR_PLUGIN_NEW: .+\n.+\.\n$/);
    expect(readdirSync(place.folder)).toEqual(['t']);
  });

  it('writes into no folder that holds something, and over no file', async () => {
    mkdirSync(join(place.folder, 'full/mine'), { recursive: true });
    writeFileSync(join(place.folder, 'full/mine/notes.txt'), 'dear diary');
    writeFileSync(join(place.folder, 'mine'), 'a file');
    mkdirSync(join(place.folder, 'empty/mine'), { recursive: true });
    for (const into of ['full', '.']) expect(await place.run('plugin', 'new', 'mine', '--into', into)).toMatchObject({ code: 2, stderr: expect.stringContaining('FBB_ERR_PLUGIN_NEW') as string });
    expect(readdirSync(join(place.folder, 'full/mine'))).toEqual(['notes.txt']);
    expect(await place.run('plugin', 'new', 'mine', '--into', 'empty')).toMatchObject({ code: 0 });
  });
});
