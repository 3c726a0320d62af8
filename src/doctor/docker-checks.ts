import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { connectDaemon, countAbandoned, dockerClient, type Daemon } from '../backends/docker/index.js';
import { findCellFolders } from '../backends/launched/index.js';
import { FbbError } from '../core/index.js';
import { availableMemoryMb } from '../metrics/index.js';
import { checked, ok, warning, within, type Check } from './check.js';

const answerLimitMs = 5_000;
const diskLimitMs = 3_000;
const countLimitMs = 10_000;
const bytesPerGb = 1_073_741_824;
const mbPerGb = 1_024;
/** An image takes 0.15 GB, and what containers write comes on top. */
const enoughDiskGb = 5;
/** Four containers of a default run. */
const enoughMemoryGb = 1;

/** How a daemon that does not answer is brought to do so. */
function mendOf({ code, fix }: FbbError): string {
  if (code === 'FBB_ERR_DOCKER_PERMISSION') return 'sudo usermod -aG docker $USER && newgrp docker';
  if (code !== 'FBB_ERR_DOCKER_UNREACHABLE') return fix;
  if (process.env['DOCKER_HOST'] !== undefined) return '(re)start the daemon that DOCKER_HOST names, or unset DOCKER_HOST';
  if (process.platform === 'darwin') return 'open -a Docker';
  const hasProgram = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/snap/bin/dockerd'].some((path) => existsSync(path));
  if (!hasProgram) return 'sudo apt-get install docker.io';
  return existsSync('/run/systemd/system') ? 'sudo systemctl restart docker' : 'sudo dockerd &';
}

function isSilent({ cause }: FbbError): boolean {
  return (cause as { readonly code?: string } | undefined)?.code === 'ETIMEDOUT';
}

/** Whoever wants Docker's other checks gets the daemon; or why there is none. */
export async function findDaemon(): Promise<Daemon | Check> {
  try {
    return await connectDaemon(dockerClient(), answerLimitMs);
  } catch (thrown) {
    const error = thrown instanceof FbbError ? thrown : new FbbError('FBB_ERR_DOCKER_REFUSED', String(thrown));
    const isThere = error.code !== 'FBB_ERR_DOCKER_UNREACHABLE' || isSilent(error);
    return { name: 'Docker', state: isThere ? 'failed' : 'missing', found: `${error.message} Only --backend docker needs it; doctor --backend process leaves it out.`, mend: mendOf(error) };
  }
}

export function describeDaemon({ version, address, cgroupVersion, cgroupDriver, storageDriver, warnings }: Daemon): Check {
  const found = `${version} at ${address}, control groups of version ${cgroupVersion} (${cgroupDriver}), storage driver ${storageDriver}`;
  if (warnings.length === 0) return ok('Docker', found);
  return warning('Docker', `${found}; it says: ${warnings.join('; ')}`, 'boot the kernel with cgroup_enable=memory swapaccount=1');
}

/** Memory that its containers can have. */
export function checkDockerMemory({ reach, memoryMb }: Daemon): Check {
  const gb = (reach.by === 'socket' ? availableMemoryMb() : memoryMb) / mbPerGb;
  const found = `${gb.toFixed(1)} GB for containers`;
  return gb < enoughMemoryGb ? warning('Docker memory', found, 'lower --container-memory (by default 256 MB for each)') : ok('Docker memory', found);
}

/** Free space where it keeps images and containers. */
export function checkDockerDisk({ reach, rootFolder }: Daemon): Promise<Check> {
  const name = 'Docker disk';
  return checked(
    name,
    async () => {
      if (reach.by === 'port') return ok(name, `${rootFolder} is on another machine, where it was not looked at`);
      let free: Awaited<ReturnType<typeof statfs>>;
      try {
        free = await statfs(rootFolder);
      } catch {
        return ok(name, `${rootFolder} cannot be seen from here`);
      }
      const gb = (free.bavail * free.bsize) / bytesPerGb;
      const found = `${gb.toFixed(1)} GB free in ${rootFolder}`;
      return gb < enoughDiskGb ? warning(name, `${found}, less than ${enoughDiskGb}`, 'docker system prune') : ok(name, found);
    },
    { limitMs: diskLimitMs },
  );
}

/** What dead runs have left, in the daemon (if there is one) and in the temporary folder. */
export function checkLeftBehind(daemon: Daemon | undefined): Promise<Check> {
  const name = 'left by dead runs';
  return checked(
    name,
    async () => {
      const folders = findCellFolders().length;
      const inDocker = daemon === undefined ? undefined : await within(countAbandoned(daemon.docker), { limitMs: countLimitMs });
      const { containers = 0, networks = 0 } = inDocker ?? {};
      const found = `${inDocker === undefined ? '' : `containers ${containers}, networks ${networks}, `}temporary folders ${folders}`;
      if (containers + networks + folders === 0) return ok(name, inDocker === undefined ? 'no temporary folders; Docker was not asked' : 'nothing');
      return warning(name, found, 'faasbatch-bench clean');
    },
    { limitMs: countLimitMs },
  );
}
