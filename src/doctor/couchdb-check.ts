import type { StorageAddress } from '../storage/index.js';
import { ok, type Check } from './check.js';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function get({ origin, user, password }: StorageAddress, path: string, limitMs: number): Promise<Answer> {
  const credentials = user === undefined ? undefined : Buffer.from(`${user}:${password ?? ''}`).toString('base64');
  const answer = await fetch(`${origin}${path}`, {
    headers: { accept: 'application/json', ...(credentials === undefined ? {} : { authorization: `Basic ${credentials}` }) },
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  });
  const text = await answer.text();
  return { status: answer.status, body: parse(text) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** `fetch` says only that it failed; why stands below. */
function whyOf(thrown: unknown, limitMs: number): string {
  const { name, cause, message } = thrown as { readonly name?: string; readonly cause?: { readonly message?: string; readonly code?: string }; readonly message?: string };
  if (name === 'TimeoutError') return `nothing came within ${limitMs / 1_000} s`;
  return cause?.message || cause?.code || message || String(thrown);
}

/** Whether CouchDB bids welcome, and lets in the user that the address names. */
export async function checkCouchDb(address: StorageAddress, limitMs: number): Promise<Check> {
  const { origin: name, user, hide } = address;
  const place = `couchdb=${name.replace('//', '//<user>:<password>@')}`;
  try {
    const welcome = await get({ ...address, user: undefined }, '/', limitMs);
    const { couchdb, version } = welcome.body;
    if (welcome.status !== 200 || typeof couchdb !== 'string') {
      return { name, state: 'failed', found: `is not CouchDB: it answers GET / with ${welcome.status}, and no welcome`, mend: `curl ${name}/ shows what answers there` };
    }
    const server = `CouchDB ${hide(String(version)).slice(0, 40)}`;
    if (user === undefined) return ok(name, `${server}; no user is named, so what it lets one do was not looked at`);
    const { status, body } = await get(address, '/_session', limitMs);
    const known = (body['userCtx'] as { readonly name?: unknown } | undefined)?.name;
    if (status === 200 && known === user) return ok(name, `${server}, lets in ${user}`);
    const reason = typeof body['reason'] === 'string' ? `: ${hide(body['reason']).slice(0, 200)}` : '';
    return { name, state: 'failed', found: `${server} does not let in ${user} (GET /_session: ${status}${reason})`, mend: `--storage ${place}, as local.ini of CouchDB says under [admins]` };
  } catch (thrown) {
    return { name, state: 'failed', found: `does not answer: ${hide(whyOf(thrown, limitMs))}`, mend: `sudo systemctl start couchdb on ${address.host}` };
  }
}
