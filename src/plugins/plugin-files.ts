import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';

/** A relative path in an import, an export from, a dynamic import or a require. */
const relativeImport = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+)\1/g;
/** TypeScript is imported by the name of the file it would be compiled to. */
const sourceOf: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };
const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function resolveRelative(from: string, specifier: string): string | undefined {
  const path = join(dirname(from), specifier);
  const extension = extname(path);
  const source = sourceOf[extension];
  const candidates = [path, ...(source === undefined ? [] : [path.slice(0, -extension.length) + source]), ...extensions.map((added) => path + added), ...extensions.map((added) => join(path, `index${added}`))];
  return candidates.find(isFile);
}

/** A file and what it imports by a relative path, and so on; path to text. What cannot be found is left to the loader to report. */
export function filesOf(entry: string): Map<string, string> {
  const files = new Map<string, string>();
  const pending = [entry];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (files.has(path)) continue;
    const text = readFileSync(path, 'utf8');
    files.set(path, text);
    if (extname(path) === '.json') continue;
    for (const [, , specifier = ''] of text.matchAll(relativeImport)) {
      const found = resolveRelative(path, specifier);
      if (found !== undefined) pending.push(found);
    }
  }
  return files;
}

/** SHA-256 over the files: the entry first, then the others in the order of their paths relative to it. The folder it lies in does not count. */
export function hashOf(entry: string, files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  const named = [...files].map(([path, text]) => ({ name: path === entry ? '' : relative(dirname(entry), path).split(sep).join('/'), text }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, text } of named) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}

/** The version in the nearest package.json above a file; null when there is none. */
export function versionOf(path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (isFile(manifest)) {
      try {
        const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown };
        return typeof version === 'string' ? version : null;
      } catch {
        return null;
      }
    }
    if (folder === dirname(folder)) return null;
  }
}
