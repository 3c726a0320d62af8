import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostFingerprint } from '../../src/metrics/index.js';
import { calibrate } from '../../src/suites/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';

const host = hostFingerprint();

/** Keeps a measurement that no machine would give. */
function keep(out: string, change: Readonly<Record<string, unknown>> = {}): string {
  const path = join(out, '.calibration.json');
  writeFileSync(path, JSON.stringify({ fib30Ms: 123_456, cpuModel: host.cpuModel, node: host.node, measuredAt: '2026-01-01T00:00:00.000Z', ...change }));
  return path;
}

it('measures once and keeps it beside the results', () => {
  const out = join(temporaryFolder(), 'not', 'yet');
  const first = calibrate(out, host, false);
  expect(first.kept).toBe(false);
  expect(first.fib30Ms).toBeGreaterThan(0.1);
  expect(first.fib30Ms).toBeLessThan(5_000);
  expect(calibrate(out, host, false)).toEqual({ ...first, kept: true });
});

it('takes what was kept for this processor and this Node', () => {
  const out = temporaryFolder();
  keep(out);
  expect(calibrate(out, host, false)).toMatchObject({ fib30Ms: 123_456, kept: true });
});

it.each([
  ['another processor', { cpuModel: 'other' }],
  ['another Node', { node: 'v1.2.3' }],
  ['a file changed by hand', { fib30Ms: -1 }],
])('measures anew after %s', (_what, change) => {
  const out = temporaryFolder();
  const path = keep(out, change);
  const { kept, fib30Ms } = calibrate(out, host, false);
  expect(kept).toBe(false);
  expect(fib30Ms).toBeLessThan(5_000);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ fib30Ms, cpuModel: host.cpuModel, node: host.node });
});

it('measures anew over a file cut short, and when asked to', () => {
  const out = temporaryFolder();
  writeFileSync(keep(out), '{"fib30Ms": 12');
  expect(calibrate(out, host, false).kept).toBe(false);
  keep(out);
  expect(calibrate(out, host, true).kept).toBe(false);
  expect(calibrate(out, host, false).fib30Ms).toBeLessThan(5_000);
});
