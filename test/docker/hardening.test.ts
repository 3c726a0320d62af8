import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FunctionSpec } from '../../src/core/index.js';
import { startStorage } from '../../src/storage/index.js';
import { LiveCell } from '../backends/live-cell.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { named, noDocker, ofRun, openCell, sharedRun } from './daemon.js';

const spec = fixtureSpec('io');
const withStorage: FunctionSpec = { ...spec, needs: ['couchdb'] };

interface Surroundings {
  readonly [what: string]: unknown;
}

/** What an invocation says of where it runs. */
async function surroundingsOf(cell: LiveCell, inputs: readonly object[]): Promise<Surroundings[]> {
  cell.submit(inputs.map((input) => ({ do: 'tells-surroundings', ...input })));
  expect(await cell.finished).toBeUndefined();
  const told = cell.engine.problems.map((problem) => /FUNCTION_THREW \((\{.*\})\)$/.exec(problem)?.[1] ?? problem);
  return told.map((text) => JSON.parse(text) as Surroundings);
}

describe.skipIf(noDocker !== undefined)(named('a container of Docker'), () => {
  it('has no rights, no network, and nothing to write to but a small /tmp', async () => {
    const { run, daemon, runId } = await sharedRun();
    const cell = await openCell(run, { spec });
    const [told] = await surroundingsOf(cell, [{ outside: 'http://127.0.0.1:1/' }]);
    expect(told).toEqual({
      user: 65_532,
      capabilities: '0000000000000000',
      bounding: '0000000000000000',
      noNewPrivileges: '1',
      seccomp: '2',
      writable: ['/tmp', '/dev/shm'],
      interfaces: [],
      storage: null,
      outside: false,
    });
    const [id] = (await ofRun(daemon, runId)) as [string];
    const { HostConfig, Config, State, NetworkSettings } = await daemon.docker.getContainer(id).inspect();
    expect(HostConfig).toMatchObject({
      Memory: 128 * 1_048_576,
      MemorySwap: 128 * 1_048_576,
      NanoCpus: 2e9,
      PidsLimit: 1_024,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      NetworkMode: 'none',
      PortBindings: {},
    });
    expect(Config.User).toBe('65532:65532');
    expect(NetworkSettings.Ports).toEqual({});
    expect(State.Running).toBe(true);
    // The harness may be a user without rights over files of others: who may enter the folder may connect.
    const [folder] = cell.folders() as [string];
    expect(statSync(join(cell.folder, folder)).mode & 0o777).toBe(0o700);
    expect(statSync(join(cell.folder, folder, 'c0', 'http.sock')).mode & 0o222).toBe(0o222);
    await cell.close();
  });

  it('reaches the service that its function needs, and neither the outside nor other containers', async () => {
    const { run, daemon, runId } = await sharedRun();
    const functions = new Map([[withStorage.functionId, withStorage]]);
    const env: Record<string, string> = {};
    const cell = await LiveCell.open({
      spec: withStorage,
      mode: 'expanded',
      env,
      createBackend: async (deps) => {
        const backend = await run.createBackend({ ...deps, functions, requires: [] });
        const storage = await startStorage({ programPath: join(runtimeFolder, 'storage.cjs'), host: backend.serviceHost });
        onTestFinished(() => storage.close());
        env['FBB_COUCHDB_URL'] = storage.url;
        return backend;
      },
    });
    // A neighbour in the same network that listens.
    const neighbour = cell.engine.launch('f');
    await expect.poll(() => neighbour.state, { timeout: 10_000 }).toBe('idle');
    const [id] = (await ofRun(daemon, runId)) as [string];
    const { NetworkSettings } = await daemon.docker.getContainer(id).inspect();
    const ofNeighbour = Object.values(NetworkSettings.Networks)[0]?.IPAddress as string;
    const told = await surroundingsOf(cell, [{ outside: 'http://192.0.2.1/' }, { outside: `http://${ofNeighbour}:5000/` }]);
    for (const one of told) expect(one).toMatchObject({ interfaces: [expect.stringMatching(/^eth/)], storage: true, outside: false });
    const [network] = await daemon.docker.listNetworks({ filters: { label: [`faasbatch-bench.run=${runId}`] } });
    expect(network).toMatchObject({ Internal: true, Options: { 'com.docker.network.bridge.enable_icc': 'false' } });
    await cell.close();
    expect(await ofRun(daemon, runId)).toEqual([]);
  });
});
