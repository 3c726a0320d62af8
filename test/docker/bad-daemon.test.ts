import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cellLabel, runLabels } from '../../src/backends/docker/labels.js';
import { processesOf, type FoundProcess } from '../cli/left-over.js';
import { Workplace } from '../cli/run-bin.js';
import { stored, writeTinySuite } from '../cli/tiny-suite.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { beginRun, expectNextCellWorks, named, noDocker, ofRun, openCell } from './daemon.js';

/** Only root starts daemons and mounts. */
const cannot = noDocker ?? (process.getuid?.() === 0 ? undefined : 'this is not root');
const launcher = join(import.meta.dirname, '../../.ci/docker-daemon');
/** Enough for two function images and containers, and little more. */
const roomMb = 400;
const mb = 1_048_576;
const patience = { timeout: 20_000, interval: 20 };
const spec = fixtureSpec('io', { timeoutMs: 60_000 });

/** A daemon of its own, with everything that it keeps on a small file system of its own. Its folder has a short name: it holds sockets. */
class PrivateDaemon {
  readonly #folder = mkdtempSync('/tmp/fbb-d');
  readonly #data = join(this.#folder, 'data');
  readonly #filler = join(this.#data, 'filler');
  #process: ChildProcess | undefined;

  get #pid(): number {
    return Number(readFileSync(join(this.#folder, 'docker.pid'), 'utf8'));
  }

  get host(): string {
    return `unix://${join(this.#folder, 'docker.sock')}`;
  }

  async start(): Promise<void> {
    mkdirSync(this.#data);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${roomMb}m`, 'fbb-test', this.#data]);
    this.#process = spawn(launcher, [this.#folder, String(process.pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(this.#process.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    expect(said.toString()).toBe('ready\n');
  }

  fillDisk(): void {
    writeFileSync(this.#filler, Buffer.alloc((roomMb - 40) * mb));
  }

  emptyDisk(): void {
    rmSync(this.#filler);
  }

  /** It accepts connections, and nothing more. */
  fallSilent(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  speakAgain(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  restart(): void {
    this.#process?.kill('SIGUSR1');
  }

  async end(): Promise<void> {
    const daemon = this.#process;
    if (daemon === undefined) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await ended;
  }
}

describe.skipIf(cannot !== undefined)(cannot === undefined || cannot === noDocker ? named('a run on a daemon') : `a run on a daemon (skipped: ${cannot})`, () => {
  let daemon: PrivateDaemon;
  const making: string[] = [];
  let begun: Awaited<ReturnType<typeof beginRun>>;

  beforeAll(async () => {
    daemon = new PrivateDaemon();
    await daemon.start();
    // Not stubbed: cells undo all stubs once they are open. This file has its process for itself.
    process.env['DOCKER_HOST'] = daemon.host;
    begun = await beginRun({ tell: (sentence) => making.push(sentence) });
  });
  afterAll(async () => {
    begun?.run.close();
    await daemon.end();
  });

  it('whose disk is full says so, and goes on when there is room', async () => {
    daemon.fillDisk();
    await expect(openCell(begun.run, { spec })).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_DISK_FULL', message: expect.stringContaining('could not make the function image') });
    daemon.emptyDisk();
    await expectNextCellWorks(begun);
  });

  it('that loses the image in mid-run ends the cell, and makes it again for the next one', async () => {
    const cell = await openCell(begun.run, { spec });
    const [image] = await begun.daemon.docker.listImages();
    await begun.daemon.docker.getImage(image?.RepoTags?.[0] as string).remove({ force: true });
    cell.submit([{ do: 'returns' }, { do: 'returns' }]);
    expect(await cell.finished).toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH', message: expect.stringMatching(/No such image/) });
    expect(cell.engine.problems[0]).toContain('(FBB_ERR_DOCKER_IMAGE)');
    expect(cell.outcomes.map(({ status, errorCode }) => [status, errorCode])).toEqual([['rejected', 'FBB_ERR_CONTAINER_LAUNCH'], ['rejected', 'FBB_ERR_CONTAINER_LAUNCH']]);
    await cell.close();
    const made = making.length;
    await expectNextCellWorks(begun);
    expect(making.slice(made)).toEqual([expect.stringMatching(/^making image faasbatch-bench\/functions:/)]);
  });

  it('that is restarted in mid-cell ends the cell and leaves nothing; the next one runs when it is back', async () => {
    const cell = await openCell(begun.run, { spec });
    cell.submit([{ do: 'returns' }, { do: 'sleeps', ms: 60_000 }, { do: 'returns' }]);
    await expect.poll(() => cell.outcomes, patience).toHaveLength(1);
    expect(await ofRun(begun.daemon, begun.runId)).toHaveLength(1);
    daemon.restart();
    expect(await cell.finished).toMatchObject({ code: 'FBB_ERR_DOCKER_UNREACHABLE', message: 'The Docker daemon was lost in mid-cell: it tells of no more events.' });
    expect(cell.outcomes.map(({ status, errorCode }) => [status, errorCode])).toEqual([['completed', undefined], ['rejected', 'FBB_ERR_DOCKER_UNREACHABLE'], ['rejected', 'FBB_ERR_DOCKER_UNREACHABLE']]);
    await cell.close();
    expect(await ofRun(begun.daemon, begun.runId)).toEqual([]);
    expect(cell.processes()).toEqual([]);
    expect(cell.folders()).toEqual([]);
    await expectNextCellWorks(begun);
  });

  it('that has fallen silent is given up before the next cell, which runs when it speaks again', async () => {
    daemon.fallSilent();
    onTestFinished(() => daemon.speakAgain());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const refused = expect(openCell(begun.run, { spec })).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_UNREACHABLE', message: 'Docker could not begin a cell: its answer timed out after 30 s.' });
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
    vi.useRealTimers();
    daemon.speakAgain();
    await expectNextCellWorks(begun);
  });

  it('is rid of what a killed run and its killed launcher left when the next one begins, and of nothing else', async () => {
    const { docker } = begun.daemon;
    const place = new Workplace();
    onTestFinished(() => place.remove());
    const bin = place.start(['suite', writeTinySuite(place.folder), '--schedulers', 'batching-expanding', '--limit', '12', '--backend', 'docker', '--out', place.out]);
    await expect.poll(() => bin.stderr(), patience).toContain('cells to run');
    const { id: runId } = stored(place.out).manifest;
    await expect.poll(async () => (await ofRun(begun.daemon, runId)).length, patience).toBeGreaterThan(1);
    const [launcherProcess] = processesOf(place.temporary).filter(({ command }) => command.includes('docker-launcher.cjs')) as [FoundProcess];
    // It would clean up after the harness.
    process.kill(launcherProcess.pid, 'SIGSTOP');
    bin.process.kill('SIGKILL');
    process.kill(launcherProcess.pid, 'SIGKILL');
    await bin.ended;
    await expect.poll(() => processesOf(place.temporary), patience).toEqual([]);
    await expect.poll(async () => (await docker.listContainers()).length, patience).toBe(0);
    expect((await ofRun(begun.daemon, runId)).length).toBeGreaterThan(1);
    expect(readdirSync(place.temporary)).toHaveLength(1);

    const [image] = await docker.listImages();
    const alive = { Labels: { ...runLabels('alive'), [cellLabel]: 'alive' } };
    const others: { readonly id: string }[] = [
      await docker.createContainer({ Image: image?.Id }),
      await docker.createContainer({ Image: image?.Id, ...alive }),
      await docker.createNetwork({ Name: 'strange' }),
      await docker.createNetwork({ Name: 'alive', ...alive }),
    ];
    const told: string[] = [];
    vi.stubEnv('TMPDIR', place.temporary);
    // The daemon may still be making what the launcher had asked for last, and for that another run must begin.
    await expect.poll(async () => {
      (await beginRun({ tell: (sentence) => told.push(sentence) })).run.close();
      return ofRun(begun.daemon, runId);
    }, patience).toEqual([]);
    vi.unstubAllEnvs();
    expect(told[0]).toMatch(/^removed what a dead run had left: containers [1-9]\d*, networks 1, temporary folders 1$/);
    expect(readdirSync(place.temporary)).toEqual([]);
    const left = [...(await docker.listContainers({ all: true })), ...(await docker.listNetworks({ filters: { type: ['custom'] } }))].map(({ Id }) => Id);
    expect(left.sort()).toEqual(others.map(({ id }) => id).sort());
  });
});
