import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineScheduler, FbbError, z } from '../../src/index.js';
import { isPluginPath, loadPlugin } from '../../src/plugins/index.js';
import { FakeClock } from '../../src/testkit/index.js';
import { pluginText, PluginFolder } from './plugin-file.js';

let folder: PluginFolder;

beforeEach(() => {
  folder = new PluginFolder();
});
afterEach(() => folder.remove());

async function refusal(specifier: string, clock = new FakeClock()): Promise<FbbError> {
  try {
    await loadPlugin(specifier, folder.path, clock);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FbbError);
    const error = thrown as FbbError;
    expect(error.message).toContain(`'${specifier}'`);
    expect(error.message).toMatch(/^[^\n]+\.$/);
    expect(error.message).not.toContain('    at ');
    return error;
  }
  throw new Error(`${specifier} was loaded`);
}

it.each<[string, boolean]>([
  ['./mine.ts', true], ['../mine', true], ['/abs/mine.js', true], ['mine.ts', true], ['mine.mts', true], ['mine.cjs', true],
  ['baseline', false], ['batching-expanding', false], ['@me/my-policy', false], ['my-policy.json', false],
])('%s is a path: %s', (name, path) => {
  expect(isPluginPath(name)).toBe(path);
});

describe('a plug-in', () => {
  it('is loaded from TypeScript, with files of its own and this very package', async () => {
    folder.write('choose.ts', "import { FbbError, type Container, type PoolView } from 'faasbatch-bench';\nexport const newest = ({ idle }: PoolView): Container | undefined => idle.at(-1);\nexport const error = FbbError;\n");
    folder.write('mine.ts', pluginText('mine').replace("'faasbatch-bench';", "'faasbatch-bench';\nimport { newest, error } from './choose.js';\nexport { defineScheduler, z, error };").replace('ctx.pool(invocation.functionId).idle.at(-1)', 'newest(ctx.pool(invocation.functionId))'));
    const { definition, ...rest } = await loadPlugin('./mine.ts', folder.path);
    expect(definition).toMatchObject({ name: 'mine', requires: [], multiplexing: false });
    expect(definition.options).toBeInstanceOf(z.ZodObject);
    expect(rest).toEqual({ specifier: './mine.ts', path: join(folder.path, 'mine.ts'), version: null, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it.each([
    ['mine.mjs', pluginText('mine')],
    ['mine.js', pluginText('mine')],
    ['mine.mts', pluginText('mine')],
    ['mine.cjs', pluginText('mine').replace("import { defineScheduler, z } from 'faasbatch-bench'", "const { defineScheduler, z } = require('faasbatch-bench')").replace('export default', 'module.exports.default =')],
  ])('may be %s', async (name, text) => {
    folder.write(name, text);
    expect((await loadPlugin(`./${name}`, folder.path)).definition.name).toBe('mine');
  });

  it('may be the plain object that defineScheduler is given', async () => {
    folder.write('mine.ts', pluginText('mine').replace('defineScheduler({', '({'));
    expect((await loadPlugin('./mine.ts', folder.path)).definition).toMatchObject({ name: 'mine', requires: [], multiplexing: false });
  });

  it('may import the testkit', async () => {
    folder.write('mine.ts', `import { FakeClock } from 'faasbatch-bench/testkit';\nexport const clock = new FakeClock();\n${pluginText('mine')}`);
    expect((await loadPlugin('./mine.ts', folder.path)).definition.name).toBe('mine');
  });

  it('may be a package that is installed', async () => {
    folder.write('node_modules/my-policy/package.json', JSON.stringify({ name: 'my-policy', version: '1.2.3', type: 'module', exports: './index.js' }));
    folder.write('node_modules/my-policy/index.js', pluginText('mine'));
    expect(await loadPlugin('my-policy', folder.path)).toMatchObject({ definition: { name: 'mine' }, specifier: 'my-policy', version: '1.2.3' });
  });

  it('may have options of any kind that can be set, with a default or without', async () => {
    const options = "a: z.number(), b: z.union([z.number(), z.literal('auto')]).default('auto'), c: z.enum(['x', 'y']).default('x'), d: z.boolean().optional(), e: z.string().transform(Number).default(5)";
    folder.write('mine.ts', pluginText('mine').replace('spare: z.number().default(0)', options));
    expect((await loadPlugin('./mine.ts', folder.path)).definition.options.safeParse({ a: 1 }).data).toEqual({ a: 1, b: 'auto', c: 'x', e: 5 });
  });

  it('leaves no timer and no listener behind', async () => {
    folder.write('mine.ts', pluginText('mine'));
    const clock = new FakeClock();
    const listeners = (): number[] => ['exit', 'uncaughtException'].map((event) => process.listenerCount(event));
    const before = listeners();
    await loadPlugin('./mine.ts', folder.path, clock);
    expect([clock.pending(), ...listeners()]).toEqual([0, ...before]);
  });

  it('leaves nothing on disk', async () => {
    // Of this test alone: others have theirs in the folder of all.
    const temporary = new PluginFolder();
    vi.stubEnv('TMPDIR', temporary.path);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      temporary.remove();
    });
    folder.write('mine.ts', pluginText('mine'));
    await loadPlugin('./mine.ts', folder.path);
    expect(readdirSync(folder.path)).toEqual(['mine.ts']);
    expect(readdirSync(temporary.path)).toEqual([]);
  });
});

describe('the hash of a plug-in', () => {
  const hashOf = async (): Promise<string> => (await loadPlugin('./mine.ts', folder.path)).hash;

  it('changes with its file and with what it imports, also indirectly, and with nothing else', async () => {
    folder.write('mine.ts', `import './one.js';\n${pluginText('mine')}`);
    folder.write('one.ts', "export { two } from './deep/two';\n");
    folder.write('deep/two.ts', 'export const two = 2;\n');
    const first = await hashOf();
    folder.write('other.ts', 'export {};\n');
    expect(await hashOf()).toBe(first);
    folder.write('deep/two.ts', 'export const two = 3;\n');
    const second = await hashOf();
    expect(second).not.toBe(first);
    folder.write('mine.ts', `import './one.js';\n${pluginText('mine')}\n`);
    expect(await hashOf()).not.toBe(second);
  });

  it('does not depend on where it lies', async () => {
    folder.write('mine.ts', `import './one.js';\n${pluginText('mine')}`);
    folder.write('one.ts', 'export {};\n');
    folder.write('copy/mine.ts', `import './one.js';\n${pluginText('mine')}`);
    folder.write('copy/one.ts', 'export {};\n');
    expect((await loadPlugin('./copy/mine.ts', folder.path)).hash).toBe(await hashOf());
  });
});

describe('a plug-in that cannot be used', () => {
  it('because there is no file', async () => {
    expect(await refusal('./gone.ts')).toMatchObject({ code: 'FBB_ERR_PLUGIN_NOT_FOUND', message: expect.stringContaining(`${folder.path}/gone.ts does not exist`) as string });
    folder.write('folder/mine.ts', pluginText('mine'));
    expect(await refusal('./folder')).toMatchObject({ code: 'FBB_ERR_PLUGIN_NOT_FOUND' });
  });

  it.each(['no-such-package', 'node:fs', 'fs'])('because there is no package: %s', async (name) => {
    expect(await refusal(name)).toMatchObject({ code: 'FBB_ERR_PLUGIN_NOT_FOUND' });
  });

  it('because its package names a file that is not there', async () => {
    folder.write('node_modules/my-policy/package.json', JSON.stringify({ name: 'my-policy', exports: './gone.js' }));
    expect(await refusal('my-policy')).toMatchObject({ code: 'FBB_ERR_PLUGIN_NOT_FOUND' });
  });

  it.each([
    ['a syntax error', 'const a = 1;\nconst b: = 2;\n', /mine\.ts:2:\d+ Unexpected token/],
    ['an error in what it does when loaded', '\nthrow new Error("so what.");\n', /mine\.ts:2 so what\.$/],
    ['something that is not there', "import { x } from './nowhere.js';\nexport default x;\n", /Cannot find module '\.\/nowhere\.js'/],
    ['a package that is not there', "import { x } from 'no-such-package';\nexport default x;\n", /Cannot find module 'no-such-package'/],
  ])('because of %s', async (_what, text, sentence) => {
    folder.write('mine.ts', text);
    const { code, message } = await refusal('./mine.ts');
    expect(code).toBe('FBB_ERR_PLUGIN_LOAD');
    expect(message).toMatch(sentence);
  });

  it('because of a syntax error in a file that it imports', async () => {
    folder.write('mine.ts', `import './one.js';\n${pluginText('mine')}`);
    folder.write('one.ts', '\n\nlet 3;\n');
    expect((await refusal('./mine.ts')).message).toMatch(/ one\.ts:3:\d+ /);
  });

  it('because nothing is exported by default', async () => {
    folder.write('mine.ts', 'export const policy = 1;\nexport const other = 2;\n');
    expect(await refusal('./mine.ts')).toMatchObject({ code: 'FBB_ERR_PLUGIN_INVALID', message: expect.stringContaining('has no default export; it exports other, policy by name.') as string });
    folder.write('none.ts', 'const policy = 1;\nvoid policy;\n');
    expect((await refusal('./none.ts')).message).toContain('it exports nothing');
  });

  it('because of its shape: all that is wrong at once', async () => {
    folder.write('mine.ts', "export default { name: 'My Policy', options: { a: 1 }, requires: ['gpu'], multiplexing: 'yes', profileOf: 7, serviceSliceMs: 5, create: 1 };\n");
    const { code, message } = await refusal('./mine.ts');
    expect(code).toBe('FBB_ERR_PLUGIN_INVALID');
    for (const problem of ['name is "My Policy"', 'description is not', 'options is not a zod schema', "requires names 'gpu'", 'the capabilities are: cpu-class', 'multiplexing is neither', 'profileOf is not', 'serviceSliceMs is not a function', 'create is not a function']) expect(message).toContain(problem);
  });

  it('because of options of another library, or of zod 3', async () => {
    folder.write('mine.ts', pluginText('mine').replace(/options: .*,\n/, 'options: { safeParse: () => ({ success: true, data: {} }), parse: () => ({}) } as never,\n'));
    expect(await refusal('./mine.ts')).toMatchObject({ code: 'FBB_ERR_PLUGIN_INVALID', message: expect.stringContaining('options is a schema, but not one of zod 4') as string });
  });

  it.each([
    ['a bigint', 'z.bigint().default(1n)', "option 'spare' is a bigint by default"],
    ['a list', 'z.array(z.number()).default([])', "option 'spare' is a list"],
    ['an object', 'z.strictObject({ a: z.number() }).default({ a: 1 })', "option 'spare' is an object"],
    ['a date', 'z.date().default(() => new Date(0))', "option 'spare' is a date by default"],
    ['null', 'z.number().nullable().default(null)', "option 'spare' is null by default"],
    ['a number without end', 'z.number().default(Infinity)', "option 'spare' is Infinity by default"],
    ['something else than was given', 'z.string().transform((text) => new Set(text)).optional()', `option 'spare' is an object when given as "text"`],
    ['checked asynchronously', 'z.number().refine(async () => true).default(1)', "option 'spare' cannot be checked when given as 1: a check is asynchronous"],
    ['checked by what throws', 'z.string().refine((text) => JSON.parse(text)).default("1")', `option 'spare' cannot be checked when given as "text": `],
    ['a bigint beside one that must be given', 'z.bigint().default(1n), must: z.number()', "option 'spare' is a bigint by default"],
    ['of a default that throws', 'z.number().default(() => { throw new Error("oh no"); })', "option 'spare' cannot be described: oh no"],
    ['of a fallback that throws', 'z.number().catch(({ value }) => value.length)', "option 'spare' cannot be checked: Cannot read"],
  ])('because an option is %s', async (_what, option, problem) => {
    folder.write('mine.ts', pluginText('mine').replace('z.number().default(0)', option));
    const { code, message } = await refusal('./mine.ts');
    expect(code).toBe('FBB_ERR_PLUGIN_INVALID');
    expect(message).toContain(`Scheduler 'mine' has options that cannot be used: ${problem}`);
    expect(message).toMatch(/\. Options are numbers, texts, true or false\.$/);
  });

  it('because its options are wrong together', async () => {
    folder.write('mine.ts', pluginText('mine').replace('default(0) })', 'default(0) }).refine(async () => true)'));
    expect((await refusal('./mine.ts')).message).toContain('they cannot be checked: a check is asynchronous');
    folder.write('other.ts', pluginText('mine').replace('default(0) })', 'default(0) }).transform(() => 5)'));
    expect((await refusal('./other.ts')).message).toContain('they become 5 and not an object');
  });

  it('because its options are wrong together, though one must be given', async () => {
    folder.write('mine.ts', pluginText('mine').replace('.default(0) })', ' }).refine(async () => true)'));
    expect((await refusal('./mine.ts')).message).toContain('they cannot be checked: a check is asynchronous');
  });

  it('because it waits at its top level for what never comes', async () => {
    folder.write('mine.ts', `await new Promise(() => undefined);\n${pluginText('mine')}`);
    const clock = new FakeClock();
    const refused = refusal('./mine.ts', clock);
    await expect.poll(() => clock.pending()).toBe(1);
    clock.advance(30_000);
    expect(await refused).toMatchObject({ code: 'FBB_ERR_PLUGIN_LOAD', message: "Plug-in './mine.ts' could not be loaded: it still waits at its top level after 30 s, for something that may never come." });
  });

  it.each(['1', 'null', '() => 1', '{}'])('because its default export is no definition: %s', async (value) => {
    folder.write('mine.ts', `export default ${value === '{}' ? '({})' : value};\n`);
    expect(await refusal('./mine.ts')).toMatchObject({ code: 'FBB_ERR_PLUGIN_INVALID' });
  });
});

it('a definition of the harness has no problems', () => {
  expect(defineScheduler({ name: 'mine', description: 'one', options: z.strictObject({}), create: () => ({ onArrival: () => undefined }) })).toMatchObject({ requires: [] });
});
