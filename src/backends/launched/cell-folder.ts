import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeError, FbbError, isGone, parseOwner, thisProcess, type Owner } from '../../core/index.js';
import { removeFolder } from './remove-folder.js';

const prefix = 'fbb-';
const ownerFile = 'owner.json';

/** Longest path of a Unix socket: 108 bytes on Linux, 104 on macOS, with the closing zero. */
const maxSocketPath = 103;
/** More containers than any cell has. */
const highId = 1_000_000;

/** Makes the temporary folder of a cell; `socketPath`: of a container in a folder. */
export function makeCellFolder(socketPath: (folder: string, containerId: number) => string): string {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), prefix));
    writeFileSync(join(folder, ownerFile), JSON.stringify(thisProcess()));
  } catch (thrown) {
    throw new FbbError('FBB_ERR_BACKEND_TEMP_FOLDER', `No temporary folder can be made in ${tmpdir()}: ${describeError(thrown)}.`);
  }
  if (Buffer.byteLength(socketPath(folder, highId)) > maxSocketPath) {
    removeFolder(folder);
    throw new FbbError('FBB_ERR_BACKEND_SOCKET_PATH', `The temporary folder ${tmpdir()} makes socket paths of more than ${maxSocketPath} bytes.`);
  }
  return folder;
}

/** Undefined when it is no folder of a cell, or of another user's. */
function ownerOf(folder: string): Owner | undefined {
  try {
    if (statSync(folder).uid !== process.getuid?.()) return undefined;
    return parseOwner(readFileSync(join(folder, ownerFile), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Folders of cells in the temporary folder whose owner is as wanted. */
export function findCellFolders(isWanted: (owner: Owner) => boolean = isGone): string[] {
  let names: string[];
  try {
    names = readdirSync(tmpdir());
  } catch {
    return [];
  }
  const folders = names.filter((name) => name.startsWith(prefix)).map((name) => join(tmpdir(), name));
  return folders.filter((folder) => {
    const owner = ownerOf(folder);
    return owner !== undefined && isWanted(owner);
  });
}

/** Removes the folders that dead runs left in the temporary folder; returns their paths. */
export function removeAbandonedFolders(): string[] {
  const abandoned = findCellFolders();
  for (const folder of abandoned) removeFolder(folder);
  return abandoned;
}
