import type { FbbError, FunctionSpec, Invocation, Scheduler } from '../core/index.js';
import { Engine } from '../engine/index.js';
import { describeAction, FakeBackend, type BackendAction, type FakeBackendOptions } from './fake-backend.js';
import { FakeClock } from './fake-clock.js';
import { RecordingRecorder } from './recording-recorder.js';

export interface FakeCellOptions extends FakeBackendOptions {
  readonly scheduler: Scheduler;
  /** What messages call the scheduler; `under-test` unless it is given. */
  readonly schedulerName?: string;
  readonly functions?: readonly string[];
  readonly timeoutMs?: number;
  readonly keepAliveMs?: number;
  /** No cap unless it is given. */
  readonly maxContainers?: number | undefined;
  readonly maxAttempts?: number;
  readonly stallTimeoutMs?: number;
}

export interface Arrival {
  readonly intendedMs: number;
  readonly functionId?: string;
  /** How late the load generator is. */
  readonly lagMs?: number;
}

/** An engine with a fake clock, a fake backend and a recorder around it. Functions are `f` and `g` unless others are given. */
export class FakeCell {
  readonly clock = new FakeClock();
  readonly backend: FakeBackend;
  readonly recorder = new RecordingRecorder();
  readonly engine: Engine;
  /** What `onFinished` was called with, every time. */
  readonly finishes: (FbbError | undefined)[] = [];
  finishedMs = Number.NaN;
  #arrived = 0;
  #actionsBeforeFinish = 0;
  #timersLeftBehind: number | undefined;

  constructor(options: FakeCellOptions) {
    this.backend = new FakeBackend(this.clock, options);
    this.engine = new Engine({
      clock: this.clock.ownedBy('engine'),
      backend: this.backend,
      scheduler: options.scheduler,
      schedulerName: options.schedulerName ?? 'under-test',
      functions: new Map((options.functions ?? ['f', 'g']).map((functionId) => [functionId, specOf(functionId, options.timeoutMs ?? 10_000)])),
      recorder: this.recorder,
      keepAliveMs: options.keepAliveMs ?? 600_000,
      maxContainers: options.maxContainers,
      maxAttempts: options.maxAttempts ?? 2,
      stallTimeoutMs: options.stallTimeoutMs ?? 30_000,
      onFinished: (error) => {
        this.finishes.push(error);
        this.finishedMs = this.clock.nowMs();
        this.#actionsBeforeFinish = this.backend.actions.length;
      },
    });
    this.backend.listenTo(this.engine);
  }

  get finished(): boolean {
    return this.finishes.length > 0;
  }

  /** The error the cell ended with; fails the test when it has not ended. */
  get error(): FbbError | undefined {
    if (!this.finished) throw new Error('The cell has not finished.');
    return this.finishes[0];
  }

  get log(): string[] {
    return this.backend.actions.map(describeAction);
  }

  /** What the engine still asked of the backend when the cell had ended. */
  get actionsAfterFinish(): readonly BackendAction[] {
    return this.finished ? this.backend.actions.slice(this.#actionsBeforeFinish) : [];
  }

  /** Timers of the engine and its scheduler that were pending right after the cell had ended. */
  get timersLeftBehind(): number | undefined {
    return this.#timersLeftBehind;
  }

  /** An invocation arrives now; returns its id, which is its place in the order of arrival. */
  arrive(functionId = 'f', lagMs = 0, resourceKey?: string): number {
    const id = this.#arrived;
    this.#arrived += 1;
    this.engine.submit(id, functionId, this.clock.nowMs() - lagMs, resourceKey);
    return id;
  }

  /** Several at once. */
  burst(count: number, functionId = 'f'): void {
    for (let i = 0; i < count; i += 1) this.arrive(functionId);
  }

  /** Lets time pass until the cell has ended, and then on for whatever the backend still has to say. */
  drain(): this {
    this.clock.runAll(() => this.finished);
    this.#timersLeftBehind ??= this.clock.pending('engine');
    this.clock.runAll();
    return this;
  }

  /** No more arrivals; drains. */
  finish(): this {
    this.engine.arrivalsDone();
    return this.drain();
  }

  /** Replays a trace, from now on, and finishes. */
  replay(trace: readonly Arrival[]): this {
    const load = this.clock.ownedBy('load');
    const startMs = this.clock.nowMs();
    let last = startMs;
    for (const { intendedMs, functionId = 'f', lagMs = 0 } of trace) {
      // A load generator keeps the order of arrivals: one that is late makes the next ones late.
      last = Math.max(last, startMs + intendedMs + lagMs);
      const id = this.#arrived;
      this.#arrived += 1;
      load.setTimer(last - startMs, () => this.engine.submit(id, functionId, startMs + intendedMs));
    }
    load.setTimer(last - startMs, () => this.engine.arrivalsDone());
    return this.drain();
  }
}

function specOf(functionId: string, timeoutMs: number): FunctionSpec {
  return { functionId, name: functionId, kind: 'cpu', handlerPath: `/functions/${functionId}/handler.cjs`, timeoutMs, needs: [] };
}

/** A scheduler that does nothing on its own: tests act through the engine, which is the context. */
export function passiveScheduler(hooks: Partial<Scheduler> = {}): Scheduler & { readonly arrived: Invocation[] } {
  const arrived: Invocation[] = [];
  return { arrived, onArrival: (invocation) => void arrived.push(invocation), ...hooks };
}
