import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Where the package lies: an installed copy or a clone. */
export const packageRoot = findRoot();

export const packageVersion = (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;

export const templatesFolder = join(packageRoot, 'templates');
export const hostsFolder = join(packageRoot, 'hosts');
export const suitesFolder = join(packageRoot, 'suites');
/** Result sets that ship with the package lie in folders of it: published/icdcs2023. */
export const shippedResultsFolder = join(packageRoot, 'results');
export const functionsFolder = join(packageRoot, 'dist', 'functions');
/** Programs and styles of pages, as they were bundled. */
export const pageFolder = join(packageRoot, 'dist', 'page');
export const runtimeFolder = join(packageRoot, 'dist', 'runtime');

/** The commit of a clone, or null for an installed package. */
export function packageCommit(): string | null {
  try {
    const head = readFileSync(join(packageRoot, '.git', 'HEAD'), 'utf8').trim();
    return head.startsWith('ref: ') ? readFileSync(join(packageRoot, '.git', head.slice(5)), 'utf8').trim() : head;
  } catch {
    return null;
  }
}
