import { closeSync } from 'node:fs';
import { ExitCode, FbbError, schedulerOptions, wallClockIso, type FunctionSpec } from '../core/index.js';
import { parseLiveAddress, type LiveAddress, type LiveFeed } from '../live/index.js';
import { hostFingerprint } from '../metrics/index.js';
import { checkWritable, findResultSet, ResultSet, schemaVersion, type Manifest } from '../results/index.js';
import {
  calibrate,
  checkNeeds,
  findSuitePath,
  firstIndependent,
  loadSuitePlugins,
  planSuite,
  PluginSchedulers,
  readSuiteFile,
  runSuite,
  type PlannedCell,
  type Selection,
  type Suite,
  type SuitePlan,
} from '../suites/index.js';
import type { StorageAddress } from '../storage/index.js';
import { createRegistries, simulatedPlatform, type BegunRun, type Platform, type Registries } from './composition.js';
import { defaultHost, findHostProfile } from './host-profiles.js';
import { withLivePage } from './live-page.js';
import { interruptible, tell } from './output.js';
import { packageCommit, packageVersion, suitesFolder } from './package-root.js';
import { expectedSuiteMs, formatDuration, Progress } from './progress.js';
import { resultId } from './result-id.js';
import { checkSameHost, checkSamePlugins, checkSameRun, checkSameWork } from './resume-checks.js';
import { printResult } from './show-command.js';
import { makeReady, originsOf, storageOf, storedArguments, withoutSecrets } from './storage-options.js';
import { checkBackendOptions, defaultLaunchLimit, imagesOf, selectionOf, selectionOfManifest, storedSelection, warmupOf, type SuiteOptions } from './suite-selection.js';

const notLinux =
  'This is not Linux: memory of containers is RSS and is limited by their heap only, CPU time of an invocation is unknown, processes that functions detach are not found, and the load generator stays in the normal class.';

interface Loaded {
  readonly suite: Suite;
  readonly registries: Registries;
  readonly plugins: PluginSchedulers;
  /** Names of the schedulers that `--scheduler` adds. */
  readonly added: readonly string[];
}

/** Reads the suite, after the plug-ins that it or the command line names; those of an earlier run when there is one. */
async function loadSuite(path: string, specifiers: readonly string[], registries: Registries): Promise<Loaded> {
  const plugins = new PluginSchedulers(registries.schedulers);
  const added = await plugins.addAll(specifiers, process.cwd());
  const mentions = await loadSuitePlugins(path, registries.schedulers, plugins);
  return { suite: readSuiteFile(path, { ...registries, mentions }), registries, plugins, added };
}

interface Prepared extends Loaded {
  readonly selection: Selection;
  readonly plan: SuitePlan;
  readonly fib30Ms: number | null;
  /** What `--storage` names. */
  readonly storage: readonly StorageAddress[];
}

/** Expands the suite; measures this machine only if a workload needs it and no earlier run tells. */
function prepare(loaded: Loaded, platform: Platform, earlier: Manifest | undefined, options: SuiteOptions): Prepared {
  const { suite, registries, added } = loaded;
  const selection = earlier === undefined ? selectionOf(suite, options, added) : selectionOfManifest(earlier, suite, added);
  let fib30Ms = earlier?.fib30Ms ?? platform.fib30Ms ?? null;
  const measure = (): number => {
    if (fib30Ms !== null) return fib30Ms;
    if (!platform.isLive) throw new FbbError('FBB_ERR_HOST_PROFILE', `The host profile '${String(platform.host['hostProfile'])}' does not say how fast fib is, which the suite needs: functions.fib with model: fib.`);
    const calibration = calibrate(options.out, hostFingerprint(), options.recalibrate === true);
    fib30Ms = calibration.fib30Ms;
    tell(`fib(30) takes ${fib30Ms.toFixed(2)} ms here (${calibration.kept ? `measured ${calibration.measuredAt.slice(0, 10)}, kept in ${options.out}; --recalibrate measures anew` : 'just measured'})`);
    return fib30Ms;
  };
  const storage = storageOf(options);
  const plan = planSuite(suite, selection, { ...registries, cores: platform.cores, storage: storage.map(({ kind }) => kind), fib30Ms: measure });
  return { ...loaded, selection, plan, fib30Ms, storage };
}

/** The schedulers of a run: what they are, what they do unless told otherwise, and where those came from that are not built in. */
function describeSchedulers({ plan, registries, plugins }: Prepared): Manifest['schedulers'] {
  return [...new Set(plan.cells.map(({ key }) => key.scheduler))].map((name) => {
    const { description, options } = registries.schedulers.get(name);
    const plugin = plugins.get(name);
    return { name, description, defaults: schedulerOptions(options), plugin: plugin === undefined ? null : { specifier: plugin.specifier, version: plugin.version, hash: plugin.hash } };
  });
}

