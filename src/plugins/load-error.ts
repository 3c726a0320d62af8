import { basename } from 'node:path';
import { describeError } from '../core/index.js';

const parseError = /^ParseError: /;

/** The first place in a stack that lies in one of the files. */
function placeIn(stack: string, files: readonly string[]): { readonly line: string; readonly column: string } | undefined {
  for (const text of stack.split('\n')) {
    const path = files.find((file) => text.includes(`${file}:`));
    const [, line, column] = path === undefined ? [] : (/:(\d+):(\d+)/.exec(text.slice(text.indexOf(path) + path.length)) ?? []);
    if (path !== undefined && line !== undefined && column !== undefined) return { line: `${basename(path)}:${line}`, column };
  }
  return undefined;
}

/** What went wrong while a plug-in was loaded, and where, in one line without a stack. */
export function describeLoadError(thrown: unknown, files: readonly string[]): string {
  const text = describeError(thrown).replace(/[.\s]+$/, '');
  const place = placeIn(thrown instanceof Error ? `${thrown.message}\n${thrown.stack ?? ''}` : '', files);
  if (place === undefined) return text;
  // Where it cannot be parsed is told in terms of the source; where it threw, in terms of what it was compiled to.
  return parseError.test(text) ? `${place.line}:${place.column} ${text.replace(parseError, '')}` : `${place.line} ${text}`;
}
