import { createHash, randomBytes } from 'node:crypto';
import nano from 'nano';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A server that speaks CouchDB's protocol, and its one administrator. */
export interface CouchServer {
  /** `http://host:port`, without user and password. */
  readonly origin: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

/** What a body may say that these tests look at. */
interface Said {
  readonly _id: string;
  readonly _rev: string;
  readonly rev: string;
  readonly n: number;
  readonly error: string;
  readonly rows: readonly { readonly id: string; readonly doc: Said }[];
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Empty when the body is no JSON. */
  readonly json: Said;
}

type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

interface Subject {
  readonly server: CouchServer;
  /** An empty database of this test; its name as it stands in a path. */
  readonly db: string;
  /** Asks as the administrator; an object is sent as JSON, bytes as they are. */
  readonly ask: Ask;
  /** Asks as nobody. */
  readonly askNamelessly: Ask;
}

const json = { 'content-type': 'application/json' };
const bytes = { 'content-type': 'application/octet-stream' };

function asker(origin: string, authorization?: string): Ask {
  return async (method, path, body, headers = {}) => {
    const isBytes = body instanceof Uint8Array;
    const said = await fetch(`${origin}${path}`, {
      method,
      headers: { accept: 'application/json', ...(isBytes ? bytes : json), ...(authorization === undefined ? {} : { authorization }), ...headers },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    });
    const text = Buffer.from(await said.arrayBuffer());
    return { status: said.status, headers: said.headers, body: text, json: parse(text.toString()) };
  };
}

function parse(text: string): Said {
  try {
    return JSON.parse(text) as Said;
  } catch {
    return {} as Said;
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function digestOf(data: Uint8Array): string {
  return `md5-${createHash('md5').update(data).digest('base64')}`;
}

function withoutRevision({ _rev, ...rest }: Said): object {
  expect(_rev).toMatch(/^\d+-/);
  return rest;
}

const users: Record<string, (subject: Subject) => Promise<void>> = {
  'nano opens a session that lasts over its next requests': async ({ server, db }) => {
    const client = nano(server.origin);
    expect(await client.auth(server.user, server.password)).toMatchObject({ ok: true, name: server.user });
    expect(await client.session()).toMatchObject({ userCtx: { name: server.user }, info: { authenticated: 'cookie' } });
    const database = client.use<{ n: number }>(decodeURIComponent(db));
    await database.insert({ n: 1 }, 'by-session');
    expect(await database.get('by-session')).toMatchObject({ n: 1 });
  },
  'a user and password go with a request': async ({ ask, server }) => {
    expect((await ask('GET', '/_session')).json).toMatchObject({ ok: true, userCtx: { name: server.user }, info: { authenticated: 'default' } });
  },
  'a wrong password opens no session: 401 unauthorized': async ({ server }) => {
    await expect(nano(server.origin).auth(server.user, 'wrong')).rejects.toMatchObject({ statusCode: 401, error: 'unauthorized' });
    await expect(nano(server.origin).auth('nobody-of-that-name', server.password)).rejects.toMatchObject({ statusCode: 401, error: 'unauthorized' });
  },
  'a wrong password with a request is 401 unauthorized': async ({ server, db }) => {
    const { status, json: said } = await asker(server.origin, basic(server.user, 'wrong'))('GET', `/${db}`);
    expect({ status, error: said.error }).toEqual({ status: 401, error: 'unauthorized' });
  },
  'who gives no name reads nothing: 401 unauthorized': async ({ askNamelessly, db }) => {
    const { status, json: said } = await askNamelessly('GET', `/${db}`);
    expect({ status, error: said.error }).toEqual({ status: 401, error: 'unauthorized' });
  },
};

const databases: Record<string, (subject: Subject) => Promise<void>> = {
  'the server says what it is': async ({ askNamelessly }) => {
    expect((await askNamelessly('GET', '/')).json).toMatchObject({ couchdb: 'Welcome' });
  },
  'is made once: 201, then 412 file_exists': async ({ ask, db }) => {
    expect(await ask('PUT', `/${db}-made`)).toMatchObject({ status: 201, json: { ok: true } });
    expect(await ask('PUT', `/${db}-made`)).toMatchObject({ status: 412, json: { error: 'file_exists' } });
    expect((await ask('GET', '/_all_dbs')).json).toContain(decodeURIComponent(`${db}-made`));
    expect(await ask('GET', `/${db}-made`)).toMatchObject({ status: 200, json: { db_name: decodeURIComponent(`${db}-made`), doc_count: 0 } });
    expect(await ask('DELETE', `/${db}-made`)).toMatchObject({ status: 200, json: { ok: true } });
    expect((await ask('GET', '/_all_dbs')).json).not.toContain(decodeURIComponent(`${db}-made`));
  },
  'comes back empty after its removal': async ({ ask, db }) => {
    const again = `/${db}-again`;
    await ask('PUT', again);
    await ask('PUT', `${again}/a`, {});
    await ask('DELETE', again);
    expect((await ask('GET', `${again}/a`)).status).toBe(404);
    expect((await ask('PUT', again)).status).toBe(201);
    expect((await ask('GET', `${again}/a`)).status).toBe(404);
    await ask('DELETE', again);
  },
  'that is not there is 404 not_found, whatever is asked of it': async ({ ask, db }) => {
    const missing = { status: 404, json: { error: 'not_found' } };
    expect(await ask('GET', `/${db}-never`)).toMatchObject(missing);
    expect(await ask('GET', `/${db}-never/a`)).toMatchObject(missing);
    expect(await ask('PUT', `/${db}-never/a`, {})).toMatchObject(missing);
    expect(await ask('PUT', `/${db}-never/a/b`, Buffer.from('x'))).toMatchObject(missing);
    expect(await ask('GET', `/${db}-never/_all_docs`)).toMatchObject(missing);
  },
  'that is not there cannot be removed: 404 not_found': async ({ ask, db }) => {
    expect(await ask('DELETE', `/${db}-never`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
  },
  'of an illegal name is 400 illegal_database_name': async ({ ask }) => {
    expect(await ask('PUT', '/Upper')).toMatchObject({ status: 400, json: { error: 'illegal_database_name' } });
  },
};

const documents: Record<string, (subject: Subject) => Promise<void>> = {
  'are read as they were written, members in their order': async ({ ask, db }) => {
    const fields = { zebra: 1, apple: [1.5, -2e-7, 1e21, 9007199254740991], nested: { b: null, a: 'é€😀', 10: true } };
    const written = await ask('PUT', `/${db}/ordered`, fields);
    expect(written).toMatchObject({ status: 201, json: { ok: true, id: 'ordered', rev: expect.stringMatching(/^1-[0-9a-f]{32}$/) } });
    const { _id, _rev, ...read } = (await ask('GET', `/${db}/ordered`)).json;
    expect({ _id, _rev }).toEqual({ _id: 'ordered', _rev: written.json.rev });
    expect(JSON.stringify(read)).toBe(JSON.stringify(fields));
  },
  'are updated only from their newest revision: 409 conflict': async ({ ask, db }) => {
    const first = (await ask('PUT', `/${db}/updated`, { n: 1 })).json.rev;
    const conflict = { status: 409, json: { error: 'conflict' } };
    expect(await ask('PUT', `/${db}/updated`, { n: 2 })).toMatchObject(conflict);
    const second = await ask('PUT', `/${db}/updated`, { n: 2, _rev: first });
    expect(second).toMatchObject({ status: 201, json: { rev: expect.stringMatching(/^2-/) } });
    expect(await ask('PUT', `/${db}/updated`, { n: 3, _rev: first })).toMatchObject(conflict);
    expect(await ask('PUT', `/${db}/updated?rev=${second.json.rev}`, { n: 3 })).toMatchObject({ status: 201 });
    expect((await ask('GET', `/${db}/updated`)).json).toMatchObject({ n: 3 });
  },
  'let one of many equal writers through': async ({ ask, db }) => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask('PUT', `/${db}/contested`, { n })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  },
  'are removed with their newest revision, and may come back': async ({ ask, db }) => {
    const { rev } = (await ask('PUT', `/${db}/removed`, { n: 1 })).json;
    expect(await ask('DELETE', `/${db}/removed?rev=${rev}`)).toMatchObject({ status: 200, json: { ok: true, rev: expect.stringMatching(/^2-/) } });
    expect(await ask('GET', `/${db}/removed`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
    expect(await ask('PUT', `/${db}/removed`, { n: 2 })).toMatchObject({ status: 201 });
    expect((await ask('GET', `/${db}/removed`)).json).toMatchObject({ n: 2 });
  },
  'are not removed with a revision that they do not have: 409 conflict': async ({ ask, db }) => {
    await ask('PUT', `/${db}/kept`, { n: 1 });
    expect(await ask('DELETE', `/${db}/kept?rev=1-00000000000000000000000000000000`)).toMatchObject({ status: 409, json: { error: 'conflict' } });
    expect((await ask('GET', `/${db}/kept`)).json).toMatchObject({ n: 1 });
  },
  'that are not there are 404 not_found, missing': async ({ ask, db }) => {
    expect(await ask('GET', `/${db}/never`)).toMatchObject({ status: 404, json: { error: 'not_found', reason: 'missing' } });
    expect(await ask('HEAD', `/${db}/never`)).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `/${db}/never?rev=1-00000000000000000000000000000000`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
  },
  'have ids with colons, slashes, plus signs, percent signs and any letters': async ({ ask, db }) => {
    for (const id of ['result:a-1', 'cell:a-1:e2e.cpu.x=1,y=a/b.r1', 'a+b c', '100 %', 'é€😀']) {
      const path = `/${db}/${encodeURIComponent(id)}`;
      expect(await ask('PUT', path, { n: 1 })).toMatchObject({ status: 201, json: { id } });
      expect((await ask('GET', path)).json).toMatchObject({ _id: id, n: 1 });
    }
  },
  'are seen without being sent: HEAD is 200': async ({ ask, db }) => {
    await ask('PUT', `/${db}/seen`, { n: 1 });
    const { status, body } = await ask('HEAD', `/${db}/seen`);
    expect({ status, length: body.length }).toEqual({ status: 200, length: 0 });
  },
  'have their revision as ETag, also for HEAD': async ({ ask, db }) => {
    const written = await ask('PUT', `/${db}/tagged`, { n: 1 });
    const head = await ask('HEAD', `/${db}/tagged`);
    expect([written, head, await ask('GET', `/${db}/tagged`)].map(({ headers }) => headers.get('etag'))).toEqual(Array.from({ length: 3 }, () => `"${written.json.rev}"`));
  },
  'are refused with members that CouchDB keeps for itself: 400 doc_validation': async ({ ask, db }) => {
    expect(await ask('PUT', `/${db}/special`, { _mine: 1 })).toMatchObject({ status: 400, json: { error: 'doc_validation' } });
  },
};

const lists: Record<string, (subject: Subject) => Promise<void>> = {
  'hold every document by its id, with its revision, and with the document when that is asked for': async ({ ask, db }) => {
    const own = `${db}-listed`;
    await ask('PUT', `/${own}`);
    const { rev } = (await ask('PUT', `/${own}/b`, { n: 2 })).json;
    await ask('PUT', `/${own}/a`, { n: 1 });
    const attached = (await ask('PUT', `/${own}/a%3A1/x.csv`, Buffer.from('hello'))).json.rev;
    const { rev: gone } = (await ask('PUT', `/${own}/gone`, {})).json;
    await ask('DELETE', `/${own}/gone?rev=${gone}`);
    const plain = (await ask('GET', `/${own}/_all_docs`)).json;
    expect(plain).toMatchObject({ total_rows: 3, offset: 0 });
    expect(plain.rows.map(({ id }) => id)).toEqual(['a', 'a:1', 'b']);
    expect(plain.rows[2]).toEqual({ id: 'b', key: 'b', value: { rev } });
    const full = (await ask('GET', `/${own}/_all_docs?include_docs=true`)).json;
    expect(full.rows.map(({ doc }) => doc.n)).toEqual([1, undefined, 2]);
    expect(full.rows[1]?.doc).toEqual({ _id: 'a:1', _rev: attached, _attachments: { 'x.csv': { content_type: 'application/octet-stream', revpos: 1, digest: digestOf(Buffer.from('hello')), length: 5, stub: true } } });
    await ask('DELETE', `/${own}`);
  },
  'begin and end where they are told': async ({ ask, db }) => {
    for (const id of ['r:1', 'r:2', 'r:3', 's:1']) await ask('PUT', `/${db}/${encodeURIComponent(id)}`, {});
    const ids = async (query: Record<string, unknown>): Promise<string[]> => {
      const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, JSON.stringify(value)]));
      return (await ask('GET', `/${db}/_all_docs?${search.toString()}`)).json.rows.map(({ id }) => id);
    };
    expect(await ids({ startkey: 'r:', endkey: 'r:\ufff0' })).toEqual(['r:1', 'r:2', 'r:3']);
    expect(await ids({ startkey: 'r:2', endkey: 'r:3' })).toEqual(['r:2', 'r:3']);
    expect(await ids({ startkey: 'r:\ufff0', endkey: 'r:', descending: true, limit: 2 })).toEqual(['r:3', 'r:2']);
  },
  'of keys keep their order, and say which are not there': async ({ ask, db }) => {
    await ask('PUT', `/${db}/${encodeURIComponent('k/1')}`, { n: 1 });
    const { rows } = (await ask('POST', `/${db}/_all_docs?include_docs=true`, { keys: ['never', 'k/1'] })).json;
    expect(rows).toEqual([{ key: 'never', error: 'not_found' }, { id: 'k/1', key: 'k/1', value: { rev: expect.any(String) }, doc: { _id: 'k/1', _rev: expect.any(String), n: 1 } }]);
  },
};

const attachments: Record<string, (subject: Subject) => Promise<void>> = {
  'come back byte for byte, the empty one and one of 1 MB as well, and make their document': async ({ ask, db }) => {
    for (const [name, data] of Object.entries({ empty: Buffer.alloc(0), small: Buffer.from([0, 255, 13, 10, 128]), big: randomBytes(1_000_000) })) {
      expect(await ask('PUT', `/${db}/photo-${name}/a.bin`, data)).toMatchObject({ status: 201, json: { ok: true, rev: expect.stringMatching(/^1-/) } });
      const read = await ask('GET', `/${db}/photo-${name}/a.bin`);
      expect({ status: read.status, type: read.headers.get('content-type'), same: data.equals(read.body) }).toEqual({ status: 200, type: 'application/octet-stream', same: true });
      expect(withoutRevision((await ask('GET', `/${db}/photo-${name}`)).json)).toEqual({
        _id: `photo-${name}`,
        _attachments: { 'a.bin': { content_type: 'application/octet-stream', revpos: 1, digest: digestOf(data), length: data.length, stub: true } },
      });
    }
  },
  'come in pieces, of a length that nobody said before': async ({ ask, server, db }) => {
    const pieces = (async function* () {
      for (const text of ['one,', 'two,', 'three']) yield Buffer.from(text);
    })();
    const sent = await fetch(`${server.origin}/${db}/pieces/a.csv`, { method: 'PUT', headers: { ...bytes, authorization: basic(server.user, server.password) }, body: pieces, duplex: 'half' } as never);
    expect(sent.status).toBe(201);
    expect((await ask('GET', `/${db}/pieces/a.csv`)).body.toString()).toBe('one,two,three');
  },
  'several are kept as stubs when their document is updated': async ({ ask, db }) => {
    const first = (await ask('PUT', `/${db}/album`, { n: 1 })).json.rev;
    const second = (await ask('PUT', `/${db}/album/a.csv?rev=${first}`, Buffer.from('a'))).json.rev;
    await ask('PUT', `/${db}/album/dir/b.csv?rev=${second}`, Buffer.from('b'));
    const document = (await ask('GET', `/${db}/album`)).json;
    expect(document).toMatchObject({ n: 1, _attachments: { 'a.csv': { revpos: 2, stub: true }, 'dir/b.csv': { revpos: 3, stub: true } } });
    expect(await ask('PUT', `/${db}/album`, { ...document, n: 2 })).toMatchObject({ status: 201 });
    expect((await ask('GET', `/${db}/album`)).json).toMatchObject({ n: 2, _attachments: { 'a.csv': { revpos: 2, digest: digestOf(Buffer.from('a')) }, 'dir/b.csv': { revpos: 3 } } });
    expect((await ask('GET', `/${db}/album/dir/b.csv`)).body.toString()).toBe('b');
  },
  'left out of an update are gone': async ({ ask, db }) => {
    const { rev } = (await ask('PUT', `/${db}/emptied/a.csv`, Buffer.from('a'))).json;
    await ask('PUT', `/${db}/emptied`, { _rev: rev, n: 1 });
    expect((await ask('GET', `/${db}/emptied`)).json).not.toHaveProperty('_attachments');
    expect((await ask('GET', `/${db}/emptied/a.csv`)).status).toBe(404);
  },
  'follow the revisions of their document: 409 conflict': async ({ ask, db }) => {
    const first = (await ask('PUT', `/${db}/followed`, {})).json.rev;
    expect(await ask('PUT', `/${db}/followed/a.csv`, Buffer.from('a'))).toMatchObject({ status: 409, json: { error: 'conflict' } });
    const second = (await ask('PUT', `/${db}/followed/a.csv?rev=${first}`, Buffer.from('a'))).json.rev;
    expect(await ask('PUT', `/${db}/followed/b.csv?rev=${first}`, Buffer.from('b'))).toMatchObject({ status: 409, json: { error: 'conflict' } });
    expect(await ask('DELETE', `/${db}/followed/a.csv?rev=${second}`)).toMatchObject({ status: 200 });
    expect(await ask('GET', `/${db}/followed/a.csv`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
  },
  'have their digest as ETag, and a length': async ({ ask, db }) => {
    const data = Buffer.from('hello');
    await ask('PUT', `/${db}/measured/a.csv`, data);
    const { headers, status, body } = await ask('HEAD', `/${db}/measured/a.csv`);
    expect({ status, etag: headers.get('etag'), length: headers.get('content-length'), body: body.length }).toEqual({ status: 200, etag: `"${digestOf(data).slice('md5-'.length)}"`, length: '5', body: 0 });
  },
  'that are not there are 404 not_found': async ({ ask, db }) => {
    await ask('PUT', `/${db}/bare`, {});
    expect(await ask('GET', `/${db}/bare/a.csv`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
    expect(await ask('GET', `/${db}/never/a.csv`)).toMatchObject({ status: 404, json: { error: 'not_found' } });
  },
  'a stub of nothing is 412 missing_stub': async ({ ask, db }) => {
    expect(await ask('PUT', `/${db}/stubbed`, { _attachments: { a: { stub: true, content_type: 'text/plain', digest: digestOf(randomBytes(8)), length: 8, revpos: 1 } } })).toMatchObject({ status: 412, json: { error: 'missing_stub' } });
  },
};

const parts = { 'who may': users, 'a database': databases, documents, 'lists of documents': lists, attachments };

/**
 * What our functions and the store of result sets use of CouchDB's protocol, as CouchDB 3 documents it, tried on one server in a database
 * of a random name. `deviations`: tests that this server is known to fail, by name, each with what it does instead; they must fail.
 */
export function couchContract(title: string, start: () => Promise<CouchServer>, deviations: Readonly<Record<string, string>> = {}): void {
  describe(title, () => {
    let subject: Subject;
    beforeAll(async () => {
      const server = await start();
      const db = `fbb-contract-${randomBytes(6).toString('hex')}`;
      subject = { server, db, ask: asker(server.origin, basic(server.user, server.password)), askNamelessly: asker(server.origin) };
      await subject.ask('PUT', `/${db}`);
    });
    afterAll(async () => {
      await subject.ask('DELETE', `/${subject.db}`);
      await subject.server.close();
    });

    for (const [part, tests] of Object.entries(parts)) {
      describe(part, () => {
        for (const [name, test] of Object.entries(tests)) {
          const deviation = deviations[name];
          if (deviation === undefined) it(name, () => test(subject));
          else it.fails(`${name} (NOT here: ${deviation})`, () => test(subject));
        }
      });
    }

    it('deviates only where the contract has a test', () => {
      const names = Object.values(parts).flatMap((tests) => Object.keys(tests));
      expect(Object.keys(deviations).filter((name) => !names.includes(name))).toEqual([]);
    });
  });
}
