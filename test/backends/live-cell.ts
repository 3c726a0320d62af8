import { readdirSync } from 'node:fs';
import { expect, onTestFinished, vi } from 'vitest';
import { createRng, MonotonicClock, type ContainerObserver, type ExecutionMode, type FbbError, type FunctionSpec, type Outcome, type Scheduler } from '../../src/core/index.js';
import type { LaunchedBackend } from '../../src/backends/launched/index.js';
import { createProcessBackend } from '../../src/backends/process/index.js';
import { Engine } from '../../src/engine/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { pidsInto } from '../support/container-observers.js';
import { processesWith, type FoundProcess } from './processes.js';
import { temporaryFolder } from './temporary-folder.js';

export interface LiveCellOptions {
  readonly spec: FunctionSpec;
  /** Where containers come from that are no child processes. */
  readonly createBackend?: (deps: { readonly clock: MonotonicClock; readonly observer: ContainerObserver }) => Promise<LaunchedBackend>;
  /** How batches run, when no scheduler of its own is given. */
  readonly mode?: ExecutionMode;
  readonly scheduler?: Scheduler;
  readonly multiplexing?: boolean;
  readonly launchLimit?: number;
  readonly memoryLimitMb?: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** `onTestFinished` of a concurrent test's own context. */
  readonly whenOver?: typeof onTestFinished;
}

type Ended = Pick<Outcome, 'id' | 'status' | 'errorCode' | 'attempt' | 'containerId' | 'executionMs' | 'totalMs'> & { readonly partsMs: number };

/** What arrives within this time is one batch. */
const dispatchIntervalMs = 20;

/** Closing takes half a second where somebody does not listen; a backend that cannot be closed must not hold up the other tests. */
const closePatienceMs = 10_000;

/** An engine over real containers on the real clock. Everything the backend leaves on the machine can be found through `folder`. */
export class LiveCell {
  /** The temporary folder of the cell; every process of it has it in its environment. */
  readonly folder: string;
  readonly engine: Engine;
  readonly backend: LaunchedBackend;
  readonly outcomes: Ended[] = [];
  /** Processes of containers that have been announced and not been called ended. */
  readonly pids: ReadonlyMap<number, number>;
  /** Resolves when the cell is over, to what cut it short if something did. */
  readonly finished: Promise<FbbError | undefined>;
  containersEnded = 0;
  readonly #inputs: unknown[] = [];
  readonly #clock: MonotonicClock;

  private constructor(options: LiveCellOptions, { backend, clock, folder, pids }: Pick<LiveCell, 'backend' | 'folder' | 'pids'> & { readonly clock: MonotonicClock }) {
    const { spec, mode = 'serial' } = options;
    const definition = builtinSchedulers().get(mode === 'serial' ? 'batching' : 'batching-expanding');
    this.folder = folder;
    this.backend = backend;
    this.pids = pids;
    this.#clock = clock;
    let finish: (error: FbbError | undefined) => void = () => undefined;
    this.finished = new Promise((resolve) => (finish = resolve));
    this.engine = new Engine({
      clock: this.#clock,
      backend: this.backend,
      scheduler: options.scheduler ?? definition.create(definition.options.parse({ dispatchIntervalMs }), { rng: createRng(1), profile: undefined, log: () => undefined }),
      schedulerName: 'of the test',
      functions: new Map([[spec.functionId, spec]]),
      recorder: {
        containerLaunched: () => undefined,
        invocationEnded: (outcome) => this.outcomes.push(copyOf(outcome)),
        containerLeft: () => undefined,
        containerUsage: () => (this.containersEnded += 1),
      },
      keepAliveMs: 600_000,
      maxAttempts: 2,
      stallTimeoutMs: 20_000,
      onFinished: finish,
    });
  }

  static async open(options: LiveCellOptions): Promise<LiveCell> {
    const { whenOver = onTestFinished } = options;
    const folder = temporaryFolder(whenOver);
    const clock = new MonotonicClock();
    const pids = new Map<number, number>();
    const deps = { clock, observer: pidsInto(pids, 'while it runs') };
    const backend = (await options.createBackend?.(deps)) ?? processBackend(options, deps);
    const cell = new LiveCell(options, { backend, clock, folder, pids });
    whenOver(() => cell.close(), closePatienceMs);
    // The backend reads the environment before it first waits.
    vi.stubEnv('TMPDIR', cell.folder);
    const opening = cell.backend.open({
      listener: cell.engine,
      functions: new Map([[options.spec.functionId, options.spec]]),
      inputOf: (id) => cell.#inputs[id],
      resourceCache: { policy: options.multiplexing === true ? 'unbounded' : 'off' },
      env: options.env,
    });
    vi.unstubAllEnvs();
    await opening;
    return cell;
  }

  /** Invocations with these inputs arrive, all at once; no further ones follow. */
  submit(inputs: readonly unknown[]): void {
    const nowMs = this.#clock.nowMs();
    this.#inputs.push(...inputs);
    inputs.forEach((_input, id) => this.engine.submit(id, 'f', nowMs));
    this.engine.arrivalsDone();
  }

  /** Submits and waits until all have ended; checks that none was lost on the way. Outcomes are in the order of the inputs. */
  async run(inputs: readonly unknown[]): Promise<Ended[]> {
    this.submit(inputs);
    expect(await this.finished).toBeUndefined();
    const { arrived, ended } = this.engine.counts;
    expect([arrived, ended]).toEqual([inputs.length, inputs.length]);
    const outcomes = this.outcomes.toSorted((a, b) => a.id - b.id);
    expect(outcomes.map(({ id }) => id)).toEqual(inputs.map((_input, id) => id));
    for (const { partsMs, totalMs } of outcomes) expect(partsMs).toBeCloseTo(totalMs, 6);
    return outcomes;
  }

  /** What it has on the machine: its processes, and what they started. */
  processes(): FoundProcess[] {
    return processesWith('TMPDIR', this.folder);
  }

  /** Temporary folders of the backend that are there. */
  folders(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith('fbb-'));
  }

  close(): Promise<void> {
    return this.backend.close();
  }
}

function processBackend({ launchLimit = 4, memoryLimitMb = 512 }: LiveCellOptions, { clock, observer }: { readonly clock: MonotonicClock; readonly observer: ContainerObserver }): LaunchedBackend {
  return createProcessBackend({
    clock,
    cores: 2,
    runtimeFolder,
    launchLimit,
    memoryLimitMb,
    containerCores: 2,
    whyNoRealTime: undefined,
    classChanger: 'chrt',
    observer,
  });
}

/** The engine's objects are its own. */
function copyOf(outcome: Outcome): Ended {
  const { id, status, errorCode, attempt, containerId, totalMs, lagMs, schedulingMs, coldStartMs, queueMs, executionMs, responseMs } = outcome;
  return { id, status, errorCode, attempt, containerId, executionMs, totalMs, partsMs: lagMs + schedulingMs + coldStartMs + queueMs + executionMs + responseMs };
}
