import { fork, type ChildProcess } from 'node:child_process';
import { describeError, FbbError } from '../core/index.js';
import { isLoopback, urlOf, type LiveAddress } from './live-address.js';
import { liveConfigVariable, type LiveConfig, type LiveMessage, type LiveReply } from './live-protocol.js';

interface LiveOptions {
  /** The bundled server program. */
  readonly programPath: string;
  /** Where the files of the page lie. */
  readonly pageFolder: string;
  readonly address: LiveAddress;
  /** Called once, when the process ends without having been closed; `reason` says how, in words. */
  readonly onLost: (reason: string) => void;
  readonly heartbeatMs?: number;
}

/** Where a feed sends what happens. */
export interface LivePort {
  /** Never waits, never throws: what does not arrive is lost. */
  post(message: LiveMessage): void;
  /** Whether something that was posted has not left yet. */
  readonly isBehind: boolean;
}

/** A running server. */
interface LiveProcess extends LivePort {
  readonly url: string;
  readonly pid: number | undefined;
  /** Whether only this machine reaches it. */
  readonly isLocal: boolean;
  /** Ends the process within about two seconds. May be called again, and after the process ended. */
  close(): Promise<void>;
}

const usualHeartbeatMs = 15_000;
const startTimeoutMs = 10_000;
const closeGraceMs = 2_000;

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EACCES: 'that takes a permission',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of this name',
};

/** Starts the server of the page; rejects with FBB_ERR_LIVE_LISTEN when it cannot listen there. */
export async function startLive({ programPath, pageFolder, address, onLost, heartbeatMs = usualHeartbeatMs }: LiveOptions): Promise<LiveProcess> {
  const config: LiveConfig = { ...address, pageFolder, heartbeatMs };
  const child = fork(programPath, {
    // Out of the terminal's foreground group: Ctrl-C is the harness's to handle.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, [liveConfigVariable]: JSON.stringify(config) },
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exited with code ${code ?? '?'}` : `was ended by ${signal}`));
  });
  let listening: { readonly address: string; readonly port: number };
  try {
    listening = await firstWord(child, exited);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw new FbbError('FBB_ERR_LIVE_LISTEN', `The page cannot be served at ${address.host}, ${address.port === 0 ? 'any port' : `port ${address.port}`}: ${describeError(thrown)}.`, { cause: thrown });
  }
  let closing: Promise<void> | undefined;
  let waiting = 0;
  void exited.then((reason) => {
    if (closing === undefined) onLost(reason);
  });
  const post = (message: LiveMessage): void => {
    if (!child.connected) return;
    waiting += 1;
    child.send(message, () => {
      waiting -= 1;
    });
  };
  const end = async (): Promise<void> => {
    post({ type: 'close' });
    const timer = setTimeout(() => child.kill('SIGKILL'), closeGraceMs);
    await exited;
    clearTimeout(timer);
  };
  return {
    url: urlOf({ host: address.host, port: listening.port }),
    pid: child.pid,
    isLocal: isLoopback(listening.address),
    post,
    get isBehind() {
      return waiting > 0;
    },
    close: () => (closing ??= end()),
  };
}

function firstWord(child: ChildProcess, exited: Promise<string>): Promise<{ readonly address: string; readonly port: number }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not listen within ${startTimeoutMs / 1_000} s`)), startTimeoutMs);
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    child.once('message', (reply: LiveReply) => settle(() => (reply.type === 'listening' ? resolve(reply) : reject(new Error(reasons[reply.code] ?? reply.message)))));
    // Stays for the life of the process: a failure to signal it would otherwise end the harness.
    child.on('error', (error) => settle(() => reject(error)));
    void exited.then((reason) => settle(() => reject(new Error(`the server process ${reason}`))));
  });
}
