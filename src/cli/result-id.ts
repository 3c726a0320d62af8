import { createRng } from '../core/index.js';

/** The id of a new result set: what it is of, when it was made, and what tells it from others of the same second. */
export function resultId(name: string, createdAt: string): string {
  const stamp = createdAt.replace(/[-:]/g, '').replace(/\..*$/, 'Z');
  const suffix = createRng(process.pid).derive(createdAt).integer(0x1_0000).toString(16).padStart(4, '0');
  return `${name}-${stamp}-${suffix}`;
}
