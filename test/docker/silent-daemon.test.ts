import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DockerLauncherConfig } from '../../src/backends/docker/docker-launcher-protocol.js';
import type { LauncherEvent, LauncherRequest } from '../../src/backends/launched/launcher-protocol.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { runtimeFolder } from '../runtime/built-programs.js';

it('a daemon that falls silent in mid-cell is given up when a container is not ready in time', async () => {
  const place = temporaryFolder();
  const folder = join(place, 'cell');
  mkdirSync(folder);
  const silent = createServer().listen(join(place, 'docker.sock'));
  await once(silent, 'listening');
  const config: DockerLauncherConfig = {
    mark: 'of-the-test',
    folder,
    launchLimit: 1,
    memoryLimitMb: 128,
    cores: 2,
    containerCores: 2,
    runId: 'of-the-test',
    functions: { f: { image: 'any', speaks: 'ours', networked: false } },
    network: undefined,
    publishOn: undefined,
    startTimeoutMs: 50,
    answerTimeoutMs: 50,
  };
  const launcher = fork(join(runtimeFolder, 'docker-launcher.cjs'), {
    execArgv: [],
    env: { ...process.env, DOCKER_HOST: `unix://${join(place, 'docker.sock')}`, FBB_LAUNCHER: JSON.stringify(config) },
  });
  onTestFinished(() => {
    launcher.kill('SIGKILL');
    silent.close();
  });
  const told: LauncherEvent[] = [];
  launcher.on('message', (event: LauncherEvent) => told.push(event));
  launcher.send({ type: 'launch', id: 0, functionId: 'f', config: { memoryLimitMb: 128 }, env: {} } satisfies LauncherRequest);
  await expect.poll(() => told, { timeout: 10_000 }).toEqual([{ type: 'failed', code: 'FBB_ERR_DOCKER_UNREACHABLE', reason: 'The Docker daemon was lost in mid-cell: its answer timed out after 0.05 s.' }]);
});