function createResultSet(prepared: Prepared, platform: Platform, settings: Manifest['settings'], options: SuiteOptions): ResultSet {
  const { suite, selection, plan, fib30Ms, storage } = prepared;
  const createdAt = wallClockIso();
  return ResultSet.create(options.out, {
    schema: schemaVersion,
    id: resultId(suite.name, createdAt),
    createdAt,
    status: 'running',
    tool: { name: 'faasbatch-bench', version: packageVersion, commit: packageCommit() },
    command: ['faasbatch-bench', ...storedArguments(process.argv.slice(2), storage)].join(' '),
    suite: { name: suite.name, hash: suite.hash, source: suite.path },
    backend: platform.backend,
    fib30Ms,
    settings,
    host: platform.host,
    workloads: Object.fromEntries([...plan.workloads].map(([name, workload]) => [name, { hash: workload.hash, ...workload.notes }])),
    schedulers: describeSchedulers(prepared),
    selection: storedSelection(selection, options.scheduler),
    base: suite.base,
    published: suite.publishedFigures ?? null,
    cells: plan.cells.map(({ key, workload, resourceCache, position }) => ({ ...key, status: 'pending', workloadHash: workload.hash, multiplexing: resourceCache.policy !== 'off', position })),
  });
}

function settingsOf({ suite, registries }: Loaded, platform: Platform, options: SuiteOptions): Manifest['settings'] {
  const containerMemoryMb = options.containerMemory ?? platform.defaults.containerMemoryMb;
  return {
    keepAliveMs: suite.keepAliveMs,
    launchLimit: platform.isLive ? (options.launchLimit ?? defaultLaunchLimit(platform.cores)) : null,
    containerMemoryMb: platform.isLive ? containerMemoryMb : null,
    containerCores: options.containerCores ?? null,
    ...imagesOf(options, registries.functions.names()),
    maxContainers: options.maxContainers ?? platform.defaults.maxContainers(containerMemoryMb) ?? null,
    maxAttempts: suite.maxAttempts,
    maxLagMs: suite.maxLagMs,
    maxFailedShare: suite.maxFailedShare,
    storage: originsOf(storageOf(options)),
    rows: options.rows !== false,
    warmupInvocations: platform.isLive ? warmupOf(suite, options) : 0,
  };
}

function exitCodeOf(status: 'complete' | 'interrupted', { cells }: Manifest): ExitCode {
  if (status === 'interrupted') return ExitCode.interrupted;
  if (cells.every((cell) => cell.status === 'skipped')) return ExitCode.missing;
  return cells.every((cell) => cell.status === 'valid' || cell.status === 'skipped') ? ExitCode.done : ExitCode.invalidCell;
}

/** Real containers; loaded when they are needed. */
async function realPlatform(backend: string): Promise<Platform> {
  if (backend === 'docker') {
    const { dockerPlatform } = await import('./docker-platform.js');
    return dockerPlatform();
  }
  const { livePlatform } = await import('./live-platform.js');
  return livePlatform();
}

function earlierRun({ resume, out }: SuiteOptions): ResultSet | undefined {
  if (resume === undefined) return undefined;
  const results = findResultSet(resume === true ? 'latest' : resume, out);
  if (results.manifest.imported !== undefined) throw new FbbError('FBB_ERR_RESULTS_RESUME', `${results.manifest.id} was imported, not run here.`, { fix: 'Name a run with --resume <id>, or start a new one.' });
  return results;
}

/** Only imported results tell none of these. */
function limitsOf({ keepAliveMs, maxAttempts, maxLagMs }: Manifest['settings'], suite: Suite): Pick<Suite, 'keepAliveMs' | 'maxAttempts' | 'maxLagMs'> {
  return { keepAliveMs: keepAliveMs ?? suite.keepAliveMs, maxAttempts: maxAttempts ?? suite.maxAttempts, maxLagMs: maxLagMs ?? suite.maxLagMs };
}

function functionsOf({ workloads }: SuitePlan): FunctionSpec[] {
  return [...workloads.values()].flatMap(({ functions }) => [...functions.values()]);
}

interface SuiteOutcome {
  readonly results: ResultSet;
  readonly exitCode: ExitCode;
}

/** `suite <name>`: plans, runs, stores, prints. */
export async function suiteCommand(name: string, options: SuiteOptions): Promise<void> {
  const storage = storageOf(options);
  const address = options.live === undefined ? undefined : parseLiveAddress(options.live);
  try {
    await runOnItsPlatform(name, options, address);
  } catch (thrown) {
    throw withoutSecrets(thrown, storage);
  }
}

