import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
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

/** By version where this package is installed; a clone by its path, because what it holds may not be published. */
function dependency(): string {
  return packageRoot.includes(`${sep}node_modules${sep}`) ? `^${packageVersion}` : `file:${packageRoot}`;
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
