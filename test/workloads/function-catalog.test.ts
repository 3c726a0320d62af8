import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FbbError } from '../../src/core/index.js';
import { readFunctionFolders } from '../../src/workloads/index.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { functionsFolder } from '../runtime/built-programs.js';

const good = { name: 'greet', description: 'says hello', kind: 'io', handler: './handler.cjs', timeoutMs: 1_000 };

/** A folder of functions; a manifest that is a text is written as it is. */
function rootWith(manifests: Readonly<Record<string, unknown>>): string {
  const root = temporaryFolder();
  for (const [name, manifest] of Object.entries(manifests)) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'handler.cjs'), '');
    if (manifest !== undefined) writeFileSync(join(root, name, 'manifest.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  }
  return root;
}

function refusalOf(root: string): FbbError {
  try {
    readFunctionFolders(root);
  } catch (thrown) {
    if (thrown instanceof FbbError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

it('finds the functions that ship with the harness', () => {
  expect(readFunctionFolders(functionsFolder)).toMatchObject([
    { name: 'blob-couchdb', kind: 'io', handlerPath: join(functionsFolder, 'blob-couchdb/handler.cjs'), needs: ['couchdb'] },
    { name: 'fib', kind: 'cpu', handlerPath: join(functionsFolder, 'fib/handler.cjs'), needs: [] },
    { name: 'kv-redis', kind: 'io', handlerPath: join(functionsFolder, 'kv-redis/handler.cjs'), needs: ['redis'] },
    { name: 'kv-redis-plain', kind: 'io', handlerPath: join(functionsFolder, 'kv-redis-plain/handler.cjs'), needs: ['redis'], share: [{ module: 'ioredis' }] },
    { name: 'mixed', kind: 'io', handlerPath: join(functionsFolder, 'mixed/handler.cjs'), needs: ['redis', 'couchdb'] },
  ]);
});

it('reads every folder, in the order of names, and fills in what may be left out', () => {
  const root = rootWith({ b: { ...good, name: 'zeta' }, a: { ...good, name: 'alpha', needs: ['couchdb'] }, c: { ...good, name: 'mid' } });
  writeFileSync(join(root, 'README.md'), 'a file is not a function');
  const found = readFunctionFolders(root);
  expect(found.map(({ name }) => name)).toEqual(['alpha', 'mid', 'zeta']);
  expect(found[0]).toEqual({ name: 'alpha', description: 'says hello', kind: 'io', handlerPath: join(root, 'a/handler.cjs'), timeoutMs: 1_000, needs: ['couchdb'] });
  expect(found[1]?.needs).toEqual([]);
});

it('reads clients that a function shares, known ones by their name alone', () => {
  const pool = { module: 'pg', exports: ['Pool'], close: ['end'], broken: { property: 'ended', values: [true] } };
  const root = rootWith({ a: { ...good, share: ['nano', pool, { module: '@my/db', exports: ['default'] }] } });
  expect(readFunctionFolders(root)[0]?.share).toEqual([{ module: 'nano', exports: ['default'], close: [] }, pool, { module: '@my/db', exports: ['default'], close: [] }]);
});

it.each([
  ['of a package that nothing is known of', { share: ['pg'] }, "share.0: nothing is known of the clients of 'pg': say { module, exports, close }, or name one of ioredis, nano, @aws-sdk/client-s3"],
  ['of something that is no package', { share: [{ module: './db.js', exports: ['Db'] }] }, 'share.0.module: must be the name of a package'],
  ['of nothing', { share: [] }, 'share: '],
  ['without an export', { share: [{ module: 'pg', exports: [] }] }, 'share.0.exports: '],
])('refuses clients %s', (_what, part, problem) => {
  const root = rootWith({ a: { ...good, ...part } });
  expect(refusalOf(root).message).toContain(problem);
});

it('takes the absolute path of a handler as it is', () => {
  const handler = join(functionsFolder, 'fib/handler.cjs');
  expect(readFunctionFolders(rootWith({ a: { ...good, handler } }))[0]?.handlerPath).toBe(handler);
});

it('lists everything that is wrong in a manifest, with its path', () => {
  const root = rootWith({ bad: { name: 'Not A Name', kind: 'gpu', handler: 7, timeoutMs: -1, needs: ['database'], memoryMb: 128 } });
  const { code, message, exitCode } = refusalOf(root);
  expect(code).toBe('FBB_ERR_FUNCTION_MANIFEST');
  expect(exitCode).toBe(2);
  expect(message).toContain(join(root, 'bad', 'manifest.json'));
  for (const place of ['name: ', 'description: ', 'kind: ', 'handler: ', 'timeoutMs: ', 'needs.0: ', 'memoryMb']) expect(message).toContain(place);
});

it.each([0, 1.5, '1000'])('refuses a timeout of %o', (timeoutMs) => {
  expect(refusalOf(rootWith({ bad: { ...good, timeoutMs } })).message).toContain('timeoutMs: ');
});

it('refuses a manifest that is no JSON, and says where', () => {
  const root = rootWith({ bad: '{ "name": ' });
  const refusal = refusalOf(root);
  expect(refusal).toMatchObject({ code: 'FBB_ERR_FUNCTION_MANIFEST' });
  expect(refusal.message).toContain(join(root, 'bad', 'manifest.json'));
});

it('refuses a folder without a manifest', () => {
  expect(refusalOf(rootWith({ good, empty: undefined }))).toMatchObject({ code: 'FBB_ERR_FUNCTION_MANIFEST', message: expect.stringContaining('ENOENT') });
});

it('refuses a manifest whose handler does not exist, and names it', () => {
  expect(refusalOf(rootWith({ bad: { ...good, handler: './gone.cjs' } }))).toMatchObject({
    code: 'FBB_ERR_FUNCTION_MANIFEST',
    message: expect.stringContaining('names the handler ./gone.cjs, which does not exist'),
  });
});
