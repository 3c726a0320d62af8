import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectDaemon } from '../../src/backends/docker/index.js';
import { leftOver, processesOf, type FoundProcess } from '../cli/left-over.js';
import { Workplace, type RunningBin } from '../cli/run-bin.js';
import { cellFile, stored, writeTinySuite } from '../cli/tiny-suite.js';
import { named, noDocker, ofRun } from './daemon.js';

const patience = { timeout: 10_000, interval: 20 };
const cellTimeoutMs = 60_000;
/** Less than any Node takes for itself. */
const leastMb = 5;

/** A suite that runs in containers which need storage, and so a network. */
describe.skipIf(noDocker !== undefined)(named('suite --backend docker'), () => {
  let place: Workplace;
  afterEach(() => place.remove());

  function start(scheduler = 'batching-expanding', limit = 12): RunningBin {
    place = new Workplace();
    return place.start(['suite', writeTinySuite(place.folder), '--schedulers', scheduler, '--limit', String(limit), '--backend', 'docker', '--out', place.out]);
  }

  /** Of the daemon, of the temporary folder, and processes. */
  async function everythingLeft(): Promise<string[]> {
    const daemon = await connectDaemon();
    const inDaemon = (): Promise<string[]> => ofRun(daemon, stored(place.out).manifest.id);
    await vi.waitUntil(async () => (await inDaemon()).length === 0, patience).catch(() => undefined);
    return [...(await leftOver(place.temporary)), ...(await inDaemon())];
  }

  /** Starts, and waits for a container that runs, and the network. */
  async function startedInMidCell(scheduler?: string, limit?: number): Promise<RunningBin> {
    const bin = start(scheduler, limit);
    const daemon = await connectDaemon();
    await expect.poll(() => bin.stderr(), patience).toContain('cells to run');
    const { id } = stored(place.out).manifest;
    await expect.poll(async () => (await daemon.docker.listContainers({ filters: { label: [`faasbatch-bench.run=${id}`] } })).length, patience).toBeGreaterThan(0);
    expect((await ofRun(daemon, id)).length).toBeGreaterThan(1);
    return bin;
  }

  it('reads control groups, stores a valid cell, and leaves nothing', async () => {
    const { code, stderr } = await start().ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const run = stored(place.out);
    expect(run.manifest).toMatchObject({ backend: 'docker', status: 'complete', cells: [{ status: 'valid' }] });
    const [summary] = run.summaries;
    expect(summary).toMatchObject({ valid: true, invocations: { arrived: 12, completed: 12 }, memory: { source: 'cgroup' } });
    expect(summary?.memory.peakMb).toBeGreaterThan(leastMb);
    const [header, ...rows] = cellFile(run, summary?.cell.id as string, 'containers.csv').trim().split('\n');
    const column = (header as string).split(',').indexOf('kernel_peak_mb');
    expect(column).toBeGreaterThan(0);
    for (const row of rows) expect(Number(row.split(',')[column])).toBeGreaterThan(leastMb);
    expect(await everythingLeft()).toEqual([]);
  }, cellTimeoutMs);

  it('that is interrupted ends with 130 and leaves nothing', async () => {
    const bin = await startedInMidCell();
    bin.process.kill('SIGINT');
    expect(await bin.ended).toMatchObject({ code: 130, signal: null });
    expect(await everythingLeft()).toEqual([]);
  }, cellTimeoutMs);

  it('that is killed leaves nothing, not even of launches that are under way and that wait', async () => {
    const bin = await startedInMidCell('baseline', 100);
    bin.process.kill('SIGKILL');
    expect(await bin.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await everythingLeft()).toEqual([]);
  }, cellTimeoutMs);

  it('whose launcher is killed ends the cell as invalid and leaves nothing', async () => {
    const bin = await startedInMidCell();
    const [launcher] = processesOf(place.temporary).filter(({ command }) => command.includes('docker-launcher.cjs')) as [FoundProcess];
    process.kill(launcher.pid, 'SIGKILL');
    expect(await bin.ended).toMatchObject({ code: 5 });
    const [summary] = stored(place.out).summaries;
    expect(summary).toMatchObject({ valid: false, invocations: { arrived: expect.any(Number) } });
    expect(summary?.problems.join('\n')).toContain('The launcher process ended in mid-cell');
    expect(await everythingLeft()).toEqual([]);
  }, cellTimeoutMs);
});
