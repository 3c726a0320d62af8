import { harmless } from './terminal-text.js';

/** One line in which Markdown takes nothing for its own; nor does HTML. */
export function escapeMarkdown(text: string): string {
  return harmless(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/[\\`*_[\]|#~]/g, '\\$&');
}

export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The first names, and how many more there are. */
export function firstOf(names: readonly string[], most = 5): string {
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
