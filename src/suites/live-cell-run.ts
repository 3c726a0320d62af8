import {
  describeError,
  FbbError,
  MonotonicClock,
  processCpuMs,
  type Backend,
  type Capability,
  type CellProfile,
  type ContainerObserver,
  type FunctionSpec,
  type RowSink,
  type SamplerCost,
} from '../core/index.js';
import { Engine } from '../engine/index.js';
import { CellRecorder, Sampler } from '../metrics/index.js';
import type { StorageAddress } from '../storage/index.js';
import { LoadGenerator } from '../workloads/index.js';
import { CellNotes, functionOf, interruption, stallTimeoutMs, type CellProgress, type CellResult, type CellRun, type CellSettings } from './cell-run.js';
import { CellServices } from './cell-services.js';
import { summarize } from './cell-summary.js';
import { createScheduler } from './create-scheduler.js';
import { raiseHarness, raisePacer } from './harness-priority.js';
import { blamePlugin, catchOutsideErrors } from './outside-errors.js';
import { IdealCaches } from './ideal-resources.js';
import type { PlannedCell } from './planned-cell.js';
import { reasonToSkip, skippedSummary } from './skipped-cell.js';
import { describeScheduler, type PluginSchedulers } from './suite-plugins.js';
import { Watchdog } from './watchdog.js';

/** What a backend is made of for one cell. */
interface BackendDeps {
  readonly clock: MonotonicClock;
  readonly observer: ContainerObserver;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  /** Of the scheduler. */
  readonly requires: readonly Capability[];
  /** More containers than invocations make no sense. */
  readonly invocations: number;
}

/** Programs that run beside the harness, as paths of their bundles. */
export interface Programs {
  readonly sampler: string;
  readonly storage: string;
  readonly relay: string;
  readonly pacer: string;
  readonly watchdog: string;
}

interface LiveCellOptions {
  readonly settings: CellSettings;
  readonly programs: Programs;
  /** Where the schedulers came from that are not built in. */
  readonly plugins: PluginSchedulers;
  /** Storages that run already, for functions that need one. */
  readonly storage: readonly StorageAddress[];
  /** How often containers are read. */
  readonly sampleIntervalMs?: number | undefined;
  createBackend(deps: BackendDeps): Promise<Backend>;
}

/** Processes cost more to read than control groups, which a cell may have read ten times a second. */
const usualSampleIntervalMs = 1_000;
const pssReadsPerRound = 20;
const statReadsPerRound = 30;

/** Runs one cell: brings up what it needs, replays the workload, takes everything down again whatever happens. */
export class LiveCellRun implements CellRun {
  readonly #cell: PlannedCell;
  readonly #options: LiveCellOptions;
  readonly #clock = new MonotonicClock();
  readonly #recorder: CellRecorder;
  /** Undefined where invocations do not say which client they use. */
  readonly #ideal: IdealCaches | undefined;
  readonly #profile: CellProfile | undefined;
  readonly #notes = new CellNotes();
  readonly #services: CellServices;
  #engine: Engine | undefined;
  #backend: Backend | undefined;
  #generator: LoadGenerator | undefined;
  #sampler: Sampler | undefined;
  #watchdog: Watchdog | undefined;
  #samplerCost: SamplerCost | undefined;
  #backendName = '';
  #realTime = false;
  #interrupted = false;
  /** A fault of the harness itself. */
  #bug: Error | undefined;
  #replaying = false;
  /** CPU time of this process (engine, load generator, watchdog) when the measured time begins. */
  #cpuBeforeMs = 0;

  /** `profile`: of the cell named in `cell.profileCell`. */
  constructor(cell: PlannedCell, sink: RowSink, options: LiveCellOptions, profile?: CellProfile) {
    this.#cell = cell;
    this.#options = options;
    this.#profile = profile;
    this.#ideal = IdealCaches.for(cell, sink);
    this.#recorder = new CellRecorder(this.#ideal ?? sink);
    const { storage, programs } = options;
    this.#services = new CellServices({ functions: cell.workload.functions, storage, programs, onFailed: (error) => this.#engine?.fail(error) });
  }

