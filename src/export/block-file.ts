import { closeSync, openSync, writeSync } from 'node:fs';

const blockBytes = 1 << 18;

/** A new file, written in blocks of 256 KiB, where there is none yet. What the file system refuses is thrown as it is. */
export class BlockFile {
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafe(blockBytes);
  #filled = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'wx');
  }

  text(text: string): void {
    // No character takes more than three bytes for each of its UTF-16 units.
    if (text.length * 3 <= blockBytes) {
      if (this.#filled + text.length * 3 > blockBytes) this.#flush();
      this.#filled += this.#block.write(text, this.#filled);
    } else this.bytes(Buffer.from(text), 0, Buffer.byteLength(text));
  }

  /** The bytes of `source` in [from, to). */
  bytes(source: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.#filled === blockBytes) this.#flush();
      const copied = source.copy(this.#block, this.#filled, at, to);
      this.#filled += copied;
      at += copied;
    }
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#fd);
    }
  }

  /** What stays open after a failure would keep its space on the disk. */
  abandon(): void {
    closeSync(this.#fd);
  }

  #flush(): void {
    for (let written = 0; written < this.#filled; ) written += writeSync(this.#fd, this.#block, written, this.#filled - written);
    this.#filled = 0;
  }
}

/** Has a file written by `fill` and closes it. */
export function writeBlocks(path: string, fill: (file: BlockFile) => void): void {
  const file = new BlockFile(path);
  try {
    fill(file);
  } catch (thrown) {
    file.abandon();
    throw thrown;
  }
  file.close();
}
