import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { LaunchedBackend, StreamClient, type ContainerSource, type LaunchedBackendOptions } from '../launched/index.js';
import { killMarked } from './descendants.js';

interface ProcessBackendOptions extends LaunchedBackendOptions {
  /** Folder of the bundled runtime and launcher. */
  readonly runtimeFolder: string;
}

/** Containers that are child processes: they run the runtime and speak HTTP on a Unix socket. */
export function createProcessBackend({ runtimeFolder, ...options }: ProcessBackendOptions): LaunchedBackend {
  const mark = randomUUID();
  const source: ContainerSource = {
    name: 'process',
    mark,
    launcherProgram: join(runtimeFolder, 'launcher.cjs'),
    launcherConfig: { runtimePath: join(runtimeFolder, 'main.cjs') },
    socketPath: (folder, containerId) => join(folder, `c${containerId}.sock`),
    containerConfig: (init, socketPath) => ({ socketPath, controlFd: 3, init, memoryLimitMb: options.memoryLimitMb }),
    client: ({ socketPath }) => new StreamClient({ socketPath }),
    cleanUp: async () => void killMarked(mark),
    closeGraceMs: 10_000,
  };
  return new LaunchedBackend(source, options);
}
