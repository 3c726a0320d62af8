import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whyNoRealTime } from '../../src/backends/launched/index.js';
import { findControllerFile, MonotonicClock, type Container } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { nobody } from '../support/container-observers.js';
import { beginRun, named, noDocker } from './daemon.js';

const cannot = noDocker ?? whyNoRealTime();
const spec = fixtureSpec('io');
const budgetFile = 'cpu.rt_runtime_us';
const patience = { timeout: 10_000, interval: 10 };

function classOf(pid: number): string {
  return /policy: (\S+)/.exec(execFileSync('chrt', ['--pid', String(pid)], { encoding: 'utf8' }))?.[1] ?? '';
}

describe.skipIf(cannot !== undefined)(cannot === noDocker ? named('the real-time class in Docker') : `the real-time class in Docker (skipped: ${String(cannot)})`, () => {
  it('is given with a budget and taken back with it, and the machine is left as it was', async () => {
    const { run, daemon, runId } = await beginRun();
    const functions = new Map([['f', spec]]);
    const groupAbove = '/sys/fs/cgroup/cpu/docker';
    const before = existsSync(join(groupAbove, budgetFile)) ? readFileSync(join(groupAbove, budgetFile), 'utf8') : undefined;
    const backend = await run.createBackend({ clock: new MonotonicClock(), observer: nobody, functions, requires: ['cpu-class'] });
    onTestFinished(() => backend.close());
    expect(backend.missingCapabilities.get('cpu-class')).toBeUndefined();
    let ready = false;
    const failed: string[] = [];
    const told = (): undefined => undefined;
    await backend.open({
      listener: { containerReady: () => (ready = true), invocationEnded: told, containerLost: told, containerEnded: told, backendFailed: (_code, reason) => failed.push(reason) },
      functions,
      inputOf: told,
      resourceCache: { policy: 'off' },
    });
    const container: Container = { id: 0, functionId: 'f', state: 'starting', launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 };
    backend.launch(container);
    await expect.poll(() => ready, patience).toBe(true);
    const [inDaemon] = await daemon.docker.listContainers({ filters: { label: [`faasbatch-bench.run=${runId}`] } });
    const { Pid } = (await daemon.docker.getContainer(inDaemon?.Id as string).inspect()).State;
    const budget = findControllerFile(Pid, 'cpu', budgetFile);
    const budgetUs = (): number => Number(readFileSync(budget as string, 'utf8'));
    for (const round of [1, 2]) {
      backend.setCpuClass?.(container, 'fifo');
      await expect.poll(() => classOf(Pid), { ...patience, message: `round ${round}: ${failed.join()}` }).toBe('SCHED_FIFO');
      if (budget !== undefined) expect(budgetUs()).toBeGreaterThan(0);
      backend.setCpuClass?.(container, 'fair');
      await expect.poll(() => classOf(Pid), patience).toBe('SCHED_OTHER');
      if (budget !== undefined) await expect.poll(budgetUs, patience).toBe(0);
    }
    expect(failed).toEqual([]);
    await backend.close();
    run.close();
    if (budget !== undefined && dirname(dirname(budget)) === groupAbove) expect(readFileSync(join(groupAbove, budgetFile), 'utf8')).toBe(before);
  });
});
