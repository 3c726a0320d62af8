import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectDaemon } from '../../src/backends/docker/index.js';
import { leftOver, processesOf } from '../cli/left-over.js';
import { Workplace } from '../cli/run-bin.js';
import { stored, writeTinySuite } from '../cli/tiny-suite.js';
import { namedRedis, noRedis, startRedis } from '../support/redis-server.js';
import { named, noDocker, ofRun } from './daemon.js';

const cellTimeoutMs = 60_000;

let place: Workplace;
afterEach(() => place.remove());

describe.skipIf(noDocker !== undefined || noRedis !== undefined)(named(namedRedis('suite --backend docker --storage')), () => {
  it('leads containers without a network of their own to a Redis on the loopback address of this host', async () => {
    place = new Workplace();
    const redis = await startRedis({ password: 's3/cret+docker' });
    const before = await redis.connections();
    const suite = writeTinySuite(place.folder, { schedulers: '[batching-expanding]', base: 'batching-expanding' });
    const bin = place.start(['suite', suite, '--limit', '20', '--backend', 'docker', '--out', place.out, '--storage', redis.url]);
    await vi.waitUntil(async () => (await redis.sets()) > 0, { timeout: 30_000, interval: 20 });
    expect(processesOf(place.temporary).filter(({ command }) => /(relay|storage)\.cjs/.test(command))).toMatchObject([{ command: expect.stringContaining('relay.cjs') }]);
    const { code, stderr } = await bin.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });

    const { manifest, summaries } = stored(place.out);
    expect(summaries).toMatchObject([{ valid: true, problems: [], notes: [], invocations: { completed: 20 } }]);
    expect(manifest.workloads['icdcs-io']).toMatchObject({ function: 'kv-redis' });
    await expect.poll(() => redis.connections()).toBe(before);
    expect(await redis.client.keys('*')).toEqual([]);
    expect(await leftOver(place.temporary)).toEqual([]);
    expect(await ofRun(await connectDaemon(), manifest.id)).toEqual([]);
  }, cellTimeoutMs);
});