  get progress(): CellProgress {
    return { ended: this.#recorder.ended, total: this.#cell.workload.intendedMs.length, containers: this.#recorder.containers };
  }

  /** Ends the cell as soon as possible; `run` then rejects with FBB_ERR_CELL_INTERRUPTED. */
  interrupt(): void {
    this.#interrupted = true;
    this.#engine?.fail(interruption());
  }

  /** Resolves to the result of a cell that ran to some end, valid or not, or was skipped; rejects when it was interrupted or could not begin. */
  async run(): Promise<CellResult> {
    const release = catchOutsideErrors((thrown) => this.#threwOutside(thrown));
    try {
      const result = await this.#run();
      if (this.#bug !== undefined) throw this.#bug;
      return this.#services.hideIn(result);
    } catch (thrown) {
      throw this.#services.hidden(thrown);
    } finally {
      release();
    }
  }

  async #run(): Promise<CellResult> {
    try {
      await this.#bringUp();
      const reason = reasonToSkip(this.#cell.definition, this.#backend as Backend);
      if (reason !== undefined) return { summary: skippedSummary(this.#cell, this.#backendName, reason), totalHgrm: this.#recorder.totalHgrm() };
      const error = await this.#replay();
      if (error?.code === 'FBB_ERR_CELL_INTERRUPTED') throw this.#bug ?? error;
      const wallMs = this.#clock.nowMs();
      const harnessCpuMs = processCpuMs() - this.#cpuBeforeMs;
      this.#recorder.close(wallMs);
      await this.#takeDown();
      return this.#result(wallMs, harnessCpuMs, error);
    } finally {
      await this.#takeDown();
    }
  }

  /** Something was thrown that nobody caught: it must not end the suite when it came from a plug-in, and must when it is ours. */
  #threwOutside(thrown: unknown): void {
    const { scheduler } = this.#cell.key;
    const blamed = blamePlugin(thrown, scheduler, this.#options.plugins);
    if (blamed === undefined) {
      // Outside of the replay nothing can be ended in good order, and something may wait for ever.
      if (!this.#replaying) throw thrown;
      this.#bug ??= thrown instanceof Error ? thrown : new Error(describeError(thrown));
      this.#engine?.fail(interruption());
    } else if (blamed.schedulerName === scheduler && this.#replaying) {
      this.#engine?.fail(blamed.error);
    } else {
      this.#notes.add(blamed.error.message);
    }
  }

  async #bringUp(): Promise<void> {
    const { workload, key } = this.#cell;
    const { programs, plugins } = this.#options;
    this.#sampler = new Sampler({
      programPath: programs.sampler,
      intervalMs: this.#options.sampleIntervalMs ?? usualSampleIntervalMs,
      pssReadsPerRound,
      statReadsPerRound,
      onRound: (round) => {
        const atMs = round.atMs - this.#clock.originMs;
        if (atMs >= 0) this.#recorder.sample({ atMs, host: round.host, containers: round.containers });
      },
    });
    this.#generator = new LoadGenerator(programs.pacer, workload.intendedMs);
    this.#watchdog = new Watchdog(programs.watchdog, describeScheduler(key.scheduler, plugins));
    const [pacerThread] = await Promise.all([this.#generator.ready(), this.#watchdog.ready()]);
    const engineRaised = await raiseHarness();
    const pacerRaised = await raisePacer(pacerThread);
    this.#realTime = engineRaised && pacerRaised;
    const { functions, intendedMs } = workload;
    this.#backend = await this.#options.createBackend({ clock: this.#clock, observer: this.#observer(this.#sampler), functions, requires: this.#cell.definition.requires, invocations: intendedMs.length });
    this.#backendName = this.#backend.name;
  }

  #observer(sampler: Sampler): ContainerObserver {
    return {
      containerStarted: (containerId, place) => {
        this.#recorder.containerStarted(containerId, this.#clock.nowMs());
        sampler.containerStarted(containerId, place);
      },
      containerRead: (containerId, reading) => sampler.containerRead(containerId, reading),
      containerStopped: (containerId) => sampler.containerStopped(containerId),
    };
  }

  /** Resolves when every invocation has ended, to the error that cut the cell short if one did. */
  async #replay(): Promise<FbbError | undefined> {
    const { workload, key, resourceCache } = this.#cell;
    const { settings } = this.#options;
    const { scheduler, serviceSliceMs } = createScheduler(this.#cell, { seed: settings.seed, profile: this.#profile, log: (line) => this.#notes.add(line), hookWatch: this.#watchdog });
    const backend = this.#backend as Backend;
    const generator = this.#generator as LoadGenerator;
    let finish: (error: FbbError | undefined) => void = () => undefined;
    const finished = new Promise<FbbError | undefined>((resolve) => {
      finish = resolve;
    });
    const engine = new Engine({
      clock: this.#clock,
      backend,
      scheduler,
      schedulerName: key.scheduler,
      functions: workload.functions,
      recorder: this.#recorder,
      keepAliveMs: settings.keepAliveMs,
      maxContainers: settings.maxContainers ?? undefined,
      maxAttempts: settings.maxAttempts,
      stallTimeoutMs,
      hookWatch: this.#watchdog,
      onFinished: finish,
    });
    this.#engine = engine;
    this.#replaying = true;
    const env = await this.#services.start(backend.serviceHost);
    await backend.open({ listener: engine, functions: workload.functions, inputOf: workload.inputOf, resourceCache, serviceSliceMs, env });
    if (this.#interrupted) return interruption();
    this.#cpuBeforeMs = processCpuMs();
    this.#clock.moveOrigin(
      generator.start({
        onDue: (index) => engine.submit(index, functionOf(workload, index), workload.intendedMs[index] as number, workload.resourceKeyOf?.(index)),
        onDone: () => engine.arrivalsDone(),
        onError: (error) => engine.fail(new FbbError('FBB_ERR_BACKEND_FAILED', `The load generator failed: ${describeError(error)}.`)),
      }),
    );
    return finished;
  }

  async #takeDown(): Promise<void> {
    this.#replaying = false;
    const { generator, sampler, watchdog, backend } = this.#detach();
    await generator?.stop();
    await watchdog?.stop();
    // The sampler first: it must not read containers that are being ended. Usage of containers comes with the backend's end.
    this.#samplerCost = (await sampler?.stop()) ?? this.#samplerCost;
    await backend?.close();
    for (const sentence of await this.#services.close()) this.#notes.add(sentence);
  }

  /** Hands out what is up, once, so that a second call of #takeDown finds nothing to do. */
  #detach(): { generator: LoadGenerator | undefined; sampler: Sampler | undefined; watchdog: Watchdog | undefined; backend: Backend | undefined } {
    const up = { generator: this.#generator, sampler: this.#sampler, watchdog: this.#watchdog, backend: this.#backend };
    this.#generator = undefined;
    this.#sampler = undefined;
    this.#watchdog = undefined;
    this.#backend = undefined;
    return up;
  }

  #result(wallMs: number, harnessCpuMs: number, error: FbbError | undefined): CellResult {
    const cost = this.#samplerCost;
    return {
      summary: summarize({
        cell: this.#cell,
        engine: this.#engine as Engine,
        recorder: this.#recorder,
        backendName: this.#backendName,
        profile: this.#profile,
        notes: this.#notes.lines,
        ideal: this.#ideal?.summary(),
        error,
        limits: this.#options.settings,
        wallMs,
        realTime: this.#realTime,
        samplerCost: cost,
        memorySource: cost?.memorySource ?? null,
        harnessCpuMs,
      }),
      totalHgrm: this.#recorder.totalHgrm(),
    };
  }
}
