import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { connectDaemon, dockerClient } from '../../src/backends/docker/daemon.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { startBin } from '../cli/run-bin.js';
import { writeTinySuite } from '../cli/tiny-suite.js';

it('a run without a daemon ends with 6 and says what to do', async () => {
  const folder = temporaryFolder();
  const bin = startBin(['suite', writeTinySuite(folder), '--backend', 'docker', '--out', join(folder, 'out')], { cwd: folder, env: { DOCKER_HOST: 'unix:///nowhere' } });
  const { code, stdout, stderr } = await bin.ended;
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  expect(stderr).toContain('FBB_ERR_DOCKER_UNREACHABLE: Docker at /nowhere does not answer');
  expect(stderr).toContain('Start the daemon');
  expect(stderr).not.toContain('    at ');
});

it('a daemon that accepts connections and never answers is given up after ten seconds', async () => {
  const path = join(temporaryFolder(), 'docker.sock');
  const connections: Socket[] = [];
  const server = createServer((connection) => connections.push(connection)).listen(path);
  await once(server, 'listening');
  vi.stubEnv('DOCKER_HOST', `unix://${path}`);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    for (const connection of connections) connection.destroy();
    server.close();
  });
  const connecting = expect(connectDaemon(dockerClient())).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_UNREACHABLE', message: `Docker at ${path} does not answer: its answer timed out after 10 s.` });
  await vi.advanceTimersByTimeAsync(10_000);
  await connecting;
});
