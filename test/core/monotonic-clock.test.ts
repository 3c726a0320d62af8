import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MonotonicClock, monotonicNowMs } from '../../src/core/index.js';

/** How far two readings of one clock may be apart, on a machine that has other things to do. */
const toleranceMs = 5;

describe('the monotonic clock of the host', () => {
  let code: string;

  beforeAll(() => {
    const entry = join(import.meta.dirname, '../../src/core/monotonic-clock.ts');
    code = buildSync({ entryPoints: [entry], bundle: true, write: false, format: 'cjs', platform: 'node' }).outputFiles[0]!.text;
  });

  it('does not go back', () => {
    let last = monotonicNowMs();
    for (let i = 0; i < 10_000; i += 1) {
      const now = monotonicNowMs();
      expect(now >= last).toBe(true);
      last = now;
    }
  });

  it('is that of the operating system', () => {
    const before = Number(process.hrtime.bigint()) / 1e6;
    const now = monotonicNowMs();
    const after = Number(process.hrtime.bigint()) / 1e6;
    expect(now).toBeGreaterThanOrEqual(before - toleranceMs);
    expect(now).toBeLessThanOrEqual(after + toleranceMs);
  });

  it('is the same in another thread', async () => {
    const worker = new Worker(`${code}; require('node:worker_threads').parentPort.on('message', () => require('node:worker_threads').parentPort.postMessage(module.exports.monotonicNowMs()));`, { eval: true });
    try {
      for (let round = 0; round < 5; round += 1) {
        const before = monotonicNowMs();
        const inThread = await new Promise<number>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
          worker.postMessage('now');
        });
        const after = monotonicNowMs();
        expect(inThread).toBeGreaterThanOrEqual(before - toleranceMs);
        expect(inThread).toBeLessThanOrEqual(after + toleranceMs);
      }
    } finally {
      await worker.terminate();
    }
  });

  it('is the same in another process', async () => {
    const before = monotonicNowMs();
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', `${code}; console.log(module.exports.monotonicNowMs())`]);
    const after = monotonicNowMs();
    expect(Number(stdout)).toBeGreaterThanOrEqual(before - toleranceMs);
    expect(Number(stdout)).toBeLessThanOrEqual(after + toleranceMs);
  });
});

describe('the clock of a live cell', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('starts at zero and counts on', () => {
    const clock = new MonotonicClock();
    expect(clock.nowMs()).toBe(0);
    vi.advanceTimersByTime(250);
    expect(clock.nowMs()).toBeCloseTo(250, 6);
    expect(clock.originMs).toBeCloseTo(monotonicNowMs() - 250, 6);
  });

  it('can put its zero elsewhere, before or after now', () => {
    const clock = new MonotonicClock();
    clock.moveOrigin(monotonicNowMs() + 20);
    expect(clock.nowMs()).toBeCloseTo(-20, 6);
    vi.advanceTimersByTime(30);
    expect(clock.nowMs()).toBeCloseTo(10, 6);
    clock.moveOrigin(clock.originMs - 100);
    expect(clock.nowMs()).toBeCloseTo(110, 6);
  });

  it('calls back after a delay, once', () => {
    const clock = new MonotonicClock();
    const calls: number[] = [];
    clock.setTimer(200, () => calls.push(clock.nowMs()));
    vi.advanceTimersByTime(198);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toBeGreaterThanOrEqual(200 - 1e-6);
  });

  it('calls back soon when the delay is negative', () => {
    const clock = new MonotonicClock();
    const callback = vi.fn();
    clock.setTimer(-50, callback);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('does not call back when cancelled, and cancelling late does nothing', () => {
    const clock = new MonotonicClock();
    const [cancelled, fired] = [vi.fn(), vi.fn()];
    const first = clock.setTimer(10, cancelled);
    const second = clock.setTimer(10, fired);
    first.cancel();
    vi.advanceTimersByTime(20);
    second.cancel();
    first.cancel();
    expect(cancelled).not.toHaveBeenCalled();
    expect(fired).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
