import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { FunctionSpec } from '../../core/index.js';
import { nodeInImage, runtimeInImage, socketsInContainer } from './image-layout.js';

/** Raised when the layout of the image changes and its files do not. */
const layoutVersion = 1;

/** A file of the image: where it is there, and here; or its text. */
interface ImageFile {
  readonly path: string;
  readonly from: string | { readonly text: string };
  readonly mode: number;
}

/** Everything that goes into the function image. */
export interface ImageContent {
  readonly files: readonly ImageFile[];
  /** Sets where the dynamic linker looks, so that it does not matter where this machine keeps its libraries. */
  readonly libraryFolders: readonly string[];
  /** Path of each handler in the image, by its path here. */
  readonly handlerPaths: ReadonlyMap<string, string>;
}

interface ContentOptions {
  readonly runtimeFolder: string;
  /** All of it goes in, so that every cell has the same image; functions from elsewhere bring the folder that they are in. */
  readonly functionsFolder: string;
  readonly functions: Iterable<FunctionSpec>;
  /** Whether Node and its libraries go in; a base image has its own. */
  readonly withNode: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The shared libraries that this Node has loaded, the dynamic linker among them, as it names them. */
function loadedLibraries(): string[] {
  const { sharedObjects } = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  return sharedObjects.filter((path) => path.startsWith('/') && !path.endsWith('.node'));
}

/** Lists what goes into the image. */
export function imageContent({ runtimeFolder, functionsFolder, functions, withNode }: ContentOptions): ImageContent {
  const libraries = withNode ? loadedLibraries() : [];
  const handlers = [...new Set([...functions].map(({ handlerPath }) => handlerPath))];
  const folders = [...new Set([functionsFolder, ...handlers.filter((path) => !isBelow(path, functionsFolder)).map((path) => dirname(path))])];
  const inImage = (path: string): string => {
    const place = folders.findIndex((folder) => isBelow(path, folder));
    return posix.join('/fbb/functions', String(place), relative(folders[place] as string, path).split(sep).join('/'));
  };
  return {
    files: [
      ...(withNode ? [{ path: nodeInImage, from: process.execPath, mode: 0o755 }, { path: '/etc/passwd', from: { text: 'fbb:x:65532:65532::/tmp:/sbin/nologin\n' }, mode: 0o644 }] : []),
      ...libraries.map((path) => ({ path, from: path, mode: 0o755 })),
      ...['main.cjs', 'thread-main.cjs', 'client-sharing.cjs'].map((name) => ({ path: posix.join(dirname(runtimeInImage), name), from: join(runtimeFolder, name), mode: 0o644 })),
      ...folders.flatMap((folder) => filesBelow(folder).map((path) => ({ path: inImage(path), from: path, mode: 0o644 }))),
    ],
    libraryFolders: [...new Set(libraries.map((path) => dirname(path)))],
    handlerPaths: new Map(handlers.map((path) => [path, inImage(path)])),
  };
}

/** A name for everything that is in the image; `base`: what it is built upon. */
export async function contentHash({ files }: ImageContent, base: string): Promise<string> {
  const hash = createHash('sha256').update(`${layoutVersion} ${process.arch} ${base}\n`);
  for (const { path, from, mode } of files) {
    hash.update(`${path} ${mode} `);
    if (typeof from === 'string') await pipeline(createReadStream(from), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk as Buffer);
    });
    else hash.update(from.text);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The image as one layer: a tar stream of its files and the folders they are in. `extra`: further files, with their text. */
export function imageTar({ files }: ImageContent, extra: readonly ImageFile[] = []): NodeJS.ReadableStream {
  const tar = pack();
  const all = [...extra, ...files];
  const folders = new Set(['tmp', ...[socketsInContainer, ...all.map(({ path }) => dirname(path))].flatMap(ancestors)]);
  for (const folder of [...folders].sort()) tar.entry({ name: `${folder}/`, type: 'directory', mode: folder === 'tmp' ? 0o1777 : 0o755 });
  void writeFiles(tar, all);
  // Its own kind of stream, which pipes as those of Node do.
  return tar as unknown as NodeJS.ReadableStream;
}

function ancestors(folder: string): string[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return parts.map((_part, i) => parts.slice(0, i + 1).join('/'));
}

async function writeFiles(tar: Pack, files: readonly ImageFile[]): Promise<void> {
  try {
    for (const { path, from, mode } of files) {
      const name = path.replace(/^\//, '');
      if (typeof from !== 'string') {
        tar.entry({ name, mode }, from.text);
        continue;
      }
      const source = realpathSync(from);
      const { size } = statSync(source);
      if (size === 0) tar.entry({ name, mode }, readFileSync(source));
      else await pipeline(createReadStream(source), tar.entry({ name, mode, size }));
    }
    tar.finalize();
  } catch (thrown) {
    tar.destroy(thrown as Error);
  }
}
