import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { FbbError, type Clock } from '../core/index.js';

const loadPatienceMs = 30_000;

export function loadError(specifier: string, why: string, cause?: unknown): FbbError {
  return new FbbError('FBB_ERR_PLUGIN_LOAD', `Plug-in '${specifier}' could not be loaded: ${why}.`, { cause });
}

/**
 * Loads a plug-in that may never finish, or end the process meanwhile: after a time it is given up, and a process that ends says why.
 * In a thread of its own it is left to whoever started the thread and sees it end.
 */
export async function guardLoading(specifier: string, clock: Clock, load: () => Promise<unknown>): Promise<unknown> {
  if (!isMainThread) return load();
  const onExit = (): void => {
    const error = loadError(specifier, 'it ended the process; a plug-in must not call process.exit');
    // Nothing that is written later than now would be seen.
    writeSync(2, `${error.code}: ${error.message}\n${error.fix}\n`);
    process.exitCode = error.exitCode;
  };
  let giveUp: (reason: unknown) => void = () => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  // The timer also keeps the process alive: it ends without a word when a module waits at its top level and nothing else is left to do.
  const timer = clock.setTimer(loadPatienceMs, () => giveUp(new Error(`it still waits at its top level after ${loadPatienceMs / 1_000} s, for something that may never come`)));
  process.on('exit', onExit);
  // What it leaves to be thrown later would end the process as well, with a stack.
  process.on('uncaughtException', giveUp);
  try {
    return await Promise.race([load(), givenUp]);
  } finally {
    timer.cancel();
    process.off('exit', onExit);
    process.off('uncaughtException', giveUp);
  }
}
