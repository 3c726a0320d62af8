import { join } from 'node:path';

/** The harness's own files. */
export const harnessFolder = join(import.meta.dirname, '..');

/** ` (file:line:column)` of the first line of a stack that is neither the harness's nor Node's; empty when there is none. */
export function thrownPlace(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const [, place] = /^ +at .*?(?:file:\/\/)?([^\s()]+:\d+:\d+)\)?$/.exec(line) ?? [];
    if (place !== undefined && !line.includes('node:') && !line.includes(harnessFolder)) return ` (${place})`;
  }
  return '';
}
