import { FbbError } from '../core/index.js';
import type { Manifest } from '../results/index.js';
import { formatResourceCache, readResourceCache, type Selection, type Suite } from '../suites/index.js';
import type { ImageSettings } from './composition.js';

export interface SuiteOptions {
  readonly experiments?: string[];
  readonly full?: true;
  readonly workloads?: string[];
  readonly schedulers?: string[];
  /** Plug-ins. */
  readonly scheduler?: string[];
  readonly set?: string[];
  /** As `readResourceCache` reads it. */
  readonly cache?: string;
  readonly repeat?: number;
  readonly limit?: number;
  readonly quick?: true;
  readonly load?: number;
  readonly seed?: number;
  readonly reseed?: true;
  readonly out: string;
  readonly resume?: string | true;
  readonly recalibrate?: true;
  readonly launchLimit?: number;
  readonly containerMemory?: number;
  readonly containerCores?: number;
  readonly maxContainers?: number;
  /** That of the run that is resumed, or else processes. */
  readonly backend?: string;
  /** Of the function image, for Docker. */
  readonly baseImage?: string;
  /** `function=image` each, for Docker. */
  readonly image?: string[];
  /** Addresses of storages that run already. */
  readonly storage?: readonly string[];
  /** Name or path of a host profile, for the simulation. */
  readonly host?: string;
  /** False: no row for each invocation. */
  readonly rows?: boolean;
  /** Where the run can be watched, as `parseLiveAddress` reads it; true: on a free port. */
  readonly live?: string | true;
  readonly json?: true;
}

type Given = readonly (readonly [option: string, value: unknown])[];

/** Options that a backend has no use for must not pass for heard. */
export function checkBackendOptions(options: SuiteOptions, backend: string): void {
  const ofLive: Given = [['--launch-limit', options.launchLimit], ['--container-memory', options.containerMemory], ['--recalibrate', options.recalibrate], ['--storage', options.storage]];
  const ofDocker: Given = [['--base-image', options.baseImage], ['--image', options.image]];
  const ofSimulation: Given = [['--host', options.host]];
  const useless: Readonly<Record<string, Given>> = { process: [...ofDocker, ...ofSimulation], docker: ofSimulation, simulation: [...ofLive, ...ofDocker] };
  const given = (useless[backend] ?? []).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length === 0) return;
  const fixes: Readonly<Record<string, string>> = { process: 'Leave it out, or add the --backend that it is for: --host is for simulation, --image and --base-image are for docker.', docker: 'Leave it out, or add --backend simulation.' };
  const fix = given.every((name) => name === '--storage') ? 'Leave it out: a simulation reaches no storage, docs/simulation.md says what stands for one.' : (fixes[backend] ?? 'Leave it out, and write it into the host profile; docs/simulation.md describes it.');
  throw new FbbError('FBB_ERR_USAGE', `${given.join(' and ')} ${given.length === 1 ? 'means' : 'mean'} nothing to backend '${backend}'.`, { fix });
}

/** From `--base-image` and `--image`. */
export function imagesOf({ baseImage, image = [] }: SuiteOptions, knownFunctions: readonly string[]): ImageSettings {
  const images = image.map((text): [string, string] => {
    const [, name, reference] = /^([^=]+)=(\S+)$/.exec(text) ?? [];
    if (name === undefined || reference === undefined) throw new FbbError('FBB_ERR_USAGE', `--image '${text}' is not of the form function=image.`);
    if (!knownFunctions.includes(name)) throw new FbbError('FBB_ERR_FUNCTION_UNKNOWN', `--image ${text}: there is no function '${name}'; there are ${knownFunctions.join(', ')}.`);
    return [name, reference];
  });
  const twice = images.find(([name], i) => images.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw new FbbError('FBB_ERR_USAGE', `--image names function '${twice[0]}' twice.`);
  return { baseImage: baseImage ?? null, images: Object.fromEntries(images) };
}

/** Two containers a core may be starting at once. */
export function defaultLaunchLimit(cores: number): number {
  return 2 * cores;
}

const quickLimit = 45;
const quickWarmup = 5;

/** How many invocations of each workload are asked for; undefined when all are. */
export function limitOf({ limit, quick }: SuiteOptions): number | undefined {
  return limit ?? (quick === true ? quickLimit : undefined);
}

export function warmupOf({ warmupInvocations }: Suite, { quick }: SuiteOptions): number {
  return quick === true ? Math.min(quickWarmup, warmupInvocations) : warmupInvocations;
}

/** The experiments asked for; undefined when none was. */
export function experimentsAskedFor(suite: Suite, { experiments, full }: SuiteOptions): string[] | undefined {
  return full === true ? Object.keys(suite.experiments) : experiments;
}

/** Experiments that run when none is named: the paper's main one where a suite has it. */
function defaultExperiments(suite: Suite): string[] | undefined {
  return 'e2e' in suite.experiments ? ['e2e'] : undefined;
}

/** `added`: names of the schedulers of the plug-ins that `--scheduler` names. */
export function selectionOf(suite: Suite, options: SuiteOptions, added: readonly string[]): Selection {
  return {
    experiments: experimentsAskedFor(suite, options) ?? defaultExperiments(suite),
    workloads: options.workloads,
    schedulers: options.schedulers,
    repeat: options.repeat ?? 1,
    limit: limitOf(options),
    load: options.load ?? suite.load,
    seed: options.seed ?? suite.seed,
    reseed: options.reseed === true,
    set: options.set,
    cache: options.cache === undefined ? undefined : readResourceCache(options.cache),
    added,
  };
}

/** What an earlier run was asked for; the suite says what it does not tell. */
export function selectionOfManifest({ selection }: Manifest, suite: Suite, added: readonly string[]): Selection {
  return {
    experiments: selection.experiments ?? undefined,
    workloads: selection.workloads ?? undefined,
    schedulers: selection.schedulers ?? undefined,
    repeat: selection.repeat,
    limit: selection.limit ?? undefined,
    load: selection.load ?? suite.load,
    seed: selection.seed ?? suite.seed,
    reseed: selection.reseed,
    set: selection.set ?? undefined,
    cache: selection.cache === null ? undefined : readResourceCache(selection.cache),
    added,
  };
}

function listOrNull(names: readonly string[] | undefined): string[] | null {
  return names === undefined ? null : [...names];
}

/** As it stands in a manifest; `plugins` as `--scheduler` named them. */
export function storedSelection({ experiments, workloads, schedulers, repeat, limit, load, seed, reseed, set, cache }: Selection, plugins: readonly string[] | undefined): Manifest['selection'] {
  return {
    experiments: listOrNull(experiments),
    workloads: listOrNull(workloads),
    schedulers: listOrNull(schedulers),
    repeat,
    limit: limit ?? null,
    load,
    seed,
    reseed,
    set: listOrNull(set),
    cache: cache === undefined ? null : formatResourceCache(cache),
    plugins: listOrNull(plugins),
  };
}
