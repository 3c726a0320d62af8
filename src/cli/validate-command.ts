import { existsSync } from 'node:fs';
import { ExitCode, FbbError } from '../core/index.js';
import { pairWithLive, pairWithPublished, renderValidation } from '../report/index.js';
import { checkWritable, findResultSet, listResultSets, type ResultSet } from '../results/index.js';
import { findSuitePath, suiteHash } from '../suites/index.js';
import { calibrateHost, ownProfilePath } from './calibrate-command.js';
import { simulatedPlatform } from './composition.js';
import { defaultHost, findHostProfile } from './host-profiles.js';
import { livePlatform } from './live-platform.js';
import { interruptible, print, styleFor, tell } from './output.js';
import { suitesFolder } from './package-root.js';
import { runNamedSuite } from './suite-command.js';
import type { SuiteOptions } from './suite-selection.js';

export interface ValidateOptions extends Omit<SuiteOptions, 'backend' | 'json' | 'live'> {
  /** A stored live run to compare with, instead of one made now. */
  readonly live?: string;
  readonly published?: true;
}

async function validateAgainstPublished(suite: string, options: ValidateOptions, signal: AbortSignal): Promise<ExitCode> {
  const host = options.host ?? defaultHost;
  const platform = simulatedPlatform(findHostProfile(host), host);
  const { results, exitCode } = await runNamedSuite(suite, { ...(options.experiments === undefined ? { full: true } : {}), ...options, backend: 'simulation' }, { platform, signal });
  if (results.manifest.published === null) throw new FbbError('FBB_ERR_NOT_COMPARABLE', `Suite '${suite}' carries no published figures.`);
  print(`\n${renderValidation(pairWithPublished(results.readSummaries(), results.manifest), styleFor(process.stdout))}`);
  return exitCode;
}

/** The part of a suite that a stored run had. */
function selectionLike({ manifest: { selection } }: ResultSet): Partial<SuiteOptions> {
  const { experiments, workloads, schedulers, limit, load, seed, reseed, set, cache, plugins } = selection;
  const given = { experiments, workloads, schedulers, limit, load, seed, reseed: reseed ? true : null, set, cache, scheduler: plugins };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** The run named; `latest` is the latest that is live. */
function findLive(name: string, outFolder: string): ResultSet {
  const candidates = name === 'latest' ? listResultSets(outFolder).reverse() : [name];
  const runs = candidates.map((candidate) => findResultSet(candidate, outFolder));
  const live = runs.find(({ manifest }) => manifest.backend !== 'simulation' && manifest.imported === undefined);
  if (live !== undefined) return live;
  throw new FbbError('FBB_ERR_NOT_COMPARABLE', name === 'latest' ? `There is no live run in ${outFolder}.` : `${name} was simulated or imported, not run live.`);
}

/** What was run with storages of the user's choice may be another function, of which a host profile has no figures. */
function checkUsualFunctions({ manifest }: ResultSet): void {
  const [name, notes] = Object.entries(manifest.workloads).find(([, { insteadOf }]) => insteadOf !== undefined) ?? [];
  if (name === undefined) return;
  throw new FbbError('FBB_ERR_NOT_COMPARABLE', `${manifest.id} was run with --storage ${manifest.settings.storage.join(' and ')}, where ${name} is ${String(notes?.['function'])}; a simulation runs ${String(notes?.['insteadOf'])}.`, {
    fix: 'Compare with a run without --storage, or with a CouchDB only.',
  });
}

function checkSameSuite({ manifest }: ResultSet, suitePath: string): void {
  if (manifest.suite.hash === suiteHash(suitePath)) return;
  throw new FbbError('FBB_ERR_NOT_COMPARABLE', `${manifest.id} is of suite '${manifest.suite.name}' as it was then, which is not ${suitePath}.`);
}

async function validateAgainstLive(suite: string, options: ValidateOptions, signal: AbortSignal): Promise<ExitCode> {
  checkWritable(options.out);
  const stored = options.live === undefined ? undefined : findLive(options.live, options.out);
  if (stored !== undefined) {
    checkSameSuite(stored, findSuitePath(suite, suitesFolder));
    checkUsualFunctions(stored);
  }
  const path = options.host ?? ownProfilePath(options.out);
  if (options.host === undefined && !existsSync(path)) {
    tell('There is no profile of this machine yet: measuring one.');
    await calibrateHost(options.out, path, signal);
  }
  const host = findHostProfile(path);
  const here = livePlatform();
  const liveCores = Number(stored?.manifest.host['cores'] ?? here.cores);
  if (host.cores !== liveCores) throw new FbbError('FBB_ERR_NOT_COMPARABLE', `Host profile '${host.name}' has ${host.cores} cores, the live run ${liveCores}.`);
  const live = stored ?? (await runNamedSuite(suite, { ...options, backend: 'process' }, { platform: here, signal })).results;
  if (signal.aborted) return ExitCode.interrupted;
  const { fib30Ms, settings } = live.manifest;
  const platform = simulatedPlatform({ ...host, launch: { ...host.launch, parallel: settings.launchLimit } }, path);
  // The same work: what fib(30) takes decides which numbers the workload computes.
  const same = { ...platform, fib30Ms: fib30Ms ?? platform.fib30Ms };
  const { containerCores, maxContainers } = settings;
  const likeLive = { ...selectionLike(live), containerCores: containerCores ?? liveCores, ...(maxContainers === null ? {} : { maxContainers }), repeat: 1, backend: 'simulation' };
  const { results, exitCode } = await runNamedSuite(suite, { ...options, ...likeLive }, { platform: same, signal });
  const pairs = pairWithLive(live.readSummaries(), results.readSummaries(), live.manifest);
  print(`\nlive ${live.manifest.id}, simulated ${results.manifest.id}\n${renderValidation(pairs, styleFor(process.stdout))}`);
  return exitCode;
}

/** `validate-sim [suite]`: how far the simulation is from what was measured, here or by the authors of the paper. */
export async function validateCommand(suite: string, options: ValidateOptions): Promise<void> {
  const { signal } = interruptible();
  process.exitCode = options.published === true ? await validateAgainstPublished(suite, options, signal) : await validateAgainstLive(suite, options, signal);
}
