import { FbbError } from '../core/index.js';
import { readResultSet, type CellSummary, type Manifest } from '../results/index.js';
import { isResultAddress, parseResultAddress } from '../storage/index.js';
import type { ConnectionOptions } from './connection.js';
import { readRemote } from './pull.js';
import { ResultStore } from './result-store.js';

/** A result set as data, wherever it is: its folder, or its address without user and password. */
export interface OpenedResults {
  readonly folder: string | undefined;
  readonly address: string | undefined;
  readonly manifest: Manifest;
  /** Of the cells that have finished, in the order of execution. */
  readonly summaries: readonly CellSummary[];
}

interface OpenOptions extends ConnectionOptions {
  /** Where result sets lie that ship with the package; see findResultSet. */
  readonly shippedFolder?: string;
}

/**
 * Reads manifest and summaries of a result set, and none of its raw files: by its folder, its id below `outFolder`, `latest`, or the
 * address `couchdb=http://user:password@host:5984/database/id`. Throws FbbError when there is none, when it is damaged, or when the
 * database does not answer.
 */
export async function openResults(nameOrAddress: string, outFolder: string, { shippedFolder, ...options }: OpenOptions = {}): Promise<OpenedResults> {
  if (!isResultAddress(nameOrAddress)) return { ...readResultSet(nameOrAddress, outFolder, shippedFolder), address: undefined };
  const address = parseResultAddress(nameOrAddress);
  const { id, shown } = address;
  if (id === undefined) throw new FbbError('FBB_ERR_USAGE', `${shown} names no result set.`, { fix: `Give its id: ${shown}/<id>; "faasbatch-bench results list" shows those there are.` });
  const { result, cells } = await readRemote(new ResultStore(address, options), id);
  return { folder: undefined, address: shown, manifest: result.parsed, summaries: result.cells.map((cell) => cells.get(cell)?.parsed).filter((summary) => summary !== undefined) };
}
