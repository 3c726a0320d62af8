/** Where nothing is known of a kind. */
const assumedBytes = 1_024;

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** One creation under way. */
interface Measurement {
  disturbed: boolean;
}

/**
 * Estimates how large resources are, by how much the heap of this thread grows while one is made and nothing else happens. What was
 * made beside something else, or across a garbage collection that took more than it added, counts with the mean of its kind.
 */
export class ResourceSizes {
  readonly #underWay = new Set<Measurement>();
  readonly #means = new Map<string, { count: number; bytes: number }>();
  #leases = 0;

  leaseOpened(): void {
    this.#leases += 1;
    if (this.#leases > 1) this.#disturb();
  }

  leaseEnded(): void {
    this.#leases -= 1;
    this.#disturb();
  }

  /** A resource is about to be made; `end` when it is there returns its size in bytes. */
  begin(kind: string): { end(): number } {
    const measurement = { disturbed: this.#leases > 1 || this.#underWay.size > 0 };
    this.#disturb();
    this.#underWay.add(measurement);
    const beforeBytes = heapBytes();
    return {
      end: () => {
        this.#underWay.delete(measurement);
        return this.#sizeOf(kind, measurement.disturbed ? 0 : heapBytes() - beforeBytes);
      },
    };
  }

  #sizeOf(kind: string, grownBytes: number): number {
    const mean = this.#means.get(kind) ?? { count: 0, bytes: 0 };
    if (grownBytes <= 0) return mean.count === 0 ? assumedBytes : mean.bytes;
    mean.count += 1;
    mean.bytes += (grownBytes - mean.bytes) / mean.count;
    this.#means.set(kind, mean);
    return grownBytes;
  }

  #disturb(): void {
    for (const measurement of this.#underWay) measurement.disturbed = true;
  }
}
