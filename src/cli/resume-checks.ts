import { FbbError } from '../core/index.js';
import type { Manifest } from '../results/index.js';
import { formatResourceCache, readResourceCache, type PluginSchedulers, type Suite, type SuitePlan } from '../suites/index.js';
import { optionsOf, originsOf, storageOf } from './storage-options.js';
import { experimentsAskedFor, limitOf, warmupOf, type SuiteOptions } from './suite-selection.js';

/** Of a storage no password is kept, so one that the earlier run had must be said again. */
function checkStorageGiven({ id, settings: { storage } }: Manifest, options: SuiteOptions): void {
  if (storage.length === 0 || options.storage !== undefined) return;
  throw new FbbError('FBB_ERR_RESULTS_RESUME', `${id} was run with --storage ${storage.join(' and ')}, and of a storage no user and password are kept.`, {
    fix: `Give it again: ${optionsOf(storage)}, with user and password if it has them.`,
  });
}

function cacheOf({ cache }: SuiteOptions): string | undefined {
  return cache === undefined ? undefined : formatResourceCache(readResourceCache(cache));
}

/** Throws unless an earlier run is one of this suite with these options. */
export function checkSameRun(manifest: Manifest, suite: Suite, options: SuiteOptions): void {
  if (manifest.suite.name !== suite.name || manifest.suite.hash !== suite.hash) {
    throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} is of suite '${manifest.suite.name}'${manifest.suite.name === suite.name ? ', which has changed since' : ''}.`);
  }
  const { selection, settings } = manifest;
  const quick = { limit: limitOf(options) ?? null, warmup: manifest.backend === 'simulation' ? 0 : warmupOf(suite, options) };
  const given = [
    [options.full === true ? '--full' : '--experiments', experimentsAskedFor(suite, options), selection.experiments],
    ['--workloads', options.workloads, selection.workloads],
    ['--schedulers', options.schedulers, selection.schedulers],
    ['--scheduler', options.scheduler, selection.plugins],
    ['--set', options.set, selection.set],
    ['--cache', cacheOf(options), selection.cache],
    ['--repeat', options.repeat, selection.repeat],
    ['--limit', options.limit, selection.limit],
    ['--load', options.load, selection.load],
    ['--seed', options.seed, selection.seed],
    ['--reseed', options.reseed, selection.reseed],
    ['--launch-limit', options.launchLimit, settings.launchLimit],
    ['--container-memory', options.containerMemory, settings.containerMemoryMb],
    ['--container-cores', options.containerCores, settings.containerCores],
    ['--base-image', options.baseImage, settings.baseImage],
    ['--image', options.image === undefined ? undefined : [...options.image].sort(), Object.entries(settings.images).map(([name, image]) => `${name}=${image}`).sort()],
    ['--max-containers', options.maxContainers, settings.maxContainers],
    ['--storage', options.storage && originsOf(storageOf(options)), settings.storage],
    ['--no-rows', options.rows === false ? false : undefined, settings.rows],
    ['limit or warm-up than --quick has', options.quick === true ? quick : undefined, { limit: selection.limit, warmup: settings.warmupInvocations }],
  ] as const;
  const other = given.filter(([, value, before]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before)).map(([option]) => option);
  if (other.length > 0) {
    throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} was run with another ${other.join(', ')}.`, { fix: 'Leave the option out to go on as the run began, or start a new one without --resume.' });
  }
  checkStorageGiven(manifest, options);
  if (manifest.backend !== options.backend) throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} was run with backend '${manifest.backend}'.`);
}

/** Throws when the host that an earlier run simulated was another one. */
export function checkSameHost({ id, host }: Manifest, { host: now }: Pick<Manifest, 'host'>): void {
  if (host['hostProfileHash'] === now['hostProfileHash']) return;
  throw new FbbError('FBB_ERR_RESULTS_RESUME', `${id} was run on host profile '${host['hostProfile'] ?? ''}' as it was then.`, { fix: 'Name the same profile with --host, or start a new run without --resume: a simulation takes seconds.' });
}

/** Throws when a plug-in is not the one that the earlier run had. */
export function checkSamePlugins({ id, schedulers }: Manifest, plugins: PluginSchedulers): void {
  const changed = schedulers.filter(({ name, plugin }) => plugin !== null && plugins.get(name)?.hash !== plugin.hash);
  if (changed.length === 0) return;
  const names = changed.map(({ name, plugin }) => `'${name}' (${plugin?.specifier ?? ''})`);
  throw new FbbError('FBB_ERR_RESULTS_RESUME', `${changed.length === 1 ? 'A plug-in has' : 'Plug-ins have'} changed since ${id} began: ${names.join(', ')}.`, {
    fix: 'Bring back what the run began with, or start a new one without --resume.',
  });
}

/** The same options can make other work: on other cores, by another version of the package. */
export function checkSameWork(manifest: Manifest, { cells }: SuitePlan): void {
  const hashes = new Map(cells.map(({ key, workload }) => [key.id, workload.hash]));
  const changed = manifest.cells.find((cell) => hashes.get(cell.id) !== cell.workloadHash);
  if (changed !== undefined) throw new FbbError('FBB_ERR_RESULTS_RESUME', `The work of ${changed.id} is not what it was when ${manifest.id} began (other cores, or another version of faasbatch-bench).`);
}
