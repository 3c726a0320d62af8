import { FbbError } from '../core/index.js';
import { findResultSet, type Manifest, type ResultSet } from '../results/index.js';
import { pullResults, pushResults, ResultStore, type CellProgress, type Transfer } from '../result-store/index.js';
import { parseResultAddress, type ResultAddress } from '../storage/index.js';
import { formatBytes, print, tell, untilInterrupted } from './output.js';

export interface PushOptions {
  readonly to: string;
  readonly out: string;
  readonly json?: true;
}

export interface PullOptions {
  readonly out: string;
  readonly json?: true;
}

/** A line a cell, for who watches. */
function tellProgress({ cell, number, of, files, bytes }: CellProgress): void {
  if (process.stderr.isTTY) tell(`${number}/${of} ${cell}: ${files === 0 ? 'is there' : `${files} files, ${formatBytes(bytes)}`}`);
}

const password = /\/\/[^/\s@:]*:[^/\s@]+@/;

/** Where in a manifest something stands that looks like an address with a password, for example `command`. */
function secretsIn(value: unknown, place: string): string[] {
  if (typeof value === 'string') return password.test(value) ? [place] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, inner]) => secretsIn(inner, place === '' ? member : `${place}.${member}`));
}

/** Warns and refuses nothing: what a run stores of its command line has no passwords of storages, but who knows what else was given. */
function warnOfSecrets(manifest: Manifest): void {
  const places = secretsIn(manifest, '');
  if (places.length > 0) tell(`warning: manifest.json has what looks like a password, which everybody who can read the database will see: ${places.join(', ')}`);
}

/** `json`: what to print instead. */
function printTransfer({ outcome, cells, files, bytes }: Transfer, { done, place, json }: { readonly done: string; readonly place: string; readonly json: object | undefined }): void {
  if (json !== undefined) {
    print(JSON.stringify(json, undefined, 2));
    return;
  }
  print(outcome === 'unchanged' ? done : `${done}: ${cells} cells, ${files} files (${formatBytes(bytes)})`);
  print(`stored in ${place}`);
}

async function push(results: ResultSet, address: ResultAddress, signal: AbortSignal): Promise<Transfer> {
  warnOfSecrets(results.manifest);
  return pushResults(results, new ResultStore(address, { signal }), tellProgress);
}

/** `results push [result] --to <address>` */
export async function pushCommand(result: string, { to, out, json }: PushOptions): Promise<void> {
  const address = parseResultAddress(to);
  if (address.id !== undefined) throw new FbbError('FBB_ERR_USAGE', `--to ${address.shown} goes on after the database.`, { fix: 'A result set keeps its id; give the database alone.' });
  const results = findResultSet(result, out);
  await untilInterrupted(async (signal) => {
    const transfer = await push(results, address, signal);
    const place = `${address.shown}/${transfer.id}`;
    const done = { created: 'pushed', updated: 'pushed what was missing', unchanged: `${transfer.id} is there already, with equal content: nothing was sent` }[transfer.outcome];
    printTransfer(transfer, { done, place, json: json === true ? { ...transfer, address: place } : undefined });
  });
}

/** `results pull <address>` */
export async function pullCommand(text: string, { out, json }: PullOptions): Promise<void> {
  const address = parseResultAddress(text);
  const { id } = address;
  if (id === undefined) throw new FbbError('FBB_ERR_USAGE', `${address.shown} names no result set.`, { fix: `Give its id: ${address.shown}/<id>; "faasbatch-bench results list" shows those there are.` });
  await untilInterrupted(async (signal) => {
    const transfer = await pullResults(new ResultStore(address, { signal }), id, out, tellProgress);
    const done = transfer.outcome === 'unchanged' ? `${id} is here already, with equal content: nothing was asked for` : 'pulled';
    printTransfer(transfer, { done, place: transfer.folder, json: json === true ? transfer : undefined });
  });
}
