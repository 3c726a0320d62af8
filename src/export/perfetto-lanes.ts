/**
 * Places of what happened in one container. A viewer draws one lane (a `tid`) as a stack of slices, so the complete events of a lane must
 * lie apart or in each other; what runs in parallel needs lanes of its own. Asynchronous events would be allowed to overlap, but Perfetto
 * gathers these by name for the whole process, away from their container. All times in µs from the start of the cell.
 */

/** Times are stored to the µs and added up here: instants that were one can lie so far apart. */
const roundingUs = 5;

export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** A batch from when it was sent to its last outcome, and the time of each handler in it. `Row` says which invocation it was. */
export interface BatchSpan<Row> extends Span {
  readonly id: number;
  readonly invocations: readonly (Span & { readonly row: Row })[];
}

interface Placed extends Span {
  /** From 0. */
  readonly lane: number;
}

export type Slice<Row> = Placed & ({ readonly kind: 'launch' } | { readonly kind: 'batch'; readonly batch: BatchSpan<Row> } | { readonly kind: 'invocation'; readonly row: Row });

/** A batch on its lane; invocations lie in it as long as they come one after the other. */
interface PlacedBatch extends Placed {
  filledUntilUs: number;
}

/** Lanes that are each filled from left to right. */
class Lanes {
  readonly #freeFromUs: number[] = [];

  /** The first lane that is free. What begins a rounding too early is moved to where the lane is free. */
  place({ startUs, endUs }: Span): Placed {
    const free = this.#freeFromUs.findIndex((fromUs) => fromUs <= startUs + roundingUs);
    const lane = free < 0 ? this.#freeFromUs.length : free;
    const begin = Math.max(startUs, this.#freeFromUs[lane] ?? startUs);
    const end = Math.max(begin, endUs);
    this.#freeFromUs[lane] = end;
    return { lane, startUs: begin, endUs: end };
  }
}

/** A place in the batch after what is there already; undefined when that has not ended. */
function placeInside(batch: PlacedBatch, { startUs, endUs }: Span): Placed | undefined {
  if (batch.filledUntilUs > startUs + roundingUs) return undefined;
  const begin = Math.min(Math.max(startUs, batch.filledUntilUs), batch.endUs);
  const end = Math.min(Math.max(begin, endUs), batch.endUs);
  batch.filledUntilUs = end;
  return { lane: batch.lane, startUs: begin, endUs: end };
}

type Waiting<Row> = Span & ({ readonly batch: BatchSpan<Row>; readonly row?: undefined } | { readonly batch: BatchSpan<Row>; readonly row: Row });

/** Batches and their invocations by the time when they begin, a batch before what is in it. */
function inOrder<Row>(batches: readonly BatchSpan<Row>[]): Waiting<Row>[] {
  const waiting = batches.flatMap((batch): Waiting<Row>[] => [
    { startUs: batch.startUs, endUs: batch.endUs, batch },
    ...batch.invocations.map(({ startUs, endUs, row }) => ({ startUs: Math.max(startUs, batch.startUs), endUs, batch, row })),
  ]);
  return waiting.sort((a, b) => a.startUs - b.startUs || (a.row === undefined ? 0 : 1) - (b.row === undefined ? 0 : 1));
}

/** Slices in the order in which they begin, outer ones first, on as few lanes as they need. */
export function layOut<Row>(launch: Span | undefined, batches: readonly BatchSpan<Row>[]): Slice<Row>[] {
  const lanes = new Lanes();
  const slices: Slice<Row>[] = launch === undefined ? [] : [{ kind: 'launch', ...lanes.place(launch) }];
  const placed = new Map<BatchSpan<Row>, PlacedBatch>();
  for (const { startUs, endUs, batch, row } of inOrder(batches)) {
    if (row === undefined) {
      const place = lanes.place({ startUs, endUs });
      placed.set(batch, { ...place, filledUntilUs: place.startUs });
      slices.push({ kind: 'batch', batch, ...place });
    } else {
      const inside = placeInside(placed.get(batch) as PlacedBatch, { startUs, endUs });
      slices.push({ kind: 'invocation', row, ...(inside ?? lanes.place({ startUs, endUs })) });
    }
  }
  return slices;
}
