/** A key with its rank; among equal ranks the one whose turn was longest ago goes first. */
export interface RankedKey<Key> {
  readonly key: Key;
  rank: number;
  turn: number;
  /** Its place in the heap. */
  place: number;
}

function goesBefore<Key>(a: RankedKey<Key>, b: RankedKey<Key>): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.turn < b.turn);
}

/** Keys by rank, the lowest first: a binary heap in which a key can change its rank or leave, each in logarithmic time. */
export class RankedKeys<Key, Entry extends RankedKey<Key>> {
  readonly #heap: Entry[] = [];
  readonly #entries = new Map<Key, Entry>();
  #turn = 0;

  get(key: Key): Entry | undefined {
    return this.#entries.get(key);
  }

  add(entry: Entry): void {
    entry.turn = this.#turn++;
    entry.place = this.#heap.push(entry) - 1;
    this.#entries.set(entry.key, entry);
    this.#up(entry.place);
  }

  /** After its rank has changed; it is its turn now. */
  moved(entry: Entry): void {
    entry.turn = this.#turn++;
    this.#up(entry.place);
    this.#down(entry.place);
  }

  remove(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const last = this.#heap.pop() as Entry;
    if (last === entry) return;
    this.#put(last, entry.place);
    this.#up(last.place);
    this.#down(last.place);
  }

  takeLowest(): Entry | undefined {
    const lowest = this.#heap[0];
    if (lowest !== undefined) this.remove(lowest.key);
    return lowest;
  }

  #up(from: number): void {
    let place = from;
    const entry = this.#heap[place] as Entry;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1] as Entry;
      if (!goesBefore(entry, parent)) break;
      const above = parent.place;
      this.#put(parent, place);
      place = above;
    }
    this.#put(entry, place);
  }

  #down(from: number): void {
    const heap = this.#heap;
    let place = from;
    const entry = heap[place] as Entry;
    for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
      const right = heap[child + 1];
      let next = heap[child] as Entry;
      if (right !== undefined && goesBefore(right, next)) next = right;
      if (!goesBefore(next, entry)) break;
      const below = next.place;
      this.#put(next, place);
      place = below;
    }
    this.#put(entry, place);
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    entry.place = place;
  }
}
