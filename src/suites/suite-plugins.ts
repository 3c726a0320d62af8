import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { FbbError, type Registry, type SchedulerDefinition } from '../core/index.js';
import { isPluginPath, loadPlugin, type LoadedPlugin } from '../plugins/index.js';

/** Loads plug-ins and adds their schedulers to those that suites may name. */
export class PluginSchedulers {
  readonly #schedulers: Registry<SchedulerDefinition>;
  readonly #loaded = new Map<string, LoadedPlugin>();

  constructor(schedulers: Registry<SchedulerDefinition>) {
    this.#schedulers = schedulers;
  }

  get(schedulerName: string): LoadedPlugin | undefined {
    return this.#loaded.get(schedulerName);
  }

  all(): LoadedPlugin[] {
    return [...this.#loaded.values()];
  }

  /** Resolves to the name of its scheduler. A file that was added before is not added again. */
  async add(specifier: string, fromFolder: string): Promise<string> {
    if (!isPluginPath(specifier) && this.#schedulers.has(specifier) && !this.#loaded.has(specifier)) {
      throw new FbbError('FBB_ERR_PLUGIN_NOT_FOUND', `Scheduler '${specifier}' is built in and no plug-in.`, { fix: `Use --schedulers ${specifier}, or name it in the suite.` });
    }
    const plugin = await loadPlugin(specifier, fromFolder);
    const { name } = plugin.definition;
    const before = this.#loaded.get(name);
    if (before?.path === plugin.path) return name;
    if (before !== undefined) throw new FbbError('FBB_ERR_PLUGIN_NAME', `The schedulers of the plug-ins '${before.specifier}' and '${specifier}' are both named '${name}'.`);
    if (this.#schedulers.has(name)) throw new FbbError('FBB_ERR_PLUGIN_NAME', `The scheduler of plug-in '${specifier}' is named '${name}', and so is the built-in scheduler '${name}'.`);
    this.#schedulers.add(plugin.definition);
    this.#loaded.set(name, plugin);
    return name;
  }

  /** Adds several; throws one error for all that cannot be. */
  async addAll(specifiers: readonly string[], fromFolder: string): Promise<string[]> {
    const names: string[] = [];
    const errors: FbbError[] = [];
    for (const specifier of specifiers) {
      try {
        names.push(await this.add(specifier, fromFolder));
      } catch (thrown) {
        if (!(thrown instanceof FbbError)) throw thrown;
        errors.push(thrown);
      }
    }
    const [first] = errors;
    if (first !== undefined) throw new FbbError(first.code, errors.map(({ message }) => message).join('\n'), { fix: [...new Set(errors.map(({ fix }) => fix))].join(' ') });
    return [...new Set(names)];
  }
}

/** A scheduler as messages call it, with where it came from unless it is built in. */
export function describeScheduler(name: string, plugins: PluginSchedulers): string {
  const plugin = plugins.get(name);
  return `Scheduler '${name}'${plugin === undefined ? '' : ` (plug-in ${plugin.specifier})`}`;
}

/** What a suite calls a plug-in: the name of its scheduler, or why it cannot be used. */
export type PluginMentions = ReadonlyMap<string, string | FbbError>;

/** Everything in a suite file that stands where a scheduler is named; nothing when the file is none. */
function schedulerMentions(path: string): string[] {
  let suite: { readonly base?: unknown; readonly experiments?: Readonly<Record<string, { readonly schedulers?: unknown } | null>> } | null;
  try {
    suite = parse(readFileSync(path, 'utf8')) as typeof suite;
  } catch {
    // What is wrong with it is told by the one who reads it as a suite.
    return [];
  }
  const entries = Object.values(suite?.experiments ?? {}).flatMap((experiment) => (Array.isArray(experiment?.schedulers) ? (experiment.schedulers as unknown[]) : []));
  const names = [suite?.base, ...entries.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as { name?: unknown }).name : entry))];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/**
 * Loads the plug-ins that a suite file names by path, relative to the file, or by package. A name that is neither a scheduler nor a
 * package is left to those who read the suite.
 */
export async function loadSuitePlugins(path: string, schedulers: Registry<SchedulerDefinition>, plugins: PluginSchedulers): Promise<PluginMentions> {
  const mentions = new Map<string, string | FbbError>();
  for (const mention of schedulerMentions(path)) {
    if (schedulers.has(mention)) continue;
    try {
      mentions.set(mention, await plugins.add(mention, dirname(path)));
    } catch (thrown) {
      if (!(thrown instanceof FbbError)) throw thrown;
      if (thrown.code !== 'FBB_ERR_PLUGIN_NOT_FOUND' || isPluginPath(mention)) mentions.set(mention, thrown);
    }
  }
  return mentions;
}
