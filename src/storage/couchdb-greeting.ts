import { askCouch, reasonOf, whyNoAnswer } from './couch-request.js';
import type { Greeting } from './greeting.js';
import type { StorageAddress } from './storage-address.js';

/** The option that would let one in. */
export function optionOf({ origin }: StorageAddress): string {
  return `--storage couchdb=${origin.replace('//', '//<user>:<password>@')}, as local.ini of CouchDB says under [admins]`;
}

/** Whether CouchDB bids welcome, and lets in the user that the address names; `limitMs` for each of the two questions. */
export async function greetCouchDb(address: StorageAddress, limitMs: number): Promise<Greeting> {
  const { origin, user, hide } = address;
  try {
    const welcome = await askCouch({ ...address, user: undefined }, { path: '/', limitMs });
    const { couchdb, version } = welcome.body;
    if (welcome.status !== 200 || typeof couchdb !== 'string') {
      return { state: 'unreachable', found: `is not CouchDB: it answers GET / with ${welcome.status}, and no welcome`, mend: `curl ${origin}/ shows what answers there` };
    }
    const server = `CouchDB ${hide(String(version)).slice(0, 40)}`;
    if (user === undefined) return { state: 'ok', found: `${server}; no user is named, so what it lets one do was not looked at` };
    const session = await askCouch(address, { path: '/_session', limitMs });
    const known = (session.body['userCtx'] as { readonly name?: unknown } | undefined)?.name;
    if (session.status === 200 && known === user) return { state: 'ok', found: `${server}, lets in ${user}` };
    return { state: 'denied', found: `${server} does not let in ${user} (GET /_session: ${session.status}${reasonOf(session, address)})`, mend: optionOf(address) };
  } catch (thrown) {
    return { state: 'unreachable', found: `does not answer: ${hide(whyNoAnswer(thrown, limitMs))}`, mend: `sudo systemctl start couchdb on ${address.host}` };
  }
}
