import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError, FbbError, harnessFolder, thrownPlace } from '../core/index.js';
import type { LoadedPlugin } from '../plugins/index.js';
import { describeScheduler, type PluginSchedulers } from './suite-plugins.js';

/** Hands over what is thrown where nobody catches it: in a promise or a timer that is none of the context. Returns what stops that. */
export function catchOutsideErrors(told: (thrown: unknown) => void): () => void {
  process.on('uncaughtException', told);
  process.on('unhandledRejection', told);
  return () => {
    process.off('uncaughtException', told);
    process.off('unhandledRejection', told);
  };
}

interface OutsideError {
  readonly schedulerName: string;
  readonly error: FbbError;
}

function namesFile(stack: string, path: string): boolean {
  return stack.includes(path) || stack.includes(pathToFileURL(path).href);
}

function looksLikeOurs(stack: string, { path }: LoadedPlugin): boolean {
  const [ours, others] = [true, false].map((wanted) => stack.split('\n').filter((line) => line.includes(harnessFolder) === wanted).join('\n')) as [string, string];
  return ours !== '' && !others.includes(dirname(path));
}

/**
 * Whose fault it is: that of the plug-in whose file the stack names, which may be one of an earlier cell; or that of the cell's scheduler,
 * when it is a plug-in and the stack does not speak for a fault of the harness. Undefined: nobody's but the harness's.
 */
export function blamePlugin(thrown: unknown, schedulerName: string, plugins: PluginSchedulers): OutsideError | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const current = plugins.get(schedulerName);
  const plugin = plugins.all().find(({ path }) => namesFile(stack, path)) ?? (current !== undefined && looksLikeOurs(stack, current) ? undefined : current);
  if (plugin === undefined) return undefined;
  const { name } = plugin.definition;
  const what = describeError(thrown).replace(/\.$/, '');
  return { schedulerName: name, error: new FbbError('FBB_ERR_SCHEDULER_THREW', `${describeScheduler(name, plugins)} threw outside of its hooks: ${what}${thrownPlace(thrown)}.`, { cause: thrown }) };
}
