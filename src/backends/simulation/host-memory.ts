import type { HostCosts } from './host-costs.js';
import type { SimulatedContainer } from './simulated-container.js';

/** Told of memory as it changes; exact, where a live backend has to be sampled. */
export interface MemoryObserver {
  /** It takes memory from now on. */
  containerStarted(containerId: number): void;
  memoryChanged(containerId: number, memoryMb: number): void;
}

interface HostMemoryOptions {
  readonly costs: HostCosts;
  readonly observer: MemoryObserver;
  /** The host has no more: as under Linux, who asks for what is not there is ended. */
  readonly onRefused: (container: SimulatedContainer) => void;
}

/** The memory of a host, as its containers take it and give it back. */
export class HostMemory {
  readonly #options: HostMemoryOptions;
  #usedMb = 0;

  constructor(options: HostMemoryOptions) {
    this.#options = options;
  }

  /** It exists from now on. */
  begin(container: SimulatedContainer): void {
    this.#options.observer.containerStarted(container.id);
    this.settle(container);
  }

  /** Takes or gives back what the container needs now. */
  settle(container: SimulatedContainer): void {
    const { costs, observer, onRefused } = this.#options;
    const memoryMb = costs.containerMemoryMb + container.threads * costs.threadMemoryMb + container.executing * costs.invocationMemoryMb;
    const moreMb = memoryMb - container.memoryMb;
    if (moreMb === 0) return;
    // Who is refused has what it had, so that nobody else is at this instant for what was not given.
    if (this.#usedMb + moreMb > costs.hostMemoryMb) {
      onRefused(container);
      return;
    }
    this.#usedMb += moreMb;
    container.memoryMb = memoryMb;
    if (memoryMb > container.peakMemoryMb) container.peakMemoryMb = memoryMb;
    observer.memoryChanged(container.id, memoryMb);
  }

  release(container: SimulatedContainer): void {
    this.#usedMb -= container.memoryMb;
    container.memoryMb = 0;
  }
}
