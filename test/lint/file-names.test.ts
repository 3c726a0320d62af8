import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '../../src');
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Names that say nothing about what is inside. */
const emptyNames = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared', 'stuff', 'lib']);

/** Pages are made of more than programs. */
function ending(folder: string): RegExp {
  return folder === join(src, 'page') ? /\.(ts|html|css)$/ : /\.ts$/;
}

const entries = readdirSync(src, { recursive: true, withFileTypes: true }).map((entry) => ({
  path: join(entry.parentPath, entry.name).slice(src.length + 1),
  stem: entry.isDirectory() ? entry.name : entry.name.replace(ending(entry.parentPath), ''),
})).filter(({ path }) => path !== join('page', 'tsconfig.json'));

describe('names of files and folders under src', () => {
  it('finds some', () => {
    expect(entries.length).toBeGreaterThan(10);
  });

  it('are kebab-case TypeScript', () => {
    expect(entries.filter(({ stem }) => !kebabCase.test(stem)).map(({ path }) => path)).toEqual([]);
  });

  it('say what is inside', () => {
    expect(entries.filter(({ stem }) => stem.split('-').some((word) => emptyNames.has(word))).map(({ path }) => path)).toEqual([]);
  });
});
