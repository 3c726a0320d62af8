import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { WireUsage } from '../../src/core/wire.js';
import { isRunning } from '../backends/processes.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { RuntimeProcess, startRuntime } from './runtime-process.js';

it('says what it used when it is told to stop, and ends', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io') });
  let words = '';
  runtime.control.on('data', (data: Buffer) => (words += data.toString()));
  runtime.control.write('stop\n');
  expect(await once(runtime.process, 'exit')).toEqual([0, null]);
  await vi.waitFor(() => expect(words).toMatch(/^usage .*\n$/));
  const usage = JSON.parse(words.slice('usage '.length)) as WireUsage;
  expect(usage.cpuMs).toBeGreaterThan(1);
  expect(usage.peakMemoryMb).toBeGreaterThan(10);
  expect(usage.peakMemoryMb).toBeLessThan(1_000);
});

it('stops also while invocations are under way', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu') });
  const mark = join(runtime.folder, 'begun');
  const batch = runtime.batch('expanded', [{ do: 'spins-forever', mark }]).catch(() => 'cut off');
  await vi.waitFor(() => expect(existsSync(mark)).toBe(true), 5_000);
  runtime.control.write('stop\n');
  expect(await once(runtime.process, 'exit')).toEqual([0, null]);
  expect(await batch).toBe('cut off');
});

it('ends with the processes of its group when its launcher is gone', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io') });
  runtime.control.destroy();
  expect(await once(runtime.process, 'exit')).toEqual([null, 'SIGKILL']);
  await vi.waitFor(() => expect(isRunning(runtime.process.pid as number)).toBe(false), 5_000);
});

it.each([
  ['fails-to-load.cjs', 'this module is broken on purpose'],
  ['missing.cjs', 'Cannot find module'],
] as const)('ends with a word on stderr when it cannot load %s', async (file, why) => {
  const runtime = new RuntimeProcess({ spec: fixtureSpec('io', { file }) });
  onTestFinished(() => runtime.end());
  await expect(runtime.ready()).rejects.toThrow('ended with code 1');
  expect(runtime.stderr).toContain('cannot load the function: ');
  expect(runtime.stderr).toContain(why);
});

it('runs a serial batch in its own process', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu') });
  const mark = join(runtime.folder, 'mark');
  await runtime.batch('serial', [{ do: 'returns', mark }]);
  expect(Number(readFileSync(mark, 'utf8'))).toBe(runtime.process.pid);
});
