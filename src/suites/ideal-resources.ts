import { idealHits, type ResourceRequest } from '../caches/index.js';
import type { ContainerRow, Outcome, RowSink, SampleRound } from '../core/index.js';
import type { CellSummary } from '../results/index.js';
import type { PlannedCell } from './planned-cell.js';

export type IdealResources = Pick<NonNullable<CellSummary['resources']>, 'idealHits' | 'idealRequests'>;

/**
 * How many requests for resources could at most have been hits in the containers of a cell, with its capacity: see `idealHits`. Schedulers place
 * invocations as they do, so the bound is one for this placement. A sink that passes everything on.
 */
export class IdealCaches implements RowSink {
  readonly #cell: PlannedCell;
  readonly #sink: RowSink;
  readonly #keys = new Map<string, number>();
  readonly #requests = new Map<number, ResourceRequest[]>();

  private constructor(cell: PlannedCell, sink: RowSink) {
    this.#cell = cell;
    this.#sink = sink;
  }

  /** Undefined where the workload does not say which resources its invocations use, and where nothing is shared. */
  static for(cell: PlannedCell, sink: RowSink): IdealCaches | undefined {
    return cell.workload.resourceKeyOf === undefined || cell.resourceCache.policy === 'off' ? undefined : new IdealCaches(cell, sink);
  }

  invocation(outcome: Outcome): void {
    this.#sink.invocation(outcome);
    const { resourceKey, containerId, status } = outcome;
    if (resourceKey === undefined || containerId < 0 || status === 'rejected') return;
    let key = this.#keys.get(resourceKey);
    if (key === undefined) {
      key = this.#keys.size;
      this.#keys.set(resourceKey, key);
    }
    const startedMs = outcome.intendedMs + outcome.totalMs - outcome.responseMs - outcome.executionMs;
    // A handler that was given up may run on, and one that failed may have got nothing.
    const endedMs = status !== 'completed' ? Number.POSITIVE_INFINITY : startedMs + outcome.executionMs;
    const request = { key, startedMs, endedMs };
    const requests = this.#requests.get(containerId);
    if (requests === undefined) this.#requests.set(containerId, [request]);
    else requests.push(request);
  }

  sample(round: SampleRound): void {
    this.#sink.sample(round);
  }

  container(row: ContainerRow): void {
    this.#sink.container(row);
  }

  summary(): IdealResources {
    const capacity = this.#cell.resourceCache.capacity ?? Number.POSITIVE_INFINITY;
    let hits = 0;
    let requests = 0;
    for (const ofContainer of this.#requests.values()) {
      hits += idealHits(ofContainer, capacity);
      requests += ofContainer.length;
    }
    return { idealHits: hits, idealRequests: requests };
  }
}
