import { existsSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import { defineScheduler, FbbError, MonotonicClock, type Clock, type SchedulerDefinition } from '../core/index.js';
import { definitionProblems } from './definition-problems.js';
import { guardLoading, loadError } from './guard-loading.js';
import { describeLoadError } from './load-error.js';
import { optionsProblem } from './options-problem.js';
import { filesOf, hashOf, versionOf } from './plugin-files.js';

/** A scheduler that does not ship with the harness, and where it came from. */
export interface LoadedPlugin {
  readonly definition: SchedulerDefinition;
  /** As it was given. */
  readonly specifier: string;
  /** The file it was loaded from. */
  readonly path: string;
  /** Of the nearest package.json; null when there is none. */
  readonly version: string | null;
  /** SHA-256 over the file and what it imports by relative paths. */
  readonly hash: string;
}

const packageName = 'faasbatch-bench';
/** What a plug-in gets for the names of this package. Variables, because inside src nobody imports the public API. */
const entryPoints = { [packageName]: '../index.js', [`${packageName}/testkit`]: '../testkit/index.js' };

/** Whether a name stands for a file and not for a built-in scheduler or a package. */
export function isPluginPath(name: string): boolean {
  return /^[./]/.test(name) || /\.[mc]?[jt]s$/.test(name);
}

function fileOf(specifier: string, fromFolder: string): string {
  const path = resolve(fromFolder, specifier);
  if (!existsSync(path)) throw new FbbError('FBB_ERR_PLUGIN_NOT_FOUND', `There is no plug-in '${specifier}': ${path} does not exist.`);
  if (!statSync(path).isFile()) throw new FbbError('FBB_ERR_PLUGIN_NOT_FOUND', `Plug-in '${specifier}' is no file: ${path}.`, { fix: 'Give the path of the file that exports the scheduler by default.' });
  return realpathSync(path);
}

function packageFileOf(name: string, fromFolder: string, jiti: Jiti): string {
  const url = isBuiltin(name) ? undefined : jiti.esmResolve(name, { parentURL: pathToFileURL(resolve(fromFolder, 'plugin.js')).href, try: true });
  if (url === undefined) {
    throw new FbbError('FBB_ERR_PLUGIN_NOT_FOUND', `There is no plug-in '${name}': no package of this name is installed for ${fromFolder}.`);
  }
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!existsSync(path)) throw new FbbError('FBB_ERR_PLUGIN_NOT_FOUND', `There is no plug-in '${name}': the package names ${path}, which does not exist.`);
  return realpathSync(path);
}

/** Names of this package that the files of a plug-in mention, with the modules that they stand for: those that run here, no copies. */
async function modulesFor(files: ReadonlyMap<string, string>): Promise<Record<string, unknown>> {
  const modules: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(entryPoints)) {
    const mentioned = [...files.values()].some((text) => text.includes(`'${name}'`) || text.includes(`"${name}"`));
    if (mentioned || name === packageName) modules[name] = (await import(path)) as unknown;
  }
  return modules;
}

function definitionOf(module: unknown, specifier: string): SchedulerDefinition {
  const exported = module as Partial<Record<string, unknown>> | null | undefined;
  const value = exported?.['default'];
  if (value === undefined) {
    const names = Object.keys(exported ?? {}).filter((name) => name !== 'default' && name !== '__esModule').sort();
    const others = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')} by name`;
    throw new FbbError('FBB_ERR_PLUGIN_INVALID', `Plug-in '${specifier}' has no default export; ${others}.`, { fix: 'Write "export default defineScheduler({ ... })".' });
  }
  const problems = definitionProblems(value);
  if (problems.length > 0) throw new FbbError('FBB_ERR_PLUGIN_INVALID', `The default export of plug-in '${specifier}' is no scheduler: ${problems.join('; ')}.`);
  const definition = defineScheduler(value as SchedulerDefinition);
  const problem = optionsProblem(definition);
  if (problem === undefined) return definition;
  throw new FbbError('FBB_ERR_PLUGIN_INVALID', `Plug-in '${specifier}' cannot be used. ${problem}`, {
    fix: 'Make its options with z.strictObject of numbers, texts and booleans; docs/plugins.md describes them.',
  });
}

/**
 * Loads a scheduler from a TypeScript or JavaScript file, or from a package that is installed for `fromFolder`. Nothing is compiled
 * beforehand and nothing is left on disk. The clock tells when to give up one that never finishes loading.
 */
export async function loadPlugin(specifier: string, fromFolder: string, clock: Clock = new MonotonicClock()): Promise<LoadedPlugin> {
  const settings = { fsCache: false, interopDefault: false };
  const path = isPluginPath(specifier) ? fileOf(specifier, fromFolder) : packageFileOf(specifier, fromFolder, createJiti(import.meta.url, settings));
  let module: unknown;
  let files: ReadonlyMap<string, string> = new Map();
  try {
    files = filesOf(path);
    const virtualModules = await modulesFor(files);
    module = await guardLoading(specifier, clock, () => createJiti(path, { ...settings, virtualModules }).import(path));
  } catch (thrown) {
    throw loadError(specifier, describeLoadError(thrown, [...files.keys()]), thrown);
  }
  return { definition: definitionOf(module, specifier), specifier, path, version: versionOf(path), hash: hashOf(path, files) };
}
