import { randomBytes } from 'node:crypto';
import nano from 'nano';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn, password, runCouchApp, user, type RunningApp } from './couch-client.js';

// What CouchDB's protocol is in general is tried by couchdb-contract.ts; here is what this server decides beyond it.

let app: RunningApp;
let server: nano.ServerScope;
let blobs: nano.DocumentScope<{ n?: number; extra?: string }>;

beforeAll(async () => {
  app = await runCouchApp();
  server = await logIn(app.origin);
  blobs = server.use('blobs');
});
afterAll(() => app.close());

function refusal(statusCode: number, error: string, reason: string | RegExp = /./): object {
  return expect.objectContaining({ statusCode, error, reason: expect.stringMatching(reason) as string }) as object;
}

async function refusalOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'it was accepted',
    (error: unknown) => error,
  );
}

describe('who may use the storage', () => {
  it.each([
    ['the two run together', `${user}c`, password.slice(1)],
    ['an empty password', user, ''],
  ])('opens no session for %s', async (_, name, secret) => {
    expect(await refusalOf(nano(app.origin).auth(name, secret))).toEqual(refusal(401, 'unauthorized', 'Name or password is incorrect.'));
  });

  it('takes the login as JSON too', async () => {
    const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: user, password }) };
    const response = await fetch(`${app.origin}/_session`, login);
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(/^AuthSession=[\w-]{32}; Max-Age=600; Path=\/; Expires=.+ GMT; HttpOnly$/);
    expect((await fetch(`${app.origin}/_session`, { ...login, body: '{' })).status).toBe(400);
  });

  it('says who it is to anyone and nothing else', async () => {
    const stranger = nano(app.origin);
    expect(await stranger.info()).toMatchObject({ couchdb: 'Welcome' });
    expect(await stranger.session()).toMatchObject({ userCtx: { name: null } });
    expect(await refusalOf(stranger.use('blobs').get('any'))).toEqual(refusal(401, 'unauthorized'));
    expect(await refusalOf(stranger.db.list())).toEqual(refusal(401, 'unauthorized'));
  });

  it('ends a session on request', async () => {
    const login = await fetch(`${app.origin}/_session`, { method: 'POST', body: new URLSearchParams({ name: user, password }) });
    const headers = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' };
    expect((await fetch(`${app.origin}/blobs`, { headers })).status).toBe(200);
    await fetch(`${app.origin}/_session`, { method: 'DELETE', headers });
    expect((await fetch(`${app.origin}/blobs`, { headers })).status).toBe(401);
  });
});

describe('databases', () => {
  it('are created once, under a legal name', async () => {
    await server.db.create('made/here');
    expect(await server.db.list()).toEqual(expect.arrayContaining(['blobs', 'made/here']));
    expect(await server.use('made/here').info()).toMatchObject({ db_name: 'made/here', doc_count: 0 });
    expect(await refusalOf(server.db.create('made/here'))).toEqual(refusal(412, 'file_exists'));
    await server.db.destroy('made/here');
    expect(await server.db.list()).not.toContain('made/here');
    expect(await refusalOf(server.db.destroy('made/here'))).toEqual(refusal(404, 'not_found'));
    expect(await refusalOf(server.db.create('Upper'))).toEqual(refusal(400, 'illegal_database_name'));
  });

  it('that do not exist are not found', async () => {
    const nowhere = server.use('nowhere');
    const missing = refusal(404, 'not_found', 'Database does not exist.');
    expect(await refusalOf(nowhere.get('a'))).toEqual(missing);
    expect(await refusalOf(nowhere.insert({}, 'a'))).toEqual(missing);
    expect(await refusalOf(nowhere.attachment.insert('a', 'blob', Buffer.from('x'), 'text/plain'))).toEqual(missing);
  });

  it('count their documents', async () => {
    await server.db.create('counted');
    const counted = server.use('counted');
    const { rev } = await counted.insert({}, 'a');
    await counted.insert({}, 'b');
    await counted.destroy('a', rev);
    expect(await counted.info()).toMatchObject({ doc_count: 1, doc_del_count: 1, update_seq: '3' });
  });
});

