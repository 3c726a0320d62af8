import type { TableStyle } from '../../src/report/index.js';

export const plain: TableStyle = { bold: (text) => text, dim: (text) => text, red: (text) => text };

/** Shows where each style is used, without a terminal. */
export const marked: TableStyle = { bold: (text) => `<b>${text}</b>`, dim: (text) => `<d>${text}</d>`, red: (text) => `<r>${text}</r>` };

/** The cells of the row that begins with this label, split where the table has two spaces or more. */
export function rowOf(table: string, label: string): string[] {
  const line = table.split('\n').find((text) => text === label || text.startsWith(`${label}  `));
  if (line === undefined) throw new Error(`no row '${label}' in:\n${table}`);
  return line.split(/ {2,}/);
}
