import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readHostProfile, type HostProfile } from '../backends/simulation/index.js';
import { FbbError } from '../core/index.js';
import { hostsFolder } from './package-root.js';

const ending = '.yaml';
/** What is simulated unless another one is named. */
export const defaultHost = 'icdcs2023-testbed';

function namesThere(): string[] {
  return readdirSync(hostsFolder).filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
}

function readBuiltin(name: string): HostProfile {
  return readHostProfile(join(hostsFolder, name + ending));
}

/** Those that come with the package. */
export function listHostProfiles(): HostProfile[] {
  return namesThere().map(readBuiltin);
}

/** A host profile by the name of one that comes with the package, or by its path. */
export function findHostProfile(host: string): HostProfile {
  const names = namesThere();
  if (names.includes(host)) return readBuiltin(host);
  if (existsSync(host)) return readHostProfile(host);
  throw new FbbError('FBB_ERR_HOST_PROFILE', `There is no host profile '${host}'.`, { fix: `Use one of: ${names.join(', ')}; or the path of a file.` });
}
