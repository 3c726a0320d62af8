/** Counts the batches under way to one container, for whoever waits until there is none. */
export class OpenBatches {
  #open = 0;
  #whenNone: (() => void) | undefined;

  begin(): void {
    this.#open += 1;
  }

  /** `told`: tells of the end, before anybody hears that it was the last. */
  end(told: () => void): void {
    this.#open -= 1;
    told();
    if (this.#open === 0) this.#whenNone?.();
  }

  whenNone(callback: () => void): void {
    if (this.#open === 0) callback();
    else this.#whenNone = callback;
  }
}
