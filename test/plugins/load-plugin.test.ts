import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineScheduler, FbbError, z } from '../../src/index.js';
import { isPluginPath, loadPlugin } from '../../src/plugins/index.js';
import { pluginText, PluginFolder } from './plugin-file.js';

let folder: PluginFolder;

beforeEach(() => {
  folder = new PluginFolder();
});
afterEach(() => folder.remove());

async function refusal(specifier: string): Promise<FbbError> {
  try {
    await loadPlugin(specifier, folder.path);
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

  it('leaves nothing on disk', async () => {
    folder.write('mine.ts', pluginText('mine'));
    await loadPlugin('./mine.ts', folder.path);
    expect(readdirSync(folder.path)).toEqual(['mine.ts']);
    expect(readdirSync(tmpdir())).not.toContain('jiti');
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

  it.each(['1', 'null', '() => 1', '{}'])('because its default export is no definition: %s', async (value) => {
    folder.write('mine.ts', `export default ${value === '{}' ? '({})' : value};\n`);
    expect(await refusal('./mine.ts')).toMatchObject({ code: 'FBB_ERR_PLUGIN_INVALID' });
  });
});

it('a definition of the harness has no problems', () => {
  expect(defineScheduler({ name: 'mine', description: 'one', options: z.strictObject({}), create: () => ({ onArrival: () => undefined }) })).toMatchObject({ requires: [] });
});
