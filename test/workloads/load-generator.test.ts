import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createRng, monotonicNowMs } from '../../src/core/index.js';
import { LoadGenerator } from '../../src/workloads/index.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { runtimeFolder } from '../runtime/built-programs.js';

const pacer = join(runtimeFolder, 'pacer.cjs');
/** What two threads may disagree about the time. */
const clockGrainMs = 0.05;

interface Replay {
  readonly generator: LoadGenerator;
  /** Zero of the arrivals on the host's clock. */
  readonly zeroMs: number;
  readonly told: { readonly index: number; readonly atMs: number }[];
  readonly onDone: ReturnType<typeof vi.fn>;
  readonly onError: ReturnType<typeof vi.fn>;
}

async function replay(intendedMs: Float64Array, programPath = pacer): Promise<Replay> {
  const generator = new LoadGenerator(programPath, intendedMs);
  onTestFinished(() => generator.stop());
  await generator.ready();
  const told: Replay['told'] = [];
  const onDone = vi.fn();
  const onError = vi.fn();
  const zeroMs = generator.start({ onDue: (index) => told.push({ index, atMs: monotonicNowMs() }), onDone, onError });
  return { generator, zeroMs, told, onDone, onError };
}

function arrivals(count: number, spanMs: number): Float64Array {
  const rng = createRng(1);
  return Float64Array.from({ length: count }, () => rng.next() * spanMs).sort();
}

it('tells each arrival once, in order, never early, and then that it is done', async () => {
  const intendedMs = arrivals(500, 400);
  const { told, zeroMs, onDone, onError } = await replay(intendedMs);
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 10_000);
  expect(told.map(({ index }) => index)).toEqual(Array.from(intendedMs, (_ms, index) => index));
  for (const { index, atMs } of told) expect(atMs - zeroMs - intendedMs[index]!).toBeGreaterThanOrEqual(-clockGrainMs);
  expect(onDone).toHaveBeenCalledTimes(1);
  expect(onError).not.toHaveBeenCalled();
});

it('does not wait for arrivals that are still to come before it tells those that are due', async () => {
  const { told, onDone } = await replay(Float64Array.of(0, 1, 600_000));
  await vi.waitFor(() => expect(told).toHaveLength(2), 10_000);
  expect(onDone).not.toHaveBeenCalled();
});

it('puts its zero shortly after the start', async () => {
  const beforeMs = monotonicNowMs();
  const { zeroMs } = await replay(Float64Array.of(0));
  expect(zeroMs).toBeGreaterThan(beforeMs);
  expect(zeroMs).toBeLessThan(monotonicNowMs() + 100);
});

it('tells all arrivals of the same instant', async () => {
  const { told, onDone } = await replay(new Float64Array(1_000).fill(5));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 10_000);
  expect(told.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_item, index) => index));
});

it('catches up when the harness was busy: nothing is left out', async () => {
  const intendedMs = arrivals(200, 100);
  const { told, onDone } = await replay(intendedMs);
  for (const untilMs = monotonicNowMs() + 150; monotonicNowMs() < untilMs; );
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 10_000);
  expect(told.map(({ index }) => index)).toEqual(Array.from(intendedMs, (_ms, index) => index));
});

it('is done at once when there is nothing to tell', async () => {
  const { told, onDone, generator } = await replay(new Float64Array(0));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 10_000);
  await generator.stop();
  expect(onDone).toHaveBeenCalledTimes(1);
  expect(told).toEqual([]);
});

it('can be stopped in mid-replay, while it sleeps, and tells nothing more', async () => {
  const { told, onDone, onError, generator } = await replay(Float64Array.of(0, 600_000, 600_001));
  await vi.waitFor(() => expect(told).toHaveLength(1), 10_000);
  const stopMs = monotonicNowMs();
  await generator.stop();
  expect(monotonicNowMs() - stopMs).toBeLessThan(5_000);
  expect(told).toHaveLength(1);
  expect(onDone).not.toHaveBeenCalled();
  expect(onError).not.toHaveBeenCalled();
});

it('can be stopped in the middle of a burst, before it was started, and twice', async () => {
  const { told, generator, onDone } = await replay(arrivals(100_000, 60_000));
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(10), 10_000);
  await generator.stop();
  const count = told.length;
  await generator.stop();
  expect(told).toHaveLength(count);
  expect(onDone).not.toHaveBeenCalled();

  const unused = new LoadGenerator(pacer, Float64Array.of(0));
  await unused.ready();
  await unused.stop();
});

it('keeps arrivals of its own: what the caller does to the array changes nothing', async () => {
  const intendedMs = Float64Array.of(0, 10, 20);
  const generator = new LoadGenerator(pacer, intendedMs);
  onTestFinished(() => generator.stop());
  intendedMs.fill(600_000);
  await generator.ready();
  const onDone = vi.fn();
  generator.start({ onDue: () => undefined, onDone, onError: () => undefined });
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 10_000);
});

it('tells when its thread fails', async () => {
  const programPath = join(temporaryFolder(), 'broken.cjs');
  writeFileSync(programPath, "const { parentPort } = require('node:worker_threads'); parentPort.once('message', () => { throw new Error('broken on purpose'); }); parentPort.postMessage(0);");
  const { onError } = await replay(Float64Array.of(0), programPath);
  await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'broken on purpose' })), 10_000);
});

it('is never ready when its program does not start', async () => {
  await expect(new LoadGenerator(join(temporaryFolder(), 'missing.cjs'), Float64Array.of(0)).ready()).rejects.toThrow('Cannot find module');
});
