import { basename } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import { listResultSets, ResultSet, type Manifest } from '../results/index.js';
import { ResultStore } from '../result-store/index.js';
import { parseResultAddress } from '../storage/index.js';
import { print, untilInterrupted } from './output.js';

/** A result set, here or in a database. */
interface Listed {
  readonly id: string;
  readonly suite: string | null;
  /** How many have finished, and of how many. */
  readonly finished: number | null;
  readonly cells: number | null;
  readonly status: string;
  readonly createdAt: string | null;
}

const finishedStatuses: readonly Manifest['cells'][number]['status'][] = ['valid', 'invalid', 'skipped'];

function unreadable(id: string, status: string): Listed {
  return { id, suite: null, finished: null, cells: null, status, createdAt: null };
}

function describe(id: string, { suite, cells, status, createdAt }: Manifest, finished: number): Listed {
  return { id, suite: suite.name, finished, cells: cells.length, status, createdAt };
}

function listLocal(out: string): Listed[] {
  return listResultSets(out).map((folder) => {
    const id = basename(folder);
    try {
      const { manifest } = ResultSet.open(folder);
      return describe(id, manifest, manifest.cells.filter(({ status }) => finishedStatuses.includes(status)).length);
    } catch (thrown) {
      return unreadable(id, `cannot be read: ${describeError(thrown)}`);
    }
  });
}

async function listStored(store: ResultStore): Promise<Listed[]> {
  const whole = (await store.listResults()).map(({ id, result }) =>
    result instanceof FbbError ? unreadable(id, `cannot be read: ${result.message}`) : describe(id, result.parsed, result.cells.length),
  );
  const { partial } = await store.listIds();
  return [...whole, ...partial.map((id) => unreadable(id, 'not pushed to the end'))];
}

function printListed(place: string, listed: readonly Listed[], asJson: boolean): void {
  if (asJson) {
    print(JSON.stringify({ results: listed }, undefined, 2));
    return;
  }
  print(`${place}:${listed.length === 0 ? ' none' : ''}`);
  const width = Math.max(0, ...listed.map(({ id }) => id.length));
  for (const { id, suite, finished, cells, status, createdAt } of listed) {
    const known = suite === null ? [] : [suite, `${finished} of ${cells} cells`];
    print(`  ${id.padEnd(width)}  ${[...known, status, ...(createdAt === null ? [] : [createdAt])].join(', ')}`);
  }
}

/** `results list [address]`: of a database, or without an address those below `out`, the newest last. */
export async function resultsListCommand(text: string | undefined, { out, json }: { readonly out: string; readonly json?: true }): Promise<void> {
  if (text === undefined) {
    printListed(out, listLocal(out), json === true);
    return;
  }
  const address = parseResultAddress(text);
  if (address.id !== undefined) throw new FbbError('FBB_ERR_USAGE', `${address.shown} goes on after the database.`, { fix: 'Give the database alone; "faasbatch-bench show" shows one result set.' });
  await untilInterrupted(async (signal) => {
    printListed(address.shown, await listStored(new ResultStore(address, { signal })), json === true);
  });
}
