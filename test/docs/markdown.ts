import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export function readDoc(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

/** What users read: README.md and everything in docs/. */
export function userDocs(): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [...(existsSync(join(root, 'README.md')) ? ['README.md'] : []), ...docs.map((name) => `docs/${name}`)];
}

/** The rows of the first table whose header begins with these columns, as texts without backquotes. */
export function tableOf(markdown: string, ...columns: string[]): string[][] {
  const lines = markdown.split('\n').map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()) : undefined));
  const header = lines.findIndex((cells) => cells !== undefined && columns.every((column, i) => cells[i] === column));
  if (header < 0) throw new Error(`no table with the columns ${columns.join(', ')}`);
  const rows: string[][] = [];
  for (const cells of lines.slice(header + 2)) {
    if (cells === undefined) break;
    rows.push(cells.map((cell) => cell.replaceAll('`', '')));
  }
  return rows;
}
