import { describe, expect, it } from 'vitest';
import { removeCommand } from '../../src/cli/remove-command.js';
import { verifyCommand } from '../../src/cli/verify-command.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';

describe.each([
  ['results verify', (name: string) => verifyCommand(name, { out: temporaryFolder() })],
  ['results rm', (name: string) => removeCommand([name], { out: temporaryFolder() })],
])('%s', (_command, run) => {
  it('of a database says to pull it first', () => {
    const { code, message, fix } = thrownBy(() => run('couchdb=http://user:sekret@host:5984/db/id'));
    expect({ code, message }).toMatchObject({ code: 'FBB_ERR_USAGE', message: expect.stringContaining('couchdb=http://host:5984/db/id is an address of a database') });
    expect(fix).toContain('results pull couchdb=http://host:5984/db/id, with user');
  });

  it.each(['redis://user:sekret@host', 'CouchDB=http://user:sekret@host/db', 'couchdb=http://user:sekret@host/db', 'couchdb=user:sekret@host', 'http://user:sekret@/'])('prints no password: %s', (name) => {
    const { code, message, fix } = thrownBy(() => run(name));
    expect(code).toMatch(/^FBB_ERR_(USAGE|RESULTS_UNKNOWN)$/);
    expect(`${message} ${fix}`).not.toContain('sekret');
  });
});
