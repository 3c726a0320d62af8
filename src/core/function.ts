import type { SharedClient } from './known-clients.js';

/** How a function spends its time; decides how a container expands it (worker threads or the event loop). */
type FunctionKind = 'cpu' | 'io';

/** Services that functions can need. */
export const storageKinds = ['couchdb', 'redis'] as const;
export type StorageKind = (typeof storageKinds)[number];

/** What the harness needs to know of a function to run it. */
export interface FunctionSpec {
  /** The name invocations refer to; several functions of a workload may share one code folder. */
  readonly functionId: string;
  /** Of the function folder it runs. */
  readonly name: string;
  readonly kind: FunctionKind;
  /** Absolute path of the CommonJS or ES module that exports `handler`. */
  readonly handlerPath: string;
  /** One invocation may run this long before it ends as `timedOut`. */
  readonly timeoutMs: number;
  /** Services the function talks to. */
  readonly needs: readonly StorageKind[];
  /** Clients that it constructs by itself and that its invocations share where containers share resources. */
  readonly share?: readonly SharedClient[] | undefined;
}

/** What is known of a resource besides how it is made. */
export interface ResourceOptions<T> {
  /** Ends it when nobody can be given it any more. */
  dispose?(resource: T): void | Promise<void>;
  /** Whether it is of no use any more, and another must be made. */
  isBroken?(resource: T): boolean;
  /** Memory that it takes, about. */
  sizeBytes?: number | ((resource: T) => number);
}

/** What a handler is given besides its input. */
export interface FunctionContext {
  readonly invocationId: string;
  /** Aborted when the invocation has timed out. */
  readonly signal: AbortSignal;
  /**
   * A client, connection or other costly thing that invocations with equal `args` can share. With resource multiplexing on, one
   * instance per container (per thread for CPU functions) serves them all; with it off, `create` is called every time.
   */
  resource<T>(kind: string, args: unknown, create: () => T | Promise<T>, options?: ResourceOptions<T>): Promise<T>;
}

/** The shape of a function's module. */
export interface FunctionModule<Input = unknown, Output = unknown> {
  handler(input: Input, ctx: FunctionContext): Output | Promise<Output>;
  /** Says what is wrong with an input, or nothing. */
  checkInput?(input: unknown): string | undefined;
  /** Says what is wrong with an output, or nothing; runs outside the measured time. */
  checkOutput?(input: Input, output: unknown): string | undefined;
}
