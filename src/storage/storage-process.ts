import { randomBytes } from 'node:crypto';
import { startService } from './service-process.js';
import { storageConfigVariable, type StorageConfig } from './storage-protocol.js';

interface StorageOptions {
  /** The bundled server program. */
  readonly programPath: string;
  /** Address on which it listens; undefined: 127.0.0.1. */
  readonly host?: string | undefined;
  /** Called when the process ends without having been closed; `reason` says how, in words. */
  readonly onUnexpectedExit?: (reason: string) => void;
}

/** A running storage server. */
interface StorageProcess {
  /** `http://user:password@host:port`; it has the empty database `blobs`. */
  readonly url: string;
  /** Ends the process and everything stored, within about a second. May be called again, and after the process ended. */
  readonly close: () => Promise<void>;
}

/** The one database of the embedded server. */
export const embeddedDatabase = 'blobs';

/** Starts the storage server, with a user of its own. Rejects with FBB_ERR_STORAGE_FAILED when it does not listen within 10 s. */
export async function startStorage({ programPath, host = '127.0.0.1', onUnexpectedExit }: StorageOptions): Promise<StorageProcess> {
  const config: StorageConfig = {
    user: `fbb-${randomBytes(4).toString('hex')}`,
    password: randomBytes(18).toString('base64url'),
    databases: [embeddedDatabase],
    host,
  };
  const { port, close } = await startService({ name: 'storage', programPath, env: { [storageConfigVariable]: JSON.stringify(config) }, onUnexpectedExit });
  return { url: `http://${config.user}:${config.password}@${host}:${port}`, close };
}
