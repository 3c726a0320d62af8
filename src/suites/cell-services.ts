import { describeError, FbbError, type FunctionSpec, type StorageKind } from '../core/index.js';
import { couchEnv, embeddedDatabase, openCellStorage, parseStorageAddress, startRelay, startStorage, type StorageAddress } from '../storage/index.js';
import type { CellResult } from './cell-run.js';

interface CellServicesOptions {
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  /** Storages that run already, one of a kind at most. */
  readonly storage: readonly StorageAddress[];
  readonly programs: { readonly storage: string; readonly relay: string };
  /** A service ended in mid-cell. */
  readonly onFailed: (error: FbbError) => void;
}

/** Throws FBB_ERR_STORAGE_MISSING when a function needs a storage that was not given and that the harness has none of. */
export function checkNeeds(functions: Iterable<FunctionSpec>, storage: readonly StorageAddress[]): void {
  for (const { name, needs } of functions) {
    if (needs.includes('redis') && !storage.some(({ kind }) => kind === 'redis')) throw new FbbError('FBB_ERR_STORAGE_MISSING', `Function '${name}' needs Redis, and no --storage names one.`);
  }
}

/** What the functions of one cell talk to: the storages that were given, or an embedded server for what needs CouchDB. */
export class CellServices {
  readonly #options: CellServicesOptions;
  /** Whose passwords nobody is told. */
  readonly #secret: StorageAddress[];
  /** Undoes what was begun, in the order in which it was begun; each resolves to what it could not. */
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor(options: CellServicesOptions) {
    this.#options = options;
    this.#secret = [...options.storage];
  }

  /**
   * Starts what is needed where containers reach it, and resolves to the environment that tells them. `serviceHost`: the only address
   * of this host that they reach; undefined: they reach whatever this host does. Throws FBB_ERR_STORAGE_…; `close` is due then too.
   */
  async start(serviceHost: string | undefined): Promise<Record<string, string>> {
    const { functions, storage } = this.#options;
    checkNeeds(functions.values(), storage);
    const env: Record<string, string> = {};
    for (const kind of new Set([...functions.values()].flatMap(({ needs }) => needs))) Object.assign(env, await this.#startKind(kind, serviceHost));
    return env;
  }

  /** Ends and removes everything of the cell; resolves to what could not be removed, a sentence each. May be called again. */
  async close(): Promise<string[]> {
    const left: string[] = [];
    for (const undo of this.#undo.splice(0)) {
      const said = await undo();
      if (typeof said === 'string') left.push(said);
    }
    return left;
  }

  async #startKind(kind: StorageKind, serviceHost: string | undefined): Promise<Record<string, string>> {
    const address = this.#options.storage.find((given) => given.kind === kind);
    if (address === undefined) return this.#startEmbedded(serviceHost);
    const place = await openCellStorage(address);
    this.#undo.push(() => place.remove());
    if (serviceHost === undefined) return place.env(undefined);
    const relay = await startRelay({
      programPath: this.#options.programs.relay,
      host: serviceHost,
      to: address,
      onUnexpectedExit: (reason) => this.#options.onFailed(new FbbError('FBB_ERR_STORAGE_FAILED', `The relay to ${address.origin} ended in mid-cell: ${reason}.`)),
    });
    this.#undo.push(() => relay.close());
    return place.env(relay);
  }

  async #startEmbedded(serviceHost: string | undefined): Promise<Record<string, string>> {
    const { programs, onFailed } = this.#options;
    const server = await startStorage({
      programPath: programs.storage,
      host: serviceHost,
      onUnexpectedExit: (reason) => onFailed(new FbbError('FBB_ERR_STORAGE_FAILED', `The storage server ended in mid-cell: ${reason}.`)),
    });
    this.#undo.push(() => server.close());
    const address = parseStorageAddress(`couchdb=${server.url}`);
    this.#secret.push(address);
    return couchEnv(address, embeddedDatabase);
  }

  #hide(said: string): string {
    return this.#secret.reduce((text, { hide }) => hide(text), said);
  }

  /** A result of which no line tells a password: clients and servers put them into what they say. */
  hideIn({ summary, ...rest }: CellResult): CellResult {
    const hide = (line: string): string => this.#hide(line);
    return { ...rest, summary: { ...summary, problems: summary.problems.map(hide), notes: summary.notes.map(hide) } };
  }

  /** The same of what was thrown. */
  hidden(thrown: unknown): unknown {
    if (!(thrown instanceof Error)) return this.#hide(describeError(thrown));
    thrown.message = this.#hide(thrown.message);
    if (thrown.stack !== undefined) thrown.stack = this.#hide(thrown.stack);
    return thrown;
  }
}
