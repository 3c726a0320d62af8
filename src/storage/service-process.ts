import { fork, type ChildProcess } from 'node:child_process';
import { describeError, FbbError } from '../core/index.js';
import type { ServiceEvent, ServiceRequest } from './storage-protocol.js';

interface ServiceOptions {
  /** What it is called in messages. */
  readonly name: 'storage' | 'relay';
  /** Its bundled program. */
  readonly programPath: string;
  /** What it is told at its start. */
  readonly env: Readonly<Record<string, string>>;
  /** Called when the process ends without having been closed; `reason` says how, in words. */
  readonly onUnexpectedExit?: ((reason: string) => void) | undefined;
}

/** A process beside the harness that listens on a port, and ends with the harness. */
interface ServiceProcess {
  readonly port: number;
  /** Ends the process within about a second. May be called again, and after the process ended. */
  readonly close: () => Promise<void>;
}

const startTimeoutMs = 10_000;
const closeGraceMs = 1_000;

/** Rejects with FBB_ERR_STORAGE_FAILED when it does not listen within 10 s. */
export async function startService({ name, programPath, env, onUnexpectedExit }: ServiceOptions): Promise<ServiceProcess> {
  const child = fork(programPath, {
    // Out of the terminal's foreground group: Ctrl-C is the harness's to handle.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...env },
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exited with code ${code ?? '?'}` : `ended by ${signal}`));
  });
  const port = await listening(name, child, exited);

  let closing: Promise<void> | undefined;
  void exited.then((reason) => {
    if (closing === undefined) onUnexpectedExit?.(reason);
  });
  return { port, close: () => (closing ??= end(child, exited)) };
}

/** The port it listens on; a process that does not listen in time is ended. */
function listening(name: string, child: ChildProcess, exited: Promise<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new FbbError('FBB_ERR_STORAGE_FAILED', `The ${name} process ${what}.`, { cause }));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`did not listen within ${startTimeoutMs / 1_000} s`);
    }, startTimeoutMs);
    child.once('message', ({ port }: ServiceEvent) => {
      clearTimeout(timer);
      resolve(port);
    });
    // Stays for the life of the process: a failure to signal it would otherwise end the harness.
    child.on('error', (error) => fail(`could not be started: ${describeError(error)}`, error));
    void exited.then((reason) => fail(`${reason} before it listened`));
  });
}

async function end(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.connected) child.send({ type: 'close' } satisfies ServiceRequest, () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), closeGraceMs);
  await exited;
  clearTimeout(timer);
}
