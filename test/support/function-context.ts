import { onTestFinished } from 'vitest';
import type { FunctionContext, ResourceOptions } from '../../src/core/function.js';

export interface AskedResource {
  readonly kind: string;
  readonly args: unknown;
}

/** What a handler is given: every resource is made for it alone, and ends with the test. `shared`: one of a kind and for good, broken or not. */
export function contextOf({ shared = false } = {}): { readonly ctx: FunctionContext; readonly asked: AskedResource[]; readonly made: unknown[] } {
  const asked: AskedResource[] = [];
  const made: unknown[] = [];
  const kept = new Map<string, unknown>();
  const ctx: FunctionContext = {
    invocationId: '1',
    signal: new AbortController().signal,
    async resource<T>(kind: string, args: unknown, create: () => T | Promise<T>, { dispose }: ResourceOptions<T> = {}) {
      asked.push({ kind, args });
      if (shared && kept.has(kind)) return kept.get(kind) as T;
      const resource = await create();
      made.push(resource);
      kept.set(kind, resource);
      onTestFinished(() => dispose?.(resource));
      return resource;
    },
  };
  return { ctx, asked, made };
}
