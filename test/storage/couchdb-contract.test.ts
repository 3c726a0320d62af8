import { describe, it } from 'vitest';
import { startPouchServer } from '../support/pouchdb-server.js';
import { couchContract, type CouchServer } from './couchdb-contract.js';
import { password, runCouchApp, user } from './couch-client.js';

couchContract('the embedded server', async () => ({ ...(await runCouchApp()), user, password }));

// Its sessions say nothing of when they expire, either, which nano needs; the server of the tests adds it. Not tried, because it ends the
// process: making a database without saying who one is.
couchContract('express-pouchdb', async () => ({ ...(await startPouchServer(user, password)), user, password }), {
  'who gives no name reads nothing: 401 unauthorized': 'a database is open to all until it is given members, as in CouchDB 1',
  'the server says what it is': 'it welcomes as express-pouchdb',
  'that is not there cannot be removed: 404 not_found': 'removing what is not there is no error',
  'of an illegal name is 400 illegal_database_name': 'it takes any name of a file',
  'are not removed with a revision that they do not have: 409 conflict': 'it looks for that revision first, and answers 404',
  'have their revision as ETag, also for HEAD': 'the ETag of a read is a hash of the answer',
  'are refused with members that CouchDB keeps for itself: 400 doc_validation': 'it answers 500 with the same error',
});

/** The CouchDB that FBB_TEST_COUCHDB_URL names, an administrator in it. */
function realCouch(address: string): CouchServer {
  const { origin, username, password: secret } = new URL(address);
  return { origin, user: decodeURIComponent(username), password: decodeURIComponent(secret), close: async () => {} };
}

const address = process.env['FBB_TEST_COUCHDB_URL'];
if (address === undefined) {
  describe('a real CouchDB', () => {
    it.skip('keeps the contract (not tried: FBB_TEST_COUCHDB_URL, as http://user:password@host:5984, is not set)', () => {});
  });
} else {
  couchContract('a real CouchDB', async () => realCouch(address));
}
