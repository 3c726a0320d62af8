import type { StorageAddress } from '../storage/index.js';
import type { Check } from './check.js';
import { checkContainer, type Trial } from './container-check.js';
import { checkDockerDisk, checkDockerMemory, checkLeftBehind, describeDaemon, findDaemon } from './docker-checks.js';
import { checkHost } from './host-checks.js';
import { checkStorage } from './storage-check.js';

interface Wanted {
  /** What a container of Docker is tried with; undefined: Docker is left out. */
  readonly trial: Trial | undefined;
  readonly storage: readonly StorageAddress[];
  /** Ends the trial, and leaves nothing of it. */
  readonly signal: AbortSignal;
}

const storageLimitMs = 3_000;

async function checkDocker(trial: Trial | undefined, signal: AbortSignal): Promise<Check[]> {
  if (trial === undefined) return [await checkLeftBehind(undefined)];
  const daemon = await findDaemon();
  if ('state' in daemon) {
    const skipped: Check = { name: 'container', state: 'missing', found: 'was not tried, for Docker does not answer' };
    return [daemon, skipped, await checkLeftBehind(undefined)];
  }
  const [disk, left] = await Promise.all([checkDockerDisk(daemon), checkLeftBehind(daemon)]);
  // Measured while nothing else is asked of the daemon.
  const tried = await checkContainer(daemon, trial, signal);
  return [describeDaemon(daemon), checkDockerMemory(daemon), disk, ...tried, left];
}

/** Looks at everything that a run needs, at once where one look does not disturb another. */
export async function examine({ trial, storage, signal }: Wanted): Promise<Check[]> {
  const host = checkHost();
  const [docker, stores] = await Promise.all([checkDocker(trial, signal), Promise.all(storage.map((address) => checkStorage(address, storageLimitMs)))]);
  return [...host, ...docker, ...stores];
}
