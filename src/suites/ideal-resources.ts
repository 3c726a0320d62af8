import { idealHits } from '../caches/index.js';
import type { ContainerRow, Outcome, RowSink, SampleRound } from '../core/index.js';
import type { CellSummary } from '../results/index.js';
import type { PlannedCell } from './planned-cell.js';

export type IdealResources = Pick<NonNullable<CellSummary['resources']>, 'idealHits' | 'idealRequests'>;

interface Request {
  readonly id: number;
  readonly startedMs: number;
  readonly key: number;
}

/**
 * What the best possible replacement would have hit: each container's requests for resources, in the order in which their invocations
 * started, under Belady's MIN with the capacity of the cell. Schedulers place invocations as they do, so the bound is one for this
 * placement. A sink that passes everything on.
 */
export class IdealCaches implements RowSink {
  readonly #cell: PlannedCell;
  readonly #sink: RowSink;
  readonly #keys = new Map<string, number>();
  readonly #requests = new Map<number, Request[]>();

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
    const { id, resourceKey, containerId, status } = outcome;
    if (resourceKey === undefined || containerId < 0 || status === 'rejected') return;
    let key = this.#keys.get(resourceKey);
    if (key === undefined) {
      key = this.#keys.size;
      this.#keys.set(resourceKey, key);
    }
    const request = { id, startedMs: outcome.intendedMs + outcome.totalMs - outcome.responseMs - outcome.executionMs, key };
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
      const keys = ofContainer.sort((a, b) => a.startedMs - b.startedMs || a.id - b.id).map(({ key }) => key);
      hits += idealHits(keys, capacity);
      requests += keys.length;
    }
    return { idealHits: hits, idealRequests: requests };
  }
}
