import { hash32 } from '../core/index.js';

/** The artifact hashes with SHA-1; a ring asks only that places are spread evenly. */
function placeOf(text: string): number {
  return hash32(text, 0);
}

interface Place<Node> {
  readonly at: number;
  readonly node: Node;
}

/** A consistent-hash ring: each node has `replicas` places on a circle, and a key belongs to the next place clockwise. */
export class HashRing<Node> {
  readonly #replicas: number;
  /** Ascending. */
  readonly #places: Place<Node>[] = [];

  constructor(replicas: number) {
    this.#replicas = replicas;
  }

  /** `name` tells the node from all others. */
  add(name: string, node: Node): void {
    for (let i = 0; i < this.#replicas; i += 1) {
      const at = placeOf(`${name}:${i}`);
      this.#places.splice(this.#indexAfter(at), 0, { at, node });
    }
  }

  remove(node: Node): void {
    let kept = 0;
    for (const place of this.#places) {
      if (place.node === node) continue;
      this.#places[kept] = place;
      kept += 1;
    }
    this.#places.length = kept;
  }

  /** The nodes clockwise from the place of a key, each once; the one that the key belongs to first. */
  nodesFor(key: string): Node[] {
    const found = new Set<Node>();
    const start = this.#indexAfter(placeOf(key));
    for (let i = 0; i < this.#places.length; i += 1) found.add((this.#places[(start + i) % this.#places.length] as Place<Node>).node);
    return [...found];
  }

  /** The node that a key belongs to; undefined when the ring is empty. */
  nodeFor(key: string): Node | undefined {
    const { length } = this.#places;
    return length === 0 ? undefined : (this.#places[this.#indexAfter(placeOf(key)) % length] as Place<Node>).node;
  }

  /** Of the first place behind `at`. */
  #indexAfter(at: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] as Place<Node>).at > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
