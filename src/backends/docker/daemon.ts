import { lookup } from 'node:dns/promises';
import Docker from 'dockerode';
import { describeError, FbbError } from '../../core/index.js';
import { codeOf, daemonSaid } from './daemon-errors.js';
import { inTime } from './in-time.js';

/** What a run needs to know of a daemon. */
export interface Daemon {
  readonly docker: Docker;
  /** As users name it: path of its socket, or address. */
  readonly address: string;
  /**
   * How its containers are reached: by sockets in folders of this machine that are mounted into them, or by ports that it publishes on
   * this address, because it runs on another machine (or, as on macOS, in a virtual one).
   */
  readonly reach: { readonly by: 'socket' } | { readonly by: 'port'; readonly host: string };
  readonly version: string;
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
  readonly storageDriver: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** Where it keeps images and containers, on its own machine. */
  readonly rootFolder: string;
  /** Limits that its kernel does not let it set, as it says so itself. */
  readonly warnings: readonly string[];
}

const answerTimeoutMs = 10_000;
const mb = 1_048_576;

interface ModemPlace {
  readonly socketPath?: string | (() => Promise<string>);
  readonly host?: string;
  readonly port?: string | number;
  readonly protocol?: string;
}

/** A client of the daemon that DOCKER_HOST names, or of the local one. */
export function dockerClient(): Docker {
  try {
    return new Docker();
  } catch (thrown) {
    throw new FbbError('FBB_ERR_DOCKER_UNREACHABLE', `Docker cannot be asked: ${describeError(thrown)}.`, { fix: 'Mend DOCKER_HOST (and DOCKER_CERT_PATH, if it is set), or unset it.', cause: thrown });
  }
}

async function placeOf(docker: Docker): Promise<{ address: string; host: string | undefined }> {
  const { socketPath, host, port, protocol } = docker.modem as ModemPlace;
  if (host !== undefined) return { address: `${protocol ?? 'http'}://${host}${port === undefined ? '' : `:${port}`}`, host };
  return { address: typeof socketPath === 'function' ? await socketPath() : (socketPath ?? ''), host: undefined };
}

/** `host` as an address: a name would make Docker publish ports on every interface. */
async function addressOf(host: string): Promise<string> {
  return (await lookup(host)).address;
}

function fixFor(code: string, address: string): string | undefined {
  if (code === 'FBB_ERR_DOCKER_PERMISSION') return `Run as a user who may open ${address} (a member of the group docker, or root), or set DOCKER_HOST.`;
  if (code === 'FBB_ERR_DOCKER_UNREACHABLE') return 'Start the daemon (systemctl start docker, or dockerd as root), or set DOCKER_HOST to where it listens; "faasbatch-bench doctor" says more.';
  return undefined;
}

/** What its types do not tell. */
interface Asked {
  info(options: { readonly abortSignal: AbortSignal }): Promise<DaemonInfo>;
  version(options: { readonly abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

/** Throws FBB_ERR_DOCKER_UNREACHABLE or FBB_ERR_DOCKER_PERMISSION when the daemon does not answer. */
export async function connectDaemon(docker: Docker = dockerClient(), timeoutMs = answerTimeoutMs): Promise<Daemon> {
  const { address, host } = await placeOf(docker);
  const givingUp = new AbortController();
  const { signal: abortSignal } = givingUp;
  const asked = docker as unknown as Asked;
  try {
    const [info, version] = await inTime(Promise.all([asked.info({ abortSignal }), asked.version({ abortSignal })]), timeoutMs, 'its answer');
    const isHere = host === undefined && process.platform === 'linux';
    return {
      docker,
      address,
      reach: isHere ? { by: 'socket' } : { by: 'port', host: await addressOf(host ?? '127.0.0.1') },
      version: version.Version,
      cgroupVersion: info.CgroupVersion ?? '1',
      cgroupDriver: info.CgroupDriver,
      storageDriver: info.Driver,
      cores: info.NCPU,
      memoryMb: info.MemTotal / mb,
      rootFolder: info.DockerRootDir,
      warnings: (info.Warnings ?? []).filter((warning) => limits.test(warning)).map((warning) => warning.replace(/^WARNING: /, '')),
    };
  } catch (thrown) {
    // A question that nobody waits for any more would keep this process alive.
    givingUp.abort();
    const code = codeOf(thrown, 'FBB_ERR_DOCKER_REFUSED');
    const fix = fixFor(code, address);
    throw new FbbError(code, `Docker at ${address} does not answer: ${daemonSaid(thrown)}.`, { cause: thrown, ...(fix === undefined ? {} : { fix }) });
  }
}

interface DaemonInfo {
  readonly CgroupVersion?: string;
  readonly CgroupDriver: string;
  readonly Driver: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly Warnings?: readonly string[] | null;
}

/** Those that containers of a run are given. */
const limits = /no (memory limit|swap limit|cpu cfs|cpu quota|pids limit)/i;
