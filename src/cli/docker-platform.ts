import { availableParallelism } from 'node:os';
import { connectDaemon, DockerRun, type Daemon } from '../backends/docker/index.js';
import { FbbError } from '../core/index.js';
import { availableMemoryMb, hostFingerprint } from '../metrics/index.js';
import { LiveCellRun } from '../suites/index.js';
import { programs, type Platform } from './composition.js';
import { tell } from './output.js';
import { functionsFolder, runtimeFolder } from './package-root.js';

/** Ten times a second: reading control groups is cheap. A daemon on another machine tells about once a second. */
const sampleIntervalMs = { socket: 100, port: 1_000 };

/** Ours use 40 to 170 MB; with less for each, more of them fit into the memory of the host. */
const containerMemoryMb = 256;

/** Share of the memory that is free at the start of a run which containers may take by default. */
const shareForContainers = 0.9;

function memoryForContainersMb({ reach, memoryMb }: Daemon): number {
  return reach.by === 'socket' ? availableMemoryMb() : memoryMb;
}

/** Throws FBB_ERR_HOST_MEMORY when this many containers could use more memory than there is. */
function checkMemory(containers: number, limitMb: number, availableMb: number): void {
  const worstMb = containers * limitMb;
  if (worstMb <= availableMb) return;
  const fit = Math.floor(availableMb / limitMb);
  throw new FbbError('FBB_ERR_HOST_MEMORY', `${containers} containers of up to ${limitMb} MB could use ${Math.ceil(worstMb)} MB, and the host has ${Math.floor(availableMb)} MB to give.`, {
    fix: fit > 0 ? `Start a run with --max-containers ${fit} or fewer, or a lower --container-memory; or free memory on the host.` : 'Start a run with a lower --container-memory, or free memory on the host.',
  });
}

/** Real containers of Docker. A file of its own, loaded when it is needed. */
export async function dockerPlatform(): Promise<Platform> {
  const daemon = await connectDaemon();
  // Once: what the run itself takes meanwhile is not missing to it.
  const availableMb = memoryForContainersMb(daemon);
  const isHere = daemon.reach.by === 'socket';
  const cores = isHere ? availableParallelism() : daemon.cores;
  return {
    backend: 'docker',
    cores,
    fib30Ms: undefined,
    host: { ...hostFingerprint(), docker: daemon.version, dockerAddress: daemon.address, cgroupVersion: daemon.cgroupVersion, storageDriver: daemon.storageDriver },
    isLive: true,
    defaults: { containerMemoryMb, maxContainers: (limitMb) => Math.max(1, Math.floor((shareForContainers * availableMb) / limitMb)) },
    checkFunctions: () => undefined,
    async begin({ runId, cell: settings, plugins, images, containerCores = cores, launchLimit, memoryLimitMb, storage }) {
      const run = await DockerRun.begin(daemon, {
        runId,
        runtimeFolder,
        functionsFolder,
        baseImage: images.baseImage ?? undefined,
        images: new Map(Object.entries(images.images)),
        launchLimit,
        memoryLimitMb,
        containerCores,
        cores,
        tell,
      });
      return {
        createRun: (cell, sink, profile) =>
          new LiveCellRun(
            cell,
            sink,
            {
              settings,
              programs,
              plugins,
              storage,
              sampleIntervalMs: sampleIntervalMs[daemon.reach.by],
              createBackend: ({ invocations, ...deps }) => {
                checkMemory(Math.min(invocations, settings.maxContainers ?? invocations), memoryLimitMb, availableMb);
                return run.createBackend(deps);
              },
            },
            profile,
          ),
        end: () => run.close(),
      };
    },
  };
}
