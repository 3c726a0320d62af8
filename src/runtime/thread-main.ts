import { parentPort, threadId, workerData } from 'node:worker_threads';
import { kernelThreadId } from '../core/kernel-thread.js';
import { loadFunction, prepareSharing } from './function-loader.js';
import { invoke, type Job } from './invoke.js';
import type { ThreadData, ThreadReady, ThreadUsage } from './thread-executor.js';
import { ResourceMultiplexer } from './resource-multiplexer.js';

/** The program of a worker thread: one invocation at a time, until it is ended. */
async function main(): Promise<void> {
  const { spec, resourceCache } = workerData as ThreadData;
  const port = parentPort;
  if (port === null) throw new Error('this file is the program of a worker thread');
  const scope = prepareSharing(spec, resourceCache);
  const module = await loadFunction(spec);
  const multiplexer = new ResourceMultiplexer(resourceCache, { seed: threadId, outside: scope?.outside, onUsage: () => port.postMessage({ usage: multiplexer.usage } satisfies ThreadUsage) });
  port.on('message', (job: Job) => {
    // The abort signal never fires here: a thread that runs over its time is terminated.
    void invoke(job, { module, multiplexer, scope, signal: new AbortController().signal, ownsThread: true }).then((run) => {
      try {
        port.postMessage(run);
      } catch {
        // A result that cannot be copied between threads stays here; what became of the invocation is told all the same.
        port.postMessage({ ...run, result: undefined });
      }
    });
  });
  port.postMessage({ threadId: kernelThreadId() } satisfies ThreadReady);
}

void main();
