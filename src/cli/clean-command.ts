import { connectDaemon, dockerClient, inTime, removeAbandoned, removeAll, removeImages } from '../backends/docker/index.js';
import { findCellFolders, removeFolder } from '../backends/launched/index.js';
import { describeError, FbbError } from '../core/index.js';
import { print, tell } from './output.js';

export interface CleanOptions {
  readonly images?: true;
  readonly all?: true;
  readonly json?: true;
}

/** Null: something was removed, or not; Docker did not get to the end. */
interface Cleaned {
  containers: number | null;
  networks: number | null;
  images: number | null;
  folders: number;
}

const answerLimitMs = 5_000;
/** About 30 containers are removed in a second. */
const removalLimitMs = 120_000;

/** Returns what could not be removed. */
function cleanFolders(cleaned: Cleaned, all: boolean): FbbError | undefined {
  let failure: FbbError | undefined;
  for (const folder of all ? findCellFolders(() => true) : findCellFolders()) {
    const refused = removeFolder(folder);
    if (refused === undefined) cleaned.folders += 1;
    else failure ??= new FbbError('FBB_ERR_BACKEND_TEMP_FOLDER', `${folder} cannot be removed: ${refused}.`, { fix: `sudo rm -r ${folder}` });
  }
  return failure;
}

/** Nothing runs there that could be asked, so there is nothing in it that could be removed. */
function isNotThere({ cause }: FbbError): boolean {
  const { code } = (cause ?? {}) as { readonly code?: string };
  return code === 'ENOENT' || (code === 'ECONNREFUSED' && (process.env['DOCKER_HOST'] ?? 'unix:').startsWith('unix:'));
}

function asFbbError(thrown: unknown): FbbError {
  return thrown instanceof FbbError ? thrown : new FbbError('FBB_ERR_DOCKER_REFUSED', `Docker did not remove everything: ${describeError(thrown)}.`, { fix: 'Run it again; what could be removed is removed.', cause: thrown });
}

/** Returns why Docker was not asked, or did not do it all. */
async function cleanDocker(cleaned: Cleaned, { all, images }: CleanOptions): Promise<FbbError | undefined> {
  try {
    const { docker } = await connectDaemon(dockerClient(), answerLimitMs);
    Object.assign(cleaned, { containers: null, networks: null });
    const { containers, networks } = await inTime(all === true ? removeAll(docker) : removeAbandoned(docker), removalLimitMs, 'the removal of containers and networks');
    Object.assign(cleaned, { containers, networks });
    if (images !== true) return undefined;
    cleaned.images = null;
    cleaned.images = await inTime(removeImages(docker), removalLimitMs, 'the removal of images');
    return undefined;
  } catch (thrown) {
    return asFbbError(thrown);
  }
}

function describe({ containers, networks, images, folders }: Cleaned): string {
  const counts = Object.entries({ containers, networks, 'temporary folders': folders, images });
  if (counts.every(([, count]) => count === 0)) return 'nothing to remove';
  return `removed: ${counts.map(([what, count]) => `${what} ${count ?? 'not all'}`).join(', ')}`;
}

/** Told here and not thrown: what was removed, and what else was not, is told as well. */
function fail({ code, message, fix, exitCode }: FbbError): void {
  tell(`${code}: ${message}\n${fix}`);
  process.exitCode = exitCode;
}

/** `clean`: removes what dead runs have left. */
export async function cleanCommand(options: CleanOptions): Promise<void> {
  const cleaned: Cleaned = { containers: 0, networks: 0, images: 0, folders: 0 };
  if (options.all === true) tell('--all: also what belongs to runs that may be alive, and to those of other machines; they will fail.');
  const folderFailure = cleanFolders(cleaned, options.all === true);
  const dockerFailure = await cleanDocker(cleaned, options);
  if (options.json === true) print(JSON.stringify({ removed: cleaned, notRemoved: [folderFailure, dockerFailure].flatMap((failure) => (failure === undefined ? [] : [failure.message])) }, undefined, 2));
  else print(describe(cleaned));
  if (folderFailure !== undefined) fail(folderFailure);
  if (dockerFailure === undefined) return;
  // Without a daemon nothing of ours is in it; but images that were asked for by name were not looked at.
  if (isNotThere(dockerFailure) && options.images !== true) tell(`Docker was not asked: ${dockerFailure.message}`);
  else fail(dockerFailure);
}
