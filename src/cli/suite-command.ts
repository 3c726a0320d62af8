import { availableParallelism } from 'node:os';
import { createRng, ExitCode, FbbError, schedulerOptions, wallClockIso } from '../core/index.js';
import { hostFingerprint } from '../metrics/index.js';
import { checkWritable, findResultSet, ResultSet, schemaVersion, type Manifest } from '../results/index.js';
import { calibrate, findSuite, planSuite, runSuite, type CellSettings, type Selection, type Suite, type SuitePlan } from '../suites/index.js';
import { backendFactory, createRegistries, programs, type Registries } from './composition.js';
import { tell } from './output.js';
import { packageCommit, packageVersion, suitesFolder } from './package-root.js';
import { expectedSuiteMs, formatDuration, Progress } from './progress.js';
import { printResult } from './show-command.js';

export interface SuiteOptions {
  readonly experiments?: string[];
  readonly workloads?: string[];
  readonly schedulers?: string[];
  readonly repeat?: number;
  readonly limit?: number;
  readonly quick?: true;
  readonly load?: number;
  readonly seed?: number;
  readonly out: string;
  readonly resume?: string | true;
  readonly recalibrate?: true;
  readonly launchLimit?: number;
  readonly containerMemory: number;
  readonly backend: string;
  readonly json?: true;
}

const quickLimit = 69;
const quickWarmup = 5;
const notLinux =
  'This is not Linux: memory of containers is RSS and is limited by their heap only, CPU time of an invocation is unknown, processes that functions detach are not found, and the load generator stays in the normal class.';

/** Experiments that run when none is named: the paper's main one where a suite has it. */
function defaultExperiments(suite: Suite): string[] | undefined {
  return 'e2e' in suite.experiments ? ['e2e'] : undefined;
}

function selectionOf(suite: Suite, options: SuiteOptions): Selection {
  return {
    experiments: options.experiments ?? defaultExperiments(suite),
    workloads: options.workloads,
    schedulers: options.schedulers,
    repeat: options.repeat ?? 1,
    limit: options.limit ?? (options.quick === true ? quickLimit : undefined),
    load: options.load ?? suite.load,
    seed: options.seed ?? suite.seed,
  };
}

function selectionOfManifest({ selection }: Manifest): Selection {
  return {
    experiments: selection.experiments ?? undefined,
    workloads: selection.workloads ?? undefined,
    schedulers: selection.schedulers ?? undefined,
    repeat: selection.repeat,
    limit: selection.limit ?? undefined,
    load: selection.load,
    seed: selection.seed,
  };
}

interface Prepared {
  readonly suite: Suite;
  readonly selection: Selection;
  readonly plan: SuitePlan;
  readonly fib30Ms: number | null;
}

/** Expands the suite; measures this machine only if a workload needs it and no earlier run tells. */
function prepare(suite: Suite, earlier: Manifest | undefined, registries: Registries, options: SuiteOptions): Prepared {
  const selection = earlier === undefined ? selectionOf(suite, options) : selectionOfManifest(earlier);
  let fib30Ms = earlier?.fib30Ms ?? null;
  const measure = (): number => {
    if (fib30Ms !== null) return fib30Ms;
    const calibration = calibrate(options.out, hostFingerprint(), options.recalibrate === true);
    fib30Ms = calibration.fib30Ms;
    tell(`fib(30) takes ${fib30Ms.toFixed(2)} ms here (${calibration.kept ? `measured ${calibration.measuredAt.slice(0, 10)}, kept in ${options.out}; --recalibrate measures anew` : 'just measured'})`);
    return fib30Ms;
  };
  const plan = planSuite(suite, selection, { ...registries, cores: availableParallelism(), fib30Ms: measure });
  return { suite, selection, plan, fib30Ms };
}

function resultId(suiteName: string, createdAt: string): string {
  const stamp = createdAt.replace(/[-:]/g, '').replace(/\..*$/, 'Z');
  const suffix = createRng(process.pid).derive(createdAt).integer(0x1_0000).toString(16).padStart(4, '0');
  return `${suiteName}-${stamp}-${suffix}`;
}

function createResultSet({ suite, selection, plan, fib30Ms }: Prepared, settings: Manifest['settings'], options: SuiteOptions, registries: Registries): ResultSet {
  const createdAt = wallClockIso();
  const { experiments, workloads, schedulers, limit, ...rest } = selection;
  return ResultSet.create(options.out, {
    schema: schemaVersion,
    id: resultId(suite.name, createdAt),
    createdAt,
    status: 'running',
    tool: { name: 'faasbatch-bench', version: packageVersion, commit: packageCommit() },
    command: ['faasbatch-bench', ...process.argv.slice(2)].join(' '),
    suite: { name: suite.name, hash: suite.hash, source: suite.path },
    backend: options.backend,
    fib30Ms,
    settings,
    host: { ...hostFingerprint() },
    workloads: Object.fromEntries([...plan.workloads].map(([name, workload]) => [name, { hash: workload.hash, ...workload.notes }])),
    schedulers: [...new Set(plan.cells.map(({ key }) => key.scheduler))].map((name) => {
      const { description, options: schema } = registries.schedulers.get(name);
      return { name, description, defaults: schedulerOptions(schema) };
    }),
    selection: {
      experiments: experiments === undefined ? null : [...experiments],
      workloads: workloads === undefined ? null : [...workloads],
      schedulers: schedulers === undefined ? null : [...schedulers],
      limit: limit ?? null,
      ...rest,
    },
    base: suite.base,
    published: suite.publishedFigures ?? null,
    cells: plan.cells.map(({ key, workload, multiplexing }) => ({ ...key, status: 'pending', workloadHash: workload.hash, multiplexing })),
  });
}

