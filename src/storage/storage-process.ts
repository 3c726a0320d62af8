import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describeError, FbbError } from '../core/index.js';
import { storageConfigVariable, type StorageConfig, type StorageEvent, type StorageRequest } from './storage-protocol.js';

interface StorageOptions {
  /** The bundled server program. */
  readonly programPath: string;
  /** Address on which it listens; undefined: 127.0.0.1. */
  readonly host?: string | undefined;
  /** Called when the process ends without having been closed; `reason` says how, in words. */
  readonly onUnexpectedExit?: (reason: string) => void;
}

/** A running storage server. */
export interface StorageProcess {
  /** `http://user:password@host:port`; it has the empty database `blobs`. */
  readonly url: string;
  /** Ends the process and everything stored, within about a second. May be called again, and after the process ended. */
  close(): Promise<void>;
}

const startTimeoutMs = 10_000;
const closeGraceMs = 1_000;

/** Starts the storage server, with a user of its own. Rejects with FBB_ERR_STORAGE_FAILED when it does not listen within 10 s. */
export async function startStorage({ programPath, host = '127.0.0.1', onUnexpectedExit }: StorageOptions): Promise<StorageProcess> {
  const config: StorageConfig = {
    user: `fbb-${randomBytes(4).toString('hex')}`,
    password: randomBytes(18).toString('base64url'),
    databases: ['blobs'],
    host,
  };
  const child = fork(programPath, {
    // Out of the terminal's foreground group: Ctrl-C is the harness's to handle.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, [storageConfigVariable]: JSON.stringify(config) },
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exited with code ${code ?? '?'}` : `ended by ${signal}`));
  });
  const port = await listening(child, exited);

  let closing: Promise<void> | undefined;
  void exited.then((reason) => {
    if (closing === undefined) onUnexpectedExit?.(reason);
  });
  return {
    url: `http://${config.user}:${config.password}@${host}:${port}`,
    close: () => (closing ??= end(child, exited)),
  };
}

/** The port it listens on; a process that does not listen in time is ended. */
function listening(child: ChildProcess, exited: Promise<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new FbbError('FBB_ERR_STORAGE_FAILED', `The storage process ${what}.`, { cause }));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`did not listen within ${startTimeoutMs / 1_000} s`);
    }, startTimeoutMs);
    child.once('message', ({ port }: StorageEvent) => {
      clearTimeout(timer);
      resolve(port);
    });
    // Stays for the life of the process: a failure to signal it would otherwise end the harness.
    child.on('error', (error) => fail(`could not be started: ${describeError(error)}`, error));
    void exited.then((reason) => fail(`${reason} before it listened`));
  });
}

async function end(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.connected) child.send({ type: 'close' } satisfies StorageRequest, () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), closeGraceMs);
  await exited;
  clearTimeout(timer);
}