describe('documents', () => {
  it('are read as they were written', async () => {
    const written = await blobs.insert({ n: 1 }, 'read %/é');
    expect(written).toEqual({ ok: true, id: 'read %/é', rev: expect.stringMatching(/^1-[0-9a-f]{32}$/) as string });
    expect(await blobs.get('read %/é')).toEqual({ _id: 'read %/é', _rev: written.rev, n: 1 });
    expect(await blobs.head('read %/é')).toMatchObject({ etag: `"${written.rev}"` });
  });

  it('get an id of their own when they bring none', async () => {
    const [first, second] = await Promise.all([blobs.insert({ n: 1 }), blobs.insert({ n: 1 })]);
    expect(first.id).not.toBe(second.id);
    expect(await blobs.get(first.id)).toMatchObject({ n: 1 });
  });

  it('are updated only from their newest revision', async () => {
    const first = await blobs.insert({ n: 1 }, 'updated');
    const conflict = refusal(409, 'conflict', 'Document update conflict.');
    expect(await refusalOf(blobs.insert({ n: 2 }, 'updated'))).toEqual(conflict);
    const second = await blobs.insert({ _id: 'updated', _rev: first.rev, n: 2 });
    expect(second.rev).toMatch(/^2-/);
    expect(await refusalOf(blobs.insert({ n: 3 }, { docName: 'updated', rev: first.rev }))).toEqual(conflict);
    expect(await refusalOf(blobs.insert({ n: 3 }, { docName: 'new', rev: first.rev }))).toEqual(conflict);
    expect(await blobs.get('updated')).toMatchObject({ n: 2 });
    expect(await refusalOf(blobs.get('updated', { rev: first.rev }))).toEqual(refusal(404, 'not_found', 'missing'));
  });

  it('are gone after their removal and may come back', async () => {
    const { rev } = await blobs.insert({ n: 1 }, 'removed');
    expect(await refusalOf(blobs.destroy('removed', '1-abc'))).toEqual(refusal(409, 'conflict'));
    expect((await blobs.destroy('removed', rev)).rev).toMatch(/^2-/);
    expect(await refusalOf(blobs.get('removed'))).toEqual(refusal(404, 'not_found', 'deleted'));
    expect(await refusalOf(blobs.destroy('removed', rev))).toEqual(refusal(404, 'not_found', 'deleted'));
    expect((await blobs.insert({ n: 2 }, 'removed')).rev).toMatch(/^3-/);
  });

  it.each([
    ['a member CouchDB keeps for itself', 'doc', { _mine: 1 }, refusal(400, 'doc_validation')],
    ['an id CouchDB keeps for itself', '_doc', {}, refusal(400, 'illegal_docid')],
    ['a list', 'doc', [1], refusal(400, 'bad_request', 'Document must be a JSON object')],
    ['a malformed revision', 'doc', { _rev: 'one' }, refusal(400, 'bad_request', 'Invalid rev format')],
    ['a stub of nothing', 'doc', { _attachments: { a: { stub: true } } }, refusal(412, 'missing_stub')],
  ])('are refused with %s', async (_, id, document, expected) => {
    expect(await refusalOf(blobs.insert(document as object, id))).toEqual(expected);
  });

  it('are all there after 50 inserts at once', async () => {
    const numbers = Array.from({ length: 50 }, (__, n) => n);
    const clients = await Promise.all(numbers.slice(0, 5).map(() => logIn(app.origin)));
    const documents = (n: number): typeof blobs => (clients[n % clients.length] as nano.ServerScope).use('blobs');
    await Promise.all(numbers.map((n) => documents(n).insert({ n }, `crowd-${n}`)));
    expect(await Promise.all(numbers.map(async (n) => (await blobs.get(`crowd-${n}`)).n))).toEqual(numbers);
  });

});

describe('attachments', () => {
  const data = randomBytes(100_000);

  it('say their type and length without their data', async () => {
    await blobs.attachment.insert('headed', 'dir/blob', data, 'image/png');
    const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    const response = await fetch(`${app.origin}/blobs/headed/dir/blob`, { method: 'HEAD', headers });
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': 'image/png', 'content-length': '100000' });
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it('follow the revisions of their document', async () => {
    const first = await blobs.insert({ n: 1 }, 'album');
    expect(await refusalOf(blobs.attachment.insert('album', 'a', data, 'image/png'))).toEqual(refusal(409, 'conflict'));
    const second = await blobs.attachment.insert('album', 'a', data, 'image/png', { rev: first.rev });
    expect(await blobs.get('album')).toMatchObject({ n: 1, _rev: second.rev, _attachments: { a: { revpos: 2 } } });
    const document = await blobs.get('album');
    const third = await blobs.insert({ ...document, n: 2 });
    expect(await blobs.get('album')).toMatchObject({ n: 2, _attachments: { a: { revpos: 2, stub: true } } });
    await blobs.attachment.destroy('album', 'a', { rev: third.rev });
    expect(await refusalOf(blobs.attachment.get('album', 'a'))).toEqual(refusal(404, 'not_found', 'Document is missing attachment'));
    expect(await blobs.get('album')).not.toHaveProperty('_attachments');
  });

  it('take their revision from If-Match as well, which must agree with the query', async () => {
    const { rev } = await blobs.insert({}, 'matched');
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const put = (query: string): Promise<Response> =>
      fetch(`${app.origin}/blobs/matched/a${query}`, { method: 'PUT', body: 'x', headers: { authorization, 'if-match': `"${rev}"` } });
    expect((await put('?rev=1-abc')).status).toBe(400);
    expect((await put('')).status).toBe(201);
  });

  it('may be inside the document, in Base64', async () => {
    const attachment = { content_type: 'image/png', data: data.toString('base64') };
    await blobs.insert({ _attachments: { a: attachment } } as nano.MaybeDocument, 'inline');
    expect(data.equals(await blobs.attachment.get('inline', 'a'))).toBe(true);
  });

  it('have at most 16 MiB', async () => {
    const most = Buffer.alloc(16 * 1_024 * 1_024, 'x');
    await blobs.attachment.insert('big', 'blob', most, 'application/octet-stream');
    expect(most.equals(await blobs.attachment.get('big', 'blob'))).toBe(true);
    const more = blobs.attachment.insert('bigger', 'blob', Buffer.concat([most, Buffer.from('x')]), 'application/octet-stream');
    expect(await refusalOf(more)).toEqual(refusal(413, 'too_large'));
  });
});

it('answers what it does not have with not found', async () => {
  expect(await refusalOf(blobs.bulk({ docs: [] }))).toEqual(refusal(404, 'not_found'));
});