/** The earlier run to go on with, after checking that it is one of this suite. */
function earlierRun(suite: Suite, options: SuiteOptions): ResultSet {
  const earlier = findResultSet(options.resume === true ? 'latest' : (options.resume as string), options.out);
  const { manifest } = earlier;
  if (manifest.suite.name !== suite.name || manifest.suite.hash !== suite.hash) {
    throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} is of suite '${manifest.suite.name}'${manifest.suite.name === suite.name ? ', which has changed since' : ''}.`);
  }
  const given = [
    ['--experiments', options.experiments, manifest.selection.experiments],
    ['--workloads', options.workloads, manifest.selection.workloads],
    ['--schedulers', options.schedulers, manifest.selection.schedulers],
    ['--repeat', options.repeat, manifest.selection.repeat],
    ['--limit', options.limit, manifest.selection.limit],
    ['--load', options.load, manifest.selection.load],
    ['--seed', options.seed, manifest.selection.seed],
  ] as const;
  for (const [option, value, before] of given) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(before)) continue;
    throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} was run with another ${option}.`, { fix: 'Leave the option out to go on as the run began, or start a new one without --resume.' });
  }
  if (manifest.backend !== options.backend) throw new FbbError('FBB_ERR_RESULTS_RESUME', `${manifest.id} was run with backend '${manifest.backend}'.`);
  return earlier;
}

/** The same options can make other work: on other cores, by another version of the package. */
function checkSameWork({ manifest }: ResultSet, { cells }: SuitePlan): void {
  const hashes = new Map(cells.map(({ key, workload }) => [key.id, workload.hash]));
  const changed = manifest.cells.find((cell) => hashes.get(cell.id) !== cell.workloadHash);
  if (changed !== undefined) throw new FbbError('FBB_ERR_RESULTS_RESUME', `The work of ${changed.id} is not what it was when ${manifest.id} began (other cores, or another version of faasbatch-bench).`);
}

/** Ctrl-C once ends the running cell and keeps the finished ones; twice ends everything at once. */
function interruptible(): AbortController {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    tell('\nStopping; finished cells are kept. Again to stop at once.');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller;
}

function settingsOf(suite: Suite, options: SuiteOptions): Manifest['settings'] {
  return {
    keepAliveMs: suite.keepAliveMs,
    launchLimit: options.launchLimit ?? 2 * availableParallelism(),
    containerMemoryMb: options.containerMemory,
    maxAttempts: suite.maxAttempts,
    maxLagMs: suite.maxLagMs,
    maxFailedShare: suite.maxFailedShare,
    warmupInvocations: options.quick === true ? Math.min(quickWarmup, suite.warmupInvocations) : suite.warmupInvocations,
  };
}

function exitCodeOf(status: 'complete' | 'interrupted', { cells }: Manifest): ExitCode {
  if (status === 'interrupted') return ExitCode.interrupted;
  return cells.every((cell) => cell.status === 'valid') ? ExitCode.done : ExitCode.invalidCell;
}

/** `suite <name>`: plans, runs, stores, prints. */
export async function suiteCommand(name: string, options: SuiteOptions): Promise<void> {
  const registries = createRegistries();
  const suite = findSuite(name, suitesFolder, registries);
  checkWritable(options.out);
  const earlier = options.resume === undefined ? undefined : earlierRun(suite, options);
  const prepared = prepare(suite, earlier?.manifest, registries, options);
  if (earlier !== undefined) checkSameWork(earlier, prepared.plan);
  const results = earlier ?? createResultSet(prepared, settingsOf(suite, options), options, registries);
  const missing = results.manifest.cells.filter(({ status }) => status !== 'valid').map(({ id }) => id);
  const cells = prepared.plan.cells.filter(({ key }) => missing.includes(key.id));
  tell(`${results.folder}: ${cells.length} of ${results.manifest.cells.length} cells to run, about ${formatDuration(expectedSuiteMs(cells))}`);

  const { settings } = results.manifest;
  const cellSettings: CellSettings = { ...settings, seed: prepared.selection.seed };
  const progress = new Progress(cells, process.stderr.isTTY);
  const { signal } = interruptible();
  results.setStatus('running');
  if (process.platform !== 'linux') tell(notLinux);
  try {
    const status = await runSuite({
      cells,
      results,
      settings: cellSettings,
      programs,
      createBackend: backendFactory({ cores: availableParallelism(), launchLimit: settings.launchLimit, memoryLimitMb: settings.containerMemoryMb }),
      warmupInvocations: settings.warmupInvocations,
      observer: progress,
      signal,
    });
    process.exitCode = exitCodeOf(status, results.manifest);
  } finally {
    progress.close();
    printResult(results, options.json === true);
  }
}
