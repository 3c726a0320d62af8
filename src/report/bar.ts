export type BarKind = 'unicode' | 'ascii';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of a share of so many columns, 0 to 1: to the nearest eighth of a column, or of whole ones in ASCII. */
export function bar(share: number, columns: number, kind: BarKind): string {
  if (kind === 'ascii') return '#'.repeat(Math.round(share * columns));
  const length = Math.round(share * columns * 8);
  return `${'█'.repeat(Math.floor(length / 8))}${eighths[length % 8] as string}`;
}

/** Each value as a share of the greatest; null where there is none, and where nothing is above 0. */
export function sharesOf(values: readonly (number | null)[]): (number | null)[] {
  const greatest = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => (value === null || greatest === 0 ? null : Math.max(0, value) / greatest));
}
