import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ResultSet } from '../../src/results/index.js';
import { suiteHash } from '../../src/suites/index.js';
import { manifestOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { runBin } from './run-bin.js';

const suite = join(import.meta.dirname, '../../suites/icdcs.yaml');

it('validate-sim does not begin to simulate what a run with a Redis has measured, and says why', async () => {
  const out = temporaryFolder();
  const manifest = manifestOf();
  ResultSet.create(out, {
    ...manifest,
    suite: { name: 'icdcs', hash: suiteHash(suite), source: suite },
    settings: { ...manifest.settings, storage: ['redis://10.0.0.7:6379'] },
    workloads: { 'icdcs-io': { hash: 'w', function: 'kv-redis', insteadOf: 'blob-couchdb' } },
  });
  const { code, stderr, stdout } = await runBin(['validate-sim', 'icdcs', '--live', manifest.id, '--out', out], { cwd: out });
  expect(stderr).toBe(
    `FBB_ERR_NOT_COMPARABLE: ${manifest.id} was run with --storage redis://10.0.0.7:6379, where icdcs-io is kv-redis; a simulation runs blob-couchdb.\nCompare with a run without --storage, or with a CouchDB only.\n`,
  );
  expect([code, stdout]).toEqual([2, '']);
});
