const initialCapacity = 1_024;
const arity = 4;

/** Keys and places of the entries of one or more heaps, by entry. An entry is in one heap at a time. */
export class HeapKeys {
  keys = new Float64Array(initialCapacity);
  /** Decides between equal keys: the entry that was keyed first comes first. */
  orders = new Float64Array(initialCapacity);
  places = new Int32Array(initialCapacity);
  #given = 0;

  set(entry: number, key: number): void {
    if (entry >= this.keys.length) this.#grow(Math.max(entry + 1, 2 * this.keys.length));
    this.keys[entry] = key;
    this.orders[entry] = this.#given++;
  }

  nextOrder(): number {
    return this.#given++;
  }

  #grow(capacity: number): void {
    const { keys, orders, places } = this;
    this.keys = new Float64Array(capacity);
    this.keys.set(keys);
    this.orders = new Float64Array(capacity);
    this.orders.set(orders);
    this.places = new Int32Array(capacity);
    this.places.set(places);
  }
}

/** A heap with the least key on top, four children a node, whose entries know their places and so can be moved and taken out. */
export class OrderedHeap {
  readonly #keys: HeapKeys;
  #heap: Int32Array;
  #size = 0;

  constructor(keys: HeapKeys, capacity = initialCapacity) {
    this.#keys = keys;
    this.#heap = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The entry with the least key; the heap must not be empty. */
  get top(): number {
    return this.#heap[0] as number;
  }

  push(entry: number, key: number): void {
    this.#keys.set(entry, key);
    if (this.#size === this.#heap.length) {
      const heap = this.#heap;
      this.#heap = new Int32Array(2 * heap.length);
      this.#heap.set(heap);
    }
    this.#rise(entry, this.#size++);
  }

  /** Gives an entry another key; among those of equal key it is then the last. */
  move(entry: number, key: number): void {
    const earlier = key < (this.#keys.keys[entry] as number);
    this.#keys.set(entry, key);
    const place = this.#keys.places[entry] as number;
    if (earlier) this.#rise(entry, place);
    else this.#sink(entry, place);
  }

  remove(entry: number): void {
    const place = this.#keys.places[entry] as number;
    this.#size -= 1;
    if (place === this.#size) return;
    const last = this.#heap[this.#size] as number;
    if (this.#isBefore(last, entry)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #isBefore(a: number, b: number): boolean {
    const { keys, orders } = this.#keys;
    const keyA = keys[a] as number;
    const keyB = keys[b] as number;
    return keyA < keyB || (keyA === keyB && (orders[a] as number) < (orders[b] as number));
  }

  #rise(entry: number, from: number): void {
    const heap = this.#heap;
    const { places } = this.#keys;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const above = heap[parent] as number;
      if (!this.#isBefore(entry, above)) break;
      heap[place] = above;
      places[above] = place;
      place = parent;
    }
    heap[place] = entry;
    places[entry] = place;
  }

  #sink(entry: number, from: number): void {
    const heap = this.#heap;
    const { places } = this.#keys;
    const size = this.#size;
    let place = from;
    for (let first = arity * place + 1; first < size; first = arity * place + 1) {
      const end = first + arity < size ? first + arity : size;
      let least = first;
      for (let child = first + 1; child < end; child += 1) if (this.#isBefore(heap[child] as number, heap[least] as number)) least = child;
      const below = heap[least] as number;
      if (!this.#isBefore(below, entry)) break;
      heap[place] = below;
      places[below] = place;
      place = least;
    }
    heap[place] = entry;
    places[entry] = place;
  }
}
