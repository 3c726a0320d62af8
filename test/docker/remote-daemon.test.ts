import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectDaemon, type Daemon } from '../../src/backends/docker/index.js';
import type { ContainerReading } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { nobody } from '../support/container-observers.js';
import { beginRun, createBackend, named, noDocker, ofRun, openCell } from './daemon.js';

const socketPath = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
/** What imitates the other machine forwards to a socket here. */
const cannot = noDocker ?? (socketPath.startsWith('/') ? undefined : 'the daemon has no socket here');
const spec = fixtureSpec('cpu');

describe.skipIf(cannot !== undefined)(cannot === noDocker ? named('a daemon on another machine') : `a daemon on another machine (skipped: ${String(cannot)})`, () => {
  const connections = new Set<Socket>();
  const proxy = createServer((incoming) => {
    const outgoing = connect(socketPath);
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing]) {
      connections.add(socket);
      socket.on('error', () => incoming.destroy());
      socket.on('close', () => connections.delete(socket));
    }
  });
  const here = process.env['DOCKER_HOST'];
  let daemon: Daemon;

  beforeAll(async () => {
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    // Not stubbed: cells undo all stubs once they are open. This file has its process for itself.
    process.env['DOCKER_HOST'] = `tcp://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    daemon = await connectDaemon();
  });
  afterAll(() => {
    process.env['DOCKER_HOST'] = here;
    for (const socket of connections) socket.destroy();
    proxy.close();
  });

  it('runs a cell through published ports, by durations only, and is measured by its own statistics', async () => {
    expect(daemon.reach).toEqual({ by: 'port', host: '127.0.0.1' });
    const { run, runId } = await beginRun();
    const cell = await openCell(run, { spec, mode: 'expanded' });
    const outcomes = await cell.run([{ do: 'sleeps', ms: 50 }, { do: 'returns' }]);
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(outcomes[0]?.executionMs).toBeGreaterThanOrEqual(49);
    const [container] = await daemon.docker.listContainers({ filters: { label: [`faasbatch-bench.run=${runId}`] } });
    expect(container?.Ports).toEqual([{ IP: '127.0.0.1', PrivatePort: 5_000, PublicPort: expect.any(Number), Type: 'tcp' }]);
    await cell.close();
    expect(await ofRun(daemon, runId)).toEqual([]);
  });

  it('passes on what the daemon reads of a container', async () => {
    const { run } = await beginRun();
    const readings: ContainerReading[] = [];
    const { backend } = await createBackend(run, [spec], { ...nobody, containerRead: (_id, reading) => readings.push(reading) });
    const told = (): undefined => undefined;
    await backend.open({ listener: { containerReady: told, invocationEnded: told, containerLost: told, containerEnded: told, backendFailed: told }, functions: new Map([['f', spec]]), inputOf: told, resourceCache: { policy: 'off' } });
    backend.launch({ id: 0, functionId: 'f', state: 'starting', launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 });
    onTestFinished(() => backend.close());
    // One that has just begun has next to nothing.
    await expect.poll(() => readings.at(-1)?.memoryMb ?? 0, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(readings[0]).toEqual({ cpuMs: expect.any(Number), memoryMb: expect.any(Number) });
  });

  it('cannot run functions that need a service, and says so', async () => {
    const { run } = await beginRun();
    await expect(createBackend(run, [{ ...spec, needs: ['couchdb'] }])).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_REMOTE_SERVICE' });
  });
});
