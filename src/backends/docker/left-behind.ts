import type Docker from 'dockerode';
import { statusOf } from './daemon-errors.js';
import { cellLabel, contentLabel, isAbandoned, isOfCell, ownerLabel, runLabel, type Labels } from './labels.js';

/** What was removed. */
interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly images: number;
}

/** Somebody else may remove it at the same time. */
const goneAlready = new Set([404, 409]);

export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (thrown) {
    if (!goneAlready.has(statusOf(thrown) ?? 0)) throw thrown;
  }
}

const detachTries = 50;
const detachPauseMs = 100;

/** A container that is being removed by somebody else may hold on to it for a moment. */
async function removeNetwork(docker: Docker, id: string): Promise<void> {
  for (let triesLeft = detachTries; ; triesLeft -= 1) {
    try {
      await docker.getNetwork(id).remove();
      return;
    } catch (thrown) {
      if (statusOf(thrown) === 404) return;
      if (statusOf(thrown) !== 403 || triesLeft === 0) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, detachPauseMs));
    }
  }
}

const removalsAtOnce = 8;

/** Calls for each, a few at a time, and goes on when one fails; throws the first failure at the end. */
async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item).catch((thrown: unknown) => failures.push(thrown));
  };
  await Promise.all(Array.from({ length: removalsAtOnce }, worker));
  if (failures.length > 0) throw failures[0];
}

type Labelled = { readonly Id: string; readonly Labels?: Labels };

interface Found {
  readonly containers: readonly Labelled[];
  readonly networks: readonly Labelled[];
}

async function findWhere(docker: Docker, label: string, isWanted: (labelled: Labelled) => boolean): Promise<Found> {
  const filters = { label: [label] };
  const [containers, networks] = await Promise.all([docker.listContainers({ all: true, filters }), docker.listNetworks({ filters }) as Promise<Labelled[]>]);
  return { containers: containers.filter(isWanted), networks: networks.filter(isWanted) };
}

/** Removes containers and networks that carry our label and are wanted gone. */
async function removeWhere(docker: Docker, label: string, isWanted: (labelled: Labelled) => boolean): Promise<Removed> {
  const { containers, networks } = await findWhere(docker, label, isWanted);
  await forEach(containers, ({ Id }) => removeContainer(docker, Id));
  await forEach(networks, ({ Id }) => removeNetwork(docker, Id));
  return { containers: containers.length, networks: networks.length, images: 0 };
}

const ofDeadRun = ({ Labels }: Labelled): boolean => isAbandoned(Labels);

/** How much dead runs have left. */
export async function countAbandoned(docker: Docker): Promise<{ readonly containers: number; readonly networks: number }> {
  const { containers, networks } = await findWhere(docker, ownerLabel, ofDeadRun);
  return { containers: containers.length, networks: networks.length };
}

/** What dead runs have left; what belongs to a run that may be alive stays, and so do images: they are made once. */
export function removeAbandoned(docker: Docker): Promise<Removed> {
  return removeWhere(docker, ownerLabel, ofDeadRun);
}

const createdLatePauseMs = 500;
const createdLateTries = 10;

/** Everything of one cell, also what the daemon is about to make in this moment for a launcher that is gone. */
export async function removeCell(docker: Docker, mark: string): Promise<void> {
  for (let triesLeft = createdLateTries; triesLeft > 0; triesLeft -= 1) {
    const { containers } = await removeWhere(docker, `${cellLabel}=${mark}`, () => true);
    if (containers === 0) return;
    await new Promise((resolve) => setTimeout(resolve, createdLatePauseMs));
  }
}

/** Everything of one run. */
export function removeRun(docker: Docker, runId: string): Promise<Removed> {
  return removeWhere(docker, `${runLabel}=${runId}`, ({ Labels }) => isOfCell(Labels));
}

/** Everything with our label, also what belongs to runs that are alive, or may be. */
export function removeAll(docker: Docker): Promise<Removed> {
  return removeWhere(docker, cellLabel, ({ Labels }) => isOfCell(Labels));
}

const ourNames = 'faasbatch-bench/';

/** The images that we have made, by the names that we gave them, unless a container uses them; the next run makes them anew. What a user built upon one stays. */
export async function removeImages(docker: Docker): Promise<number> {
  const images = await docker.listImages({ filters: { label: [contentLabel] } });
  let removed = 0;
  for (const { RepoTags } of images) {
    try {
      const ours = (RepoTags ?? []).filter((name) => name.startsWith(ourNames));
      for (const name of ours) await docker.getImage(name).remove();
      if (ours.length > 0) removed += 1;
    } catch (thrown) {
      if (!goneAlready.has(statusOf(thrown) ?? 0)) throw thrown;
    }
  }
  return removed;
}
