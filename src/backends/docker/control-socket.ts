import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describeError, FbbError } from '../../core/errors.js';
import { removeFolder } from '../launched/remove-folder.js';

export const controlName = 'control.sock';

/**
 * The launcher's end of a container's control connection, in a folder that is mounted into it. The container connects, says `ready`, and
 * ends itself when the connection does, so that no container outlives its launcher.
 */
export class ControlSocket {
  readonly folder: string;
  readonly #server: Server;
  readonly #listening: Promise<void>;
  readonly #connections: Socket[] = [];

  /** Makes the folder; the parent is closed to others, so the user of the container may write in here. */
  constructor(folder: string, onReady: () => void) {
    this.folder = folder;
    try {
      mkdirSync(folder);
      chmodSync(folder, 0o777);
    } catch (thrown) {
      throw new FbbError('FBB_ERR_BACKEND_TEMP_FOLDER', `the folder of its sockets cannot be made: ${describeError(thrown)}`);
    }
    const path = join(folder, controlName);
    this.#server = createServer((connection) => {
      let text = '';
      this.#connections.push(connection);
      connection.on('error', () => undefined);
      connection.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.startsWith('ready\n')) onReady();
      });
    });
    this.#listening = new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(new FbbError('FBB_ERR_BACKEND_TEMP_FOLDER', `its control socket cannot be made: ${error.message}`)));
      this.#server.listen(path, () => {
        chmodSync(path, 0o666);
        resolve();
      });
    });
    // Whoever asks is told; it may be late.
    this.#listening.catch(() => undefined);
  }

  /** Resolves when a container can connect. */
  listening(): Promise<void> {
    return this.#listening;
  }

  /** The folder goes with it, and a container that its daemon could not end. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    removeFolder(this.folder);
  }
}
