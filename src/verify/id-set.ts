/** Ids up to here have a bit each: 16 MB at most. */
const maxDenseId = 2 ** 27;

/** Whole numbers that were seen, a bit each: of a million there is no object to keep. */
export class IdSet {
  #bits = new Uint8Array(1 << 12);
  readonly #others = new Set<number>();

  /** Whether it was not there before. */
  add(id: number): boolean {
    if (!(id >= 0 && id < maxDenseId)) {
      const before = this.#others.size;
      return this.#others.add(id).size > before;
    }
    const place = id >>> 3;
    if (place >= this.#bits.length) this.#grow(place);
    const bit = 1 << (id & 7);
    const byte = this.#bits[place] as number;
    this.#bits[place] = byte | bit;
    return (byte & bit) === 0;
  }

  #grow(place: number): void {
    const bits = new Uint8Array(Math.max(2 * this.#bits.length, place + 1));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
