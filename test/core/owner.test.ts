import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isGone, thisProcess } from '../../src/core/owner.js';

const here = thisProcess();

it('an owner is gone when its machine has been started anew or its id belongs to another process, and not when nobody here can tell', () => {
  expect(isGone(here)).toBe(false);
  expect(isGone({ ...here, boot: 'an earlier one' })).toBe(true);
  expect(isGone({ ...here, startTick: '1' })).toBe(true);
  expect(isGone({ ...here, machine: 'another', boot: 'another' })).toBe(false);
  expect(isGone({ ...here, pidSpace: 'another', startTick: '1' })).toBe(false);
});

it.skipIf(process.platform !== 'linux')('a process that has ended is gone, also while nobody has asked how it ended', async () => {
  // The shell becomes a program that does not wait for its child.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [told] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(told.toString());
  const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  const owner = { ...here, pid, startTick: stat()[19] ?? '' };
  expect(isGone(owner)).toBe(false);
  await vi.waitUntil(() => stat()[0] === 'Z', { timeout: 5_000, interval: 20 });
  expect(isGone(owner)).toBe(true);
});
