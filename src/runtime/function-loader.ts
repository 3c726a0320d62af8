import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError } from '../core/errors.js';
import type { FunctionModule, FunctionSpec } from '../core/function.js';
import type { ResourceCache } from '../core/resource-cache.js';
import type * as ClientSharing from './client-sharing.js';
import type { Scope } from './invoke.js';

/** Loads the module of a function. `.cjs` goes through `require`, which spares a container the start of the ES module loader. */
export async function loadFunction(spec: FunctionSpec): Promise<FunctionModule> {
  const loaded: unknown = spec.handlerPath.endsWith('.cjs') ? require(spec.handlerPath) : await import(pathToFileURL(spec.handlerPath).href);
  const module = (loaded as { default?: unknown }).default ?? loaded;
  const candidate = [loaded, module].find((item) => typeof (item as Partial<FunctionModule> | null)?.handler === 'function');
  if (candidate === undefined) throw new Error(`${spec.handlerPath} exports no function named handler`);
  return candidate as FunctionModule;
}

/** Has to be called before the function is loaded. Undefined where a function constructs no clients that are shared. */
export function prepareSharing(spec: FunctionSpec, { policy }: ResourceCache): Scope | undefined {
  if (spec.share === undefined) return undefined;
  // A file of its own: it would cost every other container launch time.
  return (require(join(__dirname, 'client-sharing.cjs')) as typeof ClientSharing).shareClients(spec, policy !== 'off');
}

/** Loads it, or says why not. */
export async function tryLoadFunction(spec: FunctionSpec): Promise<FunctionModule | string> {
  try {
    return await loadFunction(spec);
  } catch (thrown) {
    return describeError(thrown);
  }
}
