import type { Clock, Timer } from '../core/index.js';
import { removeFrom, type ContainerRecord, type Pool } from './records.js';

/** What a cap of containers did in a cell. */
export interface CapCounts {
  readonly max: number;
  /** Launches that found no place. */
  readonly launchesWaited: number;
  /** Until one of them had a place, was retired, or saw the end of the cell. */
  readonly longestWaitMs: number;
  /** Idle containers that were ended because launches waited. */
  readonly endedForOthers: number;
}

interface ContainerCapOptions {
  readonly clock: Clock;
  readonly max: number;
  readonly pools: ReadonlyMap<string, Pool>;
  /** Containers that were handed to the backend and are neither retired nor lost. */
  readonly inService: () => number;
  /** Batches so far. */
  readonly batches: () => number;
  /** Hands a container to the backend. */
  readonly launch: (container: ContainerRecord) => void;
  readonly retire: (container: ContainerRecord) => void;
  /** So many containers in a row were ended for others before they had any work, and nothing was assigned meanwhile. */
  readonly endedUnused: (inARow: number) => void;
}

/**
 * Places for containers: one is taken from the launch of a container until the backend has ended it, because only then is its memory
 * free. Launches that find none wait in line. While they do, idle containers of whatever function make room, the longest idle first.
 */
export class ContainerCap {
  readonly #options: ContainerCapOptions;
  readonly #line: ContainerRecord[] = [];
  #taken = 0;
  #relief: Timer | undefined;
  #launchesWaited = 0;
  #longestWaitMs = 0;
  #endedForOthers = 0;
  #unusedInARow = 0;
  #batchesAtLastEnd = 0;

  constructor(options: ContainerCapOptions) {
    this.#options = options;
  }

  get counts(): CapCounts {
    return { max: this.#options.max, launchesWaited: this.#launchesWaited, longestWaitMs: this.#longestWaitMs, endedForOthers: this.#endedForOthers };
  }

  /** Since when the first in line waits; undefined when nobody does. */
  get waitingSinceMs(): number | undefined {
    return this.#line[0]?.launchedMs;
  }

  /** Places of containers that have left and that the backend has not ended yet. */
  get beingFreed(): number {
    return this.#taken - this.#options.inService();
  }

  launch(container: ContainerRecord): void {
    if (this.#taken < this.#options.max) {
      this.#taken += 1;
      this.#options.launch(container);
      return;
    }
    container.waits = true;
    this.#line.push(container);
    this.#launchesWaited += 1;
    this.makeRoom();
  }

  /** Takes one that waits out of the line. */
  withdraw(container: ContainerRecord): void {
    removeFrom(this.#line, container);
    this.#waited(container);
  }

  /** The backend has ended a container. */
  placeFreed(): void {
    this.#taken -= 1;
    const next = this.#line.shift();
    if (next === undefined) return;
    this.#waited(next);
    next.launchedMs = this.#options.clock.nowMs();
    this.#taken += 1;
    this.#options.launch(next);
  }

  /** To be called when the line or the idle containers have become more. Later: a scheduler may be about to assign to an idle one. */
  makeRoom(): void {
    if (this.#line.length === 0) return;
    this.#relief ??= this.#options.clock.setTimer(0, () => {
      this.#relief = undefined;
      this.#endIdle();
    });
  }

  /** The cell has ended: no place that comes free is given away any more. */
  close(): void {
    this.#relief?.cancel();
    // The first has waited longest.
    if (this.#line[0] !== undefined) this.#waited(this.#line[0]);
    this.#line.length = 0;
  }

  #endIdle(): void {
    while (this.#line.length > this.beingFreed) {
      const container = this.#longestIdle();
      if (container === undefined) return;
      this.#endedForOthers += 1;
      this.#options.retire(container);
      this.#countUnused(container);
    }
  }

  /** The first of a pool has been idle longest there. */
  #longestIdle(): ContainerRecord | undefined {
    let longest: ContainerRecord | undefined;
    for (const { idle } of this.#options.pools.values()) {
      const first = idle[0];
      if (first !== undefined && (longest === undefined || first.idleSinceMs < longest.idleSinceMs)) longest = first;
    }
    return longest;
  }

  #countUnused(container: ContainerRecord): void {
    const batches = this.#options.batches();
    if (container.batches > 0 || batches !== this.#batchesAtLastEnd) this.#unusedInARow = 0;
    else this.#options.endedUnused((this.#unusedInARow += 1));
    this.#batchesAtLastEnd = batches;
  }

  #waited(container: ContainerRecord): void {
    container.waits = false;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, this.#options.clock.nowMs() - container.launchedMs);
  }
}
