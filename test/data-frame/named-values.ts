import type { FrameColumn } from '../../src/data-frame/frame-column.js';

/** The values of each column by its name. */
export function namedValues(columns: readonly FrameColumn[]): Record<string, readonly unknown[]> {
  return Object.fromEntries(columns.map(({ name, values }) => [name, values]));
}

/** The type of each column by its name. */
export function namedTypes(columns: readonly FrameColumn[]): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, type }) => [name, type]));
}
