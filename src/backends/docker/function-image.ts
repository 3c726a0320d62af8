import type Docker from 'dockerode';
import { FbbError, type FunctionSpec } from '../../core/index.js';
import { codeOf, daemonError, daemonSaid, statusOf } from './daemon-errors.js';
import { contentHash, imageContent, imageTar, type ImageContent } from './image-files.js';
import { nodeInImage } from './image-layout.js';
import { contentLabel, runLabel } from './labels.js';

/** An image that holds our runtime and functions. */
export interface FunctionImage {
  readonly name: string;
  /** Program of its Node. */
  readonly node: string;
  /** Path of each handler in the image, by its path here. */
  readonly handlerPaths: ReadonlyMap<string, string>;
}

interface FunctionImageOptions {
  readonly runId: string;
  readonly runtimeFolder: string;
  readonly functionsFolder: string;
  /** An image with Node in it to build upon; undefined: this machine's own Node. */
  readonly baseImage: string | undefined;
  /** Told before an image is made, which takes a few seconds. */
  readonly onBuild: (name: string) => void;
}

const repository = 'faasbatch-bench/functions';

async function imageExists(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    throw thrown;
  }
}

/** Waits for the end of what the daemon tells line by line; what it tells of errors is thrown. */
async function finished(docker: Docker, answer: Promise<NodeJS.ReadableStream>): Promise<void> {
  const told = await answer;
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(told, (error: Error | null, lines?: readonly { readonly error?: string }[]) => {
      const failed = lines?.find((line) => line.error !== undefined)?.error;
      if (error !== null) reject(error);
      else if (failed === undefined) resolve();
      else reject(new Error(failed));
    });
  });
}

async function buildAlone(docker: Docker, content: ImageContent, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const [repo, tag] = name.split(':') as [string, string];
  const changes = [...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`), `ENV LD_LIBRARY_PATH=${content.libraryFolders.join(':')}`, `CMD ["${nodeInImage}"]`];
  await finished(docker, docker.importImage(imageTar(content), { repo, tag, changes }));
}

async function buildUpon(docker: Docker, base: string, { content, name, labels }: { content: ImageContent; name: string; labels: Readonly<Record<string, string>> }): Promise<void> {
  const dockerfile = `FROM ${base}\nCOPY fbb /fbb\n`;
  const tar = imageTar(content, [{ path: 'Dockerfile', from: { text: dockerfile }, mode: 0o644 }]);
  await finished(docker, docker.buildImage(tar, { t: name, labels, forcerm: true }));
}

/** What a base image is, beyond its name; one that is not here may still be pulled by the build. */
async function identityOf(docker: Docker, base: string): Promise<string> {
  try {
    return (await docker.getImage(base).inspect()).Id;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return base;
    throw thrown;
  }
}

/** The function images of a run: made once, and found again by what is in them. */
export class FunctionImages {
  readonly #docker: Docker;
  readonly #options: FunctionImageOptions;
  /** What goes in and its hash, by the paths of the handlers: reading Node takes a while. */
  readonly #known = new Map<string, Promise<{ readonly content: ImageContent; readonly hash: string }>>();

  constructor(docker: Docker, options: FunctionImageOptions) {
    this.#docker = docker;
    this.#options = options;
  }

  /** Sees to it that the daemon has the image for these functions. */
  async ensure(functions: readonly FunctionSpec[]): Promise<FunctionImage> {
    const { baseImage } = this.#options;
    try {
      const key = functions.map(({ handlerPath }) => handlerPath).join('\n');
      const known = this.#known.get(key) ?? this.#look(functions);
      this.#known.set(key, known);
      known.catch(() => this.#known.delete(key));
      const { content, hash } = await known;
      const name = `${repository}:${hash}`;
      if (!(await imageExists(this.#docker, name))) await this.#build(name, hash, content);
      return { name, node: baseImage === undefined ? nodeInImage : 'node', handlerPaths: content.handlerPaths };
    } catch (thrown) {
      if (baseImage === undefined || codeOf(thrown, 'FBB_ERR_DOCKER_IMAGE') !== 'FBB_ERR_DOCKER_IMAGE') throw daemonError(thrown, 'make the function image', 'FBB_ERR_DOCKER_IMAGE');
      throw new FbbError('FBB_ERR_DOCKER_IMAGE', `The function image could not be built upon '${baseImage}': ${daemonSaid(thrown)}.`, {
        fix: 'Name an image with Node 20 that this daemon has or can pull, or leave --base-image out.',
        cause: thrown,
      });
    }
  }

  async #look(functions: readonly FunctionSpec[]): Promise<{ readonly content: ImageContent; readonly hash: string }> {
    const { baseImage, runtimeFolder, functionsFolder } = this.#options;
    const content = imageContent({ runtimeFolder, functionsFolder, functions, withNode: baseImage === undefined });
    return { content, hash: await contentHash(content, baseImage === undefined ? '' : await identityOf(this.#docker, baseImage)) };
  }

  async #build(name: string, hash: string, content: ImageContent): Promise<void> {
    const { baseImage, runId, onBuild } = this.#options;
    onBuild(name);
    // Not its owner: whatever a user makes of the image inherits its labels, and must not pass for what a dead run has left.
    const labels = { [runLabel]: runId, [contentLabel]: hash };
    await (baseImage === undefined ? buildAlone(this.#docker, content, name, labels) : buildUpon(this.#docker, baseImage, { content, name, labels }));
  }
}

/** Throws FBB_ERR_DOCKER_IMAGE when the daemon does not have an image. */
export async function checkImage(docker: Docker, name: string): Promise<void> {
  let found: boolean;
  try {
    found = await imageExists(docker, name);
  } catch (thrown) {
    throw daemonError(thrown, `look for image '${name}'`);
  }
  if (!found) throw new FbbError('FBB_ERR_DOCKER_IMAGE', `This daemon has no image '${name}'.`, { fix: 'Build it, pull it, or name another one with --image.' });
}