async function runOnItsPlatform(name: string, options: SuiteOptions, address: LiveAddress | undefined): Promise<void> {
  const earlier = earlierRun(options)?.manifest;
  const backend = options.backend ?? earlier?.backend ?? 'process';
  checkBackendOptions(options, backend);
  const host = options.host ?? (earlier?.host['hostProfilePath'] as string | undefined) ?? defaultHost;
  const platform = backend === 'simulation' ? simulatedPlatform(findHostProfile(host), host) : await realPlatform(backend);
  const { signal } = interruptible();
  const { exitCode } = await withLivePage(address, (live) => runNamedSuite(name, options, { platform, signal, live }));
  process.exitCode = exitCode;
}

interface RunContext {
  readonly platform: Platform;
  readonly signal: AbortSignal;
  /** Told what happens, for those who watch. */
  readonly live?: LiveFeed | undefined;
}

/** Plans a suite, runs it, stores its cells and prints them. */
export async function runNamedSuite(name: string, options: Omit<SuiteOptions, 'live'>, { platform, signal, live }: RunContext): Promise<SuiteOutcome> {
  const path = findSuitePath(name, suitesFolder);
  const earlier = earlierRun(options);
  const loaded = await loadSuite(path, options.scheduler ?? earlier?.manifest.selection.plugins ?? [], createRegistries());
  checkWritable(options.out);
  if (earlier !== undefined) {
    checkSameRun(earlier.manifest, loaded.suite, { ...options, backend: platform.backend });
    checkSamePlugins(earlier.manifest, loaded.plugins);
    checkSameHost(earlier.manifest, platform);
  }
  const prepared = prepare(loaded, platform, earlier?.manifest, options);
  const functions = functionsOf(prepared.plan);
  platform.checkFunctions(new Set(functions.map((spec) => spec.name)));
  if (earlier !== undefined) checkSameWork(earlier.manifest, prepared.plan);
  if (platform.isLive) checkNeeds(functions, prepared.storage);
  await makeReady(prepared.storage, tell);
  const results = earlier ?? createResultSet(prepared, platform, settingsOf(loaded, platform, options), options);
  const missing = results.manifest.cells.filter(({ status }) => status !== 'valid').map(({ id }) => id);
  const cells = prepared.plan.cells.filter(({ key }) => missing.includes(key.id));
  const howLong = platform.isLive ? `, about ${formatDuration(expectedSuiteMs(cells))}` : `, simulated on ${String(platform.host['hostProfile'])}`;
  tell(`${results.folder}: ${cells.length} of ${results.manifest.cells.length} cells to run${howLong}`);

  if (!platform.isLive && prepared.selection.repeat > 1 && !prepared.selection.reseed) tell('repetitions of a simulation with one seed are copies of each other; --reseed draws each anew');
  const exitCode = await runCells({ ...prepared, plan: { ...prepared.plan, cells } }, results, firstIndependent(cells) ?? firstIndependent(prepared.plan.cells), { platform, signal, live, json: options.json === true });
  return { results, exitCode };
}

/** Runs the cells of a plan, stores and prints them. `warmupCell`: the one whose beginning is run and forgotten first. */
async function runCells({ plan: { cells }, suite, plugins, selection, storage }: Prepared, results: ResultSet, warmupCell: PlannedCell | undefined, { platform, signal, live, json }: RunContext & { readonly json: boolean }): Promise<ExitCode> {
  const { settings, id } = results.manifest;
  const tellAll = (line: string): void => {
    tell(line);
    live?.log(line);
  };
  const progress = new Progress(cells, { terminal: process.stderr.isTTY, live: platform.isLive, tell: tellAll }, (sentence) => {
    progress.close();
    tellAll(sentence);
    live?.end(results);
    printResult(results, json);
    // Node would tell that it waits for the watchdog to let go of this thread.
    closeSync(process.stderr.fd);
    process.exit(ExitCode.invalidCell);
  });
  live?.begin(results, cells);
  results.setStatus('running');
  if (platform.isLive && process.platform !== 'linux') tell(notLinux);
  let begun: BegunRun | undefined;
  try {
    begun = await platform.begin({
      runId: id,
      cell: { ...settings, ...limitsOf(settings, suite), seed: selection.seed },
      plugins,
      launchLimit: settings.launchLimit ?? defaultLaunchLimit(platform.cores),
      memoryLimitMb: settings.containerMemoryMb ?? platform.defaults.containerMemoryMb,
      containerCores: settings.containerCores ?? undefined,
      images: settings,
      storage,
    });
    const { createRun } = begun;
    const watched = live === undefined ? { createRun, observer: progress } : { createRun: live.counting(createRun), observer: live.watching(progress) };
    const status = await runSuite({ cells, results, warmupCell, warmupInvocations: settings.warmupInvocations, signal, ...watched });
    return exitCodeOf(status, results.manifest);
  } finally {
    progress.close();
    if (begun === undefined) results.setStatus('interrupted');
    live?.end(results);
    if (begun !== undefined) printResult(results, json);
    begun?.end();
  }
}
