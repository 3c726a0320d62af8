import { FbbError, type ErrorCode } from './errors.js';

/** Named things of one kind, in the order they were added. A second thing of the same name is an error, never an override. */
export class Registry<T extends { readonly name: string }> {
  readonly #kind: string;
  readonly #unknownCode: ErrorCode;
  readonly #items = new Map<string, T>();

  constructor(kind: string, unknownCode: ErrorCode, items: readonly T[] = []) {
    this.#kind = kind;
    this.#unknownCode = unknownCode;
    for (const item of items) this.add(item);
  }

  add(item: T): void {
    if (this.#items.has(item.name)) {
      throw new FbbError('FBB_ERR_REGISTRY_DUPLICATE', `There is already a ${this.#kind} named '${item.name}'.`);
    }
    this.#items.set(item.name, item);
  }

  has(name: string): boolean {
    return this.#items.has(name);
  }

  get(name: string): T {
    const item = this.#items.get(name);
    if (item === undefined) {
      throw new FbbError(this.#unknownCode, `There is no ${this.#kind} named '${name}'.`, {
        fix: `Use one of: ${this.names().join(', ')}.`,
      });
    }
    return item;
  }

  names(): string[] {
    return [...this.#items.keys()];
  }

  list(): T[] {
    return [...this.#items.values()];
  }
}
