import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import { builtinSchedulers } from '../schedulers/index.js';
import { packageRoot, packageVersion, templatesFolder } from './package-root.js';

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const longestName = 60;
const templateEnding = '.template';

function checkName(name: string): void {
  if (!kebabCase.test(name) || name.length > longestName) {
    throw new FbbError('FBB_ERR_PLUGIN_NEW', `'${name}' is no name for a scheduler.`, {
      fix: `Use lower-case letters, digits and single hyphens, a letter first, at most ${longestName} characters; for example my-policy.`,
    });
  }
  const builtin = builtinSchedulers().names();
  if (builtin.includes(name)) throw new FbbError('FBB_ERR_PLUGIN_NEW', `There is already a scheduler named '${name}'.`, { fix: `Choose another name than these: ${builtin.join(', ')}.` });
}

/** Where npm took this package from, if that was a file: the folder above `node_modules` and what npm noted of it there. */
function installedFile(): string | undefined {
  const [parent = ''] = packageRoot.split(`${sep}node_modules${sep}`, 1);
  try {
    const { packages } = JSON.parse(readFileSync(join(parent, 'node_modules', '.package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string } | undefined> };
    const resolved = packages[relative(parent, packageRoot).replaceAll(sep, '/')]?.resolved ?? '';
    return resolved.startsWith('file:') ? resolve(parent, resolved.slice('file:'.length)) : undefined;
  } catch {
    return undefined;
  }
}

/** As this package itself was had: a clone by its path, a packed file by its path, otherwise by version. */
function dependency(): string {
  const path = packageRoot.includes(`${sep}node_modules${sep}`) ? installedFile() : packageRoot;
  return path === undefined ? `^${packageVersion}` : `file:${path}`;
}

function checkFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new FbbError('FBB_ERR_PLUGIN_NEW', `${folder} exists and is no folder.`);
  if (readdirSync(folder).length > 0) throw new FbbError('FBB_ERR_PLUGIN_NEW', `${folder} exists and is not empty; nothing was written.`);
}

/** Writes the folder of a new plug-in; returns its path and its files. */
export function createPluginFolder(name: string, into: string): { readonly folder: string; readonly files: readonly string[] } {
  checkName(name);
  const folder = resolve(into, name);
  checkFolder(folder);
  const values: Readonly<Record<string, string>> = { name, dependency: JSON.stringify(dependency()), constant: name.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()) };
  const templates = join(templatesFolder, 'plugin');
  const files = readdirSync(templates).map((file) => file.slice(0, -templateEnding.length)).sort();
  try {
    mkdirSync(folder, { recursive: true });
    for (const file of files) {
      const text = readFileSync(join(templates, file + templateEnding), 'utf8').replace(/\{\{(\w+)\}\}/g, (_match, key: string) => values[key] ?? '');
      writeFileSync(join(folder, file), text);
    }
  } catch (thrown) {
    throw new FbbError('FBB_ERR_PLUGIN_NEW', `The folder ${folder} could not be written: ${describeError(thrown)}.`, { cause: thrown });
  }
  return { folder, files };
}
