import type { FunctionContext, ResourceOptions, StorageKind } from '../src/core/function.js';
import { DroppedError, StorageError } from './storage-errors.js';

/** How clients of one storage are made, and what their failures mean. */
export interface ClientMaker<Client> {
  readonly kind: StorageKind;
  /** Tells the client from others, without a password. */
  readonly args: Readonly<Record<string, string | undefined>>;
  /** Rejects with a StorageError. */
  readonly create: () => Promise<Client>;
  readonly options: Pick<ResourceOptions<Client>, 'isBroken' | 'dispose'>;
  /** What an operation threw, as a StorageError, a DroppedError or any other error; its message tells no password. */
  readonly failureOf: (thrown: unknown, client: Client) => Error;
}

/** Runs an operation with the client of an invocation. */
export type UseClient<Client> = <Result>(operate: (client: Client) => Promise<Result>) => Promise<Result>;

function lost(first: Error, second: Error): StorageError {
  return new StorageError('FBB_ERR_STORAGE_LOST', `the connection dropped (${first.message}), and the second try failed: ${second.message}`);
}

/**
 * Hands a client to the work of one invocation. An operation whose connection dropped is tried once more with a new client, so it must not
 * mind being done twice; every other failure is final, and so is a second one.
 */
export async function withClient<Client, Result>(maker: ClientMaker<Client>, ctx: FunctionContext, work: (use: UseClient<Client>) => Promise<Result>): Promise<Result> {
  const { kind, args, create, options } = maker;
  const ask = (): Promise<Client> => ctx.resource(kind, args, create, options);
  /** Made beside the resources, because they had but the broken one; ends with the invocation. */
  let own: Client | undefined;

  async function another(broken: Client): Promise<Client> {
    const asked = await ask();
    if (asked !== broken) return asked;
    own ??= await create();
    return own;
  }

  let client: Client | undefined;
  const use: UseClient<Client> = async (operate) => {
    const first = (client ??= await ask());
    const dropped = await attempt(operate, first, maker);
    if (!(dropped instanceof DroppedError)) return dropped;
    try {
      client = await another(first);
    } catch (thrown) {
      throw thrown instanceof Error ? lost(dropped, thrown) : thrown;
    }
    const result = await attempt(operate, client, maker);
    if (result instanceof DroppedError) throw lost(dropped, result);
    return result;
  };
  try {
    return await work(use);
  } finally {
    if (own !== undefined) await options.dispose?.(own);
  }
}

/** Resolves to the error when the connection dropped, and rejects with every other one. */
async function attempt<Client, Result>(operate: (client: Client) => Promise<Result>, client: Client, { failureOf }: ClientMaker<Client>): Promise<Result | DroppedError> {
  try {
    return await operate(client);
  } catch (thrown) {
    const failure = failureOf(thrown, client);
    if (failure instanceof DroppedError) return failure;
    throw failure;
  }
}
