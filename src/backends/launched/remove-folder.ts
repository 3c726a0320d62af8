import { rmSync } from 'node:fs';
import { describeError } from '../../core/errors.js';

/** Removes a folder with everything in it. Returns why it could not: a container may still be writing into it; the next run removes it then. */
export function removeFolder(folder: string): string | undefined {
  try {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  } catch (thrown) {
    return describeError(thrown);
  }
}
