import { FbbError, type Clock, type Timer } from '../core/index.js';
import type { ContainerCap } from './container-cap.js';
import type { ContainerRecord, Pool } from './records.js';

const periodMs = 1_000;
const patienceWithTimers = 4;
/** A scheduler may gather containers that a cap takes away again, and make do in the end: so many for each invocation that waits, and some. */
const unusedPerWaiting = 10;
const someUnused = 1_000;

/** How a cell stands. */
interface Standing {
  /** Invocations that have not ended. */
  readonly open: number;
  /** Of these: not assigned. */
  readonly waiting: number;
  /** Containers that the backend starts. */
  readonly starting: number;
  /** Invocations that were sent to containers and have not ended. */
  readonly dispatched: number;
  readonly schedulerTimers: number;
  readonly lastProgressMs: number;
}

interface CellWatchOptions {
  readonly clock: Clock;
  readonly schedulerName: string;
  readonly stallTimeoutMs: number;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly cap: ContainerCap | undefined;
  readonly standing: () => Standing;
  /** A container has said nothing for so long. */
  readonly giveUp: (container: ContainerRecord, silentMs: number) => void;
  readonly fail: (error: FbbError) => void;
}

/** One slow timer while there is work: finds containers that have fallen silent, and schedulers and backends that have stopped. */
export class CellWatch {
  readonly #options: CellWatchOptions;
  #timer: Timer | undefined;
  #over = false;
  /** No container can have been silent for too long before this instant. */
  #silenceDueMs = Number.POSITIVE_INFINITY;

  constructor(options: CellWatchOptions) {
    this.#options = options;
  }

  /** There is work. */
  begin(): void {
    this.#timer ??= this.#options.clock.setTimer(periodMs, () => {
      this.#timer = undefined;
      if (this.#over) return;
      this.#giveUpSilentContainers();
      this.#checkStall();
      if (this.#options.standing().open > 0) this.begin();
    });
  }

  /** A container that ran nothing has been sent something. */
  heard(container: ContainerRecord, nowMs: number): void {
    container.lastSignMs = nowMs;
    this.#silenceDueMs = Math.min(this.#silenceDueMs, nowMs + container.pool.silenceLimitMs);
  }

  /** Launches can take each other's places for ever without any work being done. */
  endedUnused(inARow: number): void {
    const { cap, schedulerName, standing, fail } = this.#options;
    const { waiting } = standing();
    if (waiting === 0 || inARow < someUnused + unusedPerWaiting * waiting) return;
    const why = `${inARow} idle containers in a row were ended unused, to make room for launches under a cap of ${cap?.counts.max ?? 0}`;
    fail(new FbbError('FBB_ERR_SCHEDULER_STALLED', `Scheduler '${schedulerName}' left ${waiting} invocations unassigned while ${why}.`));
  }

  /** The cell has ended. */
  end(): void {
    this.#over = true;
    this.#timer?.cancel();
  }

  #giveUpSilentContainers(): void {
    const { clock, pools, standing, giveUp } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#silenceDueMs || standing().dispatched === 0) return;
    this.#silenceDueMs = Number.POSITIVE_INFINITY;
    for (const { busy, silenceLimitMs } of pools.values()) {
      if (busy.length === 0) continue;
      for (const container of [...busy]) {
        if (container.running === 0) continue;
        if (nowMs - container.lastSignMs < silenceLimitMs) {
          this.#silenceDueMs = Math.min(this.#silenceDueMs, container.lastSignMs + silenceLimitMs);
          continue;
        }
        giveUp(container, silenceLimitMs);
        if (this.#over) return;
      }
    }
  }

  #checkStall(): void {
    const { clock, schedulerName, stallTimeoutMs, cap, standing, fail } = this.#options;
    const { waiting, starting, dispatched, schedulerTimers, lastProgressMs } = standing();
    if (starting > 0 || dispatched > 0) return;
    const nowMs = clock.nowMs();
    if (cap?.waitingSinceMs !== undefined) {
      // All places are those of containers that have left: not the scheduler's fault.
      if (nowMs - Math.max(cap.waitingSinceMs, lastProgressMs) < stallTimeoutMs) return;
      fail(new FbbError('FBB_ERR_BACKEND_FAILED', `The backend has not ended ${cap.beingFreed} containers for ${stallTimeoutMs} ms, and a launch waits for a place.`));
      return;
    }
    if (waiting === 0) return;
    // A scheduler that has set a timer may mean to act later, but not for ever.
    const limitMs = schedulerTimers === 0 ? stallTimeoutMs : patienceWithTimers * stallTimeoutMs;
    if (nowMs - lastProgressMs < limitMs) return;
    fail(new FbbError('FBB_ERR_SCHEDULER_STALLED', `Scheduler '${schedulerName}' left ${waiting} invocations unassigned for ${limitMs} ms with nothing running.`));
  }
}
