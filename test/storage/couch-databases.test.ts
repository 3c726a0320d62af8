import { expect, it } from 'vitest';
import { checkStorage, openCellStorage, parseStorageAddress } from '../../src/storage/index.js';
import { smallHttp } from '../cli/small-servers.js';
import { password, runCouchApp, user, withBasic } from './couch-client.js';

it('a CouchDB that welcomes one and lets one make no database is refused, without the password that it repeats', async () => {
  const port = await smallHttp(403, (authorization) => JSON.stringify({ reason: `You are not a server admin, ${authorization}` }));
  const error = await openCellStorage(parseStorageAddress(`couchdb=http://ada:hunter2@127.0.0.1:${port}`)).then(() => undefined, (thrown: unknown) => thrown as { message: string });
  expect(error).toMatchObject({ code: 'FBB_ERR_STORAGE_DENIED', exitCode: 6, fix: expect.stringContaining(`--storage couchdb=http://<user>:<password>@127.0.0.1:${port}, as local.ini`) });
  expect(error?.message).toMatch(/ refuses to create the database fbb-cell-\d{13}-[0-9a-f]{8} \(403: You are not a server admin, Basic \*\*\*\)\.$/);
});

it('a cell has a database of its own, and containers are told where, by a detour too', async () => {
  const couch = await runCouchApp();
  const address = parseStorageAddress(`couchdb=${couch.origin.replace('//', `//${user}:${encodeURIComponent(password)}@`)}`);
  const server = withBasic(couch.origin);
  await checkStorage(address);
  expect(await server.db.list()).toEqual(['blobs']);
  const storage = await openCellStorage(address);
  const [, database] = await server.db.list();
  expect(database).toMatch(/^fbb-cell-\d{13}-[0-9a-f]{8}$/);
  const secret = encodeURIComponent(password);
  expect(storage.env(undefined)).toEqual({ FBB_COUCHDB_URL: `http://${user}:${secret}@${new URL(couch.origin).host}/${database ?? ''}` });
  expect(storage.env({ host: '10.0.0.1', port: 7 })).toEqual({ FBB_COUCHDB_URL: `http://${user}:${secret}@10.0.0.1:7/${database ?? ''}` });
  expect(await storage.remove()).toBeUndefined();
  expect(await server.db.list()).toEqual(['blobs']);
  await couch.close();
  expect(await storage.remove()).toMatch(/^Database fbb-cell-\S+ of http:\S+ could not be removed: http:\S+ does not answer: .*ECONNREFUSED/);
});
