import type { ContainerCreateOptions } from 'dockerode';
import { containerConfigVariable } from '../../core/wire.js';
import type { LauncherRequest } from '../launched/launcher-protocol.js';
import type { DockerLauncherConfig, FunctionContainer } from './docker-launcher-protocol.js';
import { socketsInContainer } from './image-layout.js';
import { cellLabel, runLabels } from './labels.js';

/** Where a container listens that is not reached by a socket: the port of the paper's artifact. */
export const containerPort = 5_000;

/** Who runs in containers whose image is ours: nobody that the host knows. */
const user = '65532:65532';
const pidsLimit = 1_024;
/** For every container, whoever made its image. */
export const harmless = { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] };
const nanoCpusPerCore = 1e9;
const mb = 1_048_576;

type Launch = Extract<LauncherRequest, { type: 'launch' }>;

/**
 * A container with as little as it needs: no capabilities, no way to get more, limits of memory (without swap), CPU and processes, and
 * no network unless its function needs one. With our image also an unprivileged user and nothing to write to but a small /tmp; an image
 * of somebody else is used as it is in these two.
 */
export function containerOptions({ id, config, env }: Launch, container: FunctionContainer, cell: DockerLauncherConfig & { readonly socketsOnHost: string | undefined }): ContainerCreateOptions {
  const { runId, mark, memoryLimitMb, containerCores, network, publishOn, socketsOnHost } = cell;
  const { image, command, speaks, networked } = container;
  const ours = speaks === 'ours';
  const port = `${containerPort}/tcp`;
  const [entry, ...rest] = command ?? [];
  return {
    name: `${runId}-${mark.slice(0, 8)}-c${id}`,
    Image: image,
    ...(entry === undefined ? {} : { Entrypoint: [entry], Cmd: rest }),
    Env: [...Object.entries({ HOME: '/tmp', ...env }).map(([name, value]) => `${name}=${value}`), ...(ours ? [`${containerConfigVariable}=${JSON.stringify(config)}`] : [])],
    Labels: { ...runLabels(runId), [cellLabel]: mark },
    ...(ours ? { User: user } : {}),
    ...(publishOn === undefined ? {} : { ExposedPorts: { [port]: {} } }),
    HostConfig: {
      NetworkMode: networked && network !== undefined ? network : 'none',
      ...(publishOn === undefined ? {} : { PortBindings: { [port]: [{ HostIp: publishOn, HostPort: '' }] } }),
      // Not `Binds`, which makes a folder that is not there: the daemon may not see the folders of this machine.
      ...(socketsOnHost === undefined || !ours ? {} : { Mounts: [{ Type: 'bind', Source: socketsOnHost, Target: socketsInContainer }] }),
      ...harmless,
      ...(ours ? { ReadonlyRootfs: true, Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=16m,mode=1777' } } : {}),
      Memory: memoryLimitMb * mb,
      MemorySwap: memoryLimitMb * mb,
      NanoCpus: containerCores * nanoCpusPerCore,
      PidsLimit: pidsLimit,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  };
}
