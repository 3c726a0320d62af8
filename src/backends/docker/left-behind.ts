import type Docker from 'dockerode';
import { statusOf } from './daemon-errors.js';
import { cellLabel, contentLabel, isAbandoned, ownerLabel, runLabel } from './labels.js';

/** What was removed. */
export interface Removed {
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

type Labelled = { readonly Id: string; readonly Labels?: Readonly<Record<string, string>> | null };

/** Removes containers and networks that carry our label and are wanted gone. */
async function removeWhere(docker: Docker, label: string, isWanted: (labelled: Labelled) => boolean): Promise<Removed> {
  const filters = { label: [label] };
  const containers = (await docker.listContainers({ all: true, filters })).filter(isWanted);
  await forEach(containers, ({ Id }) => removeContainer(docker, Id));
  const networks = ((await docker.listNetworks({ filters })) as Labelled[]).filter(isWanted);
  await forEach(networks, ({ Id }) => removeNetwork(docker, Id));
  return { containers: containers.length, networks: networks.length, images: 0 };
}

/** What dead runs have left; what belongs to a run that may be alive stays, and so do images: they are made once. */
export function removeAbandoned(docker: Docker): Promise<Removed> {
  return removeWhere(docker, ownerLabel, ({ Labels }) => isAbandoned(Labels));
}

/** Everything of one cell. */
export function removeCell(docker: Docker, mark: string): Promise<Removed> {
  return removeWhere(docker, `${cellLabel}=${mark}`, () => true);
}

/** Everything with our label, also what belongs to runs that are alive, or may be. */
export function removeAll(docker: Docker): Promise<Removed> {
  return removeWhere(docker, runLabel, () => true);
}

/** The images that we have made and no container uses; the next run makes them anew. */
export async function removeImages(docker: Docker): Promise<number> {
  const images = await docker.listImages({ filters: { label: [contentLabel] } });
  let removed = 0;
  for (const { Id, RepoTags } of images) {
    try {
      // By name, where it has one: an image with several names, of which one is a user's, only loses ours.
      const names = (RepoTags ?? []).filter((tag) => tag.startsWith('faasbatch-bench/'));
      for (const name of names.length > 0 ? names : [Id]) await docker.getImage(name).remove();
      removed += 1;
    } catch (thrown) {
      if (!goneAlready.has(statusOf(thrown) ?? 0)) throw thrown;
    }
  }
  return removed;
}
