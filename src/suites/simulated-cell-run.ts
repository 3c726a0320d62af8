import { FbbError, type ArrivalSource, type Backend, type CellProfile, type Clock, type FunctionSpec, type RowSink, type Workload } from '../core/index.js';
import { Engine } from '../engine/index.js';
import { CellRecorder } from '../metrics/index.js';
import { CellNotes, functionOf, interruption, stallTimeoutMs, type CellProgress, type CellResult, type CellRun, type CellSettings } from './cell-run.js';
import { summarize } from './cell-summary.js';
import { Bound } from './bound.js';
import { createScheduler } from './create-scheduler.js';
import { IdealCaches } from './ideal-resources.js';
import type { PlannedCell } from './planned-cell.js';
import { blamePlugin, catchOutsideErrors } from './outside-errors.js';
import { reasonToSkip, skippedSummary } from './skipped-cell.js';
import { describeScheduler, type PluginSchedulers } from './suite-plugins.js';
import { Watchdog } from './watchdog.js';

/** What a cell needs of a simulated host; see `SimulatedWorld`. */
interface World {
  readonly clock: Clock;
  readonly backend: Backend;
  leastDemand(functionId: string, input: unknown): { readonly cpuMs: number; readonly serverCpuMs: number; readonly waitMs: number };
  play(source: ArrivalSource, onDue: (index: number, source: ArrivalSource) => void, onDone: () => void): void;
  run(mostEvents: number): boolean;
  stop(): void;
}

interface WorldNeeds {
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly memory: { containerStarted(containerId: number): void; memoryChanged(containerId: number, memoryMb: number): void };
}

interface SimulatedCellOptions {
  readonly settings: CellSettings;
  /** Where the schedulers came from that are not built in. */
  readonly plugins: PluginSchedulers;
  readonly watchdogProgram: string;
  createWorld(needs: WorldNeeds): World;
}

/** Events between two looks at signals. */
const eventsPerTurn = 20_000;

/** The intended arrivals of a workload, one after another. */
class WorkloadArrivals implements ArrivalSource {
  readonly #workload: Workload;
  #index = -1;

  constructor(workload: Workload) {
    this.#workload = workload;
  }

  next(): boolean {
    this.#index += 1;
    return this.#index < this.#workload.intendedMs.length;
  }

  get intendedMs(): number {
    return this.#workload.intendedMs[this.#index] as number;
  }

  get functionId(): string {
    return functionOf(this.#workload, this.#index);
  }
}

/** Runs one cell in virtual time: the same scheduler, engine and recorder as live, and nothing of the host. */
export class SimulatedCellRun implements CellRun {
  readonly #cell: PlannedCell;
  readonly #options: SimulatedCellOptions;
  readonly #profile: CellProfile | undefined;
  readonly #recorder: CellRecorder;
  /** Undefined where invocations do not say which client they use. */
  readonly #ideal: IdealCaches | undefined;
  readonly #notes = new CellNotes();
  #engine: Engine | undefined;
  #interrupted = false;

  constructor(cell: PlannedCell, sink: RowSink, options: SimulatedCellOptions, profile?: CellProfile) {
    this.#cell = cell;
    this.#options = options;
    this.#profile = profile;
    this.#ideal = IdealCaches.for(cell, sink);
    this.#recorder = new CellRecorder(this.#ideal ?? sink, true);
  }

  get progress(): CellProgress {
    return { ended: this.#recorder.ended, total: this.#cell.workload.intendedMs.length, containers: this.#recorder.containers };
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#engine?.fail(interruption());
  }

  async run(): Promise<CellResult> {
    const { plugins, watchdogProgram } = this.#options;
    const { scheduler } = this.#cell.key;
    // What is built in returns from its hooks, and a watched hook costs time.
    const watchdog = plugins.get(scheduler) === undefined ? undefined : new Watchdog(watchdogProgram, describeScheduler(scheduler, plugins));
    const release = catchOutsideErrors((thrown) => this.#threwOutside(thrown));
    try {
      await watchdog?.ready();
      if (this.#interrupted) throw interruption();
      return await this.#run(watchdog);
    } finally {
      release();
      await watchdog?.stop();
    }
  }

  #threwOutside(thrown: unknown): void {
    const { scheduler } = this.#cell.key;
    const blamed = blamePlugin(thrown, scheduler, this.#options.plugins);
    if (blamed === undefined) throw thrown;
    if (blamed.schedulerName === scheduler) this.#engine?.fail(blamed.error);
    else this.#notes.add(blamed.error.message);
  }

  async #run(watchdog: Watchdog | undefined): Promise<CellResult> {
    const { workload, definition } = this.#cell;
    const world: World = this.#options.createWorld({
      functions: workload.functions,
      memory: {
        containerStarted: (containerId) => this.#recorder.containerStarted(containerId, world.clock.nowMs()),
        memoryChanged: (containerId, memoryMb) => this.#recorder.memoryChanged(containerId, world.clock.nowMs(), memoryMb),
      },
    });
    const reason = reasonToSkip(definition, world.backend);
    if (reason !== undefined) return { summary: skippedSummary(this.#cell, world.backend.name, reason), totalHgrm: this.#recorder.totalHgrm() };
    return this.#replay(world, watchdog);
  }

  async #replay(world: World, watchdog: Watchdog | undefined): Promise<CellResult> {
    const { workload, key, resourceCache } = this.#cell;
    const { settings } = this.#options;
    const { scheduler, serviceSliceMs } = createScheduler(this.#cell, { seed: settings.seed, profile: this.#profile, log: (line) => this.#notes.add(line), hookWatch: watchdog });
    let error: FbbError | undefined;
    const engine = new Engine({
      clock: world.clock,
      backend: world.backend,
      scheduler,
      schedulerName: key.scheduler,
      functions: workload.functions,
      recorder: this.#recorder,
      keepAliveMs: settings.keepAliveMs,
      maxContainers: settings.maxContainers ?? undefined,
      maxAttempts: settings.maxAttempts,
      stallTimeoutMs,
      hookWatch: watchdog,
      onFinished: (cause) => {
        error = cause;
        world.stop();
      },
    });
    this.#engine = engine;
    await world.backend.open({ listener: engine, functions: workload.functions, inputOf: workload.inputOf, resourceCache, serviceSliceMs });
    const bound = new Bound(world.backend.cores);
    world.play(
      new WorkloadArrivals(workload),
      (index, { functionId, intendedMs }) => {
        bound.arrive(intendedMs, world.leastDemand(functionId, workload.inputOf(index)));
        engine.submit(index, functionId, intendedMs, workload.resourceKeyOf?.(index));
      },
      () => engine.arrivalsDone(),
    );
    while (world.run(eventsPerTurn)) {
      if (this.#interrupted) throw interruption();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#interrupted) throw interruption();
    // Does nothing to a cell that has finished.
    engine.fail(new FbbError('FBB_ERR_SCHEDULER_STALLED', `Scheduler '${key.scheduler}' left work with nothing to come.`));
    const wallMs = world.clock.nowMs();
    this.#recorder.close(wallMs);
    await world.backend.close();
    return {
      summary: summarize({
        cell: this.#cell,
        engine,
        recorder: this.#recorder,
        backendName: world.backend.name,
        profile: this.#profile,
        notes: this.#notes.lines,
        ideal: this.#ideal?.summary(),
        error,
        limits: settings,
        wallMs,
        realTime: false,
        samplerCost: undefined,
        memorySource: 'model',
        harnessCpuMs: undefined,
        bound: bound.summary(),
      }),
      totalHgrm: this.#recorder.totalHgrm(),
    };
  }
}
