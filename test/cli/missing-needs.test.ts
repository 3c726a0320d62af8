import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBin, Workplace, type BinResult } from './run-bin.js';
import { stored, writeTinySuite } from './tiny-suite.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

function runWith(temporary: string, warmupInvocations: number): Promise<BinResult> {
  const suite = writeTinySuite(place.folder, { schedulers: '[baseline]', warmupInvocations });
  return runBin(['suite', suite, '--limit', '1', '--out', place.out], { cwd: place.folder, env: { TMPDIR: temporary } });
}

describe('a folder for temporary files whose path is too long for sockets', () => {
  it.each([0, 1])('ends with 6, says what to do and leaves no run that seems to be running (warm-up of %i)', async (warmupInvocations) => {
    const temporary = join(place.folder, 'x'.repeat(100));
    mkdirSync(temporary);
    const { code, stderr } = await runWith(temporary, warmupInvocations);
    expect(stderr).toContain('FBB_ERR_BACKEND_SOCKET_PATH: ');
    expect(stderr).toContain('Set TMPDIR to a shorter path.');
    expect(code).toBe(6);
    if (existsSync(place.out)) expect(stored(place.out).manifest.status).not.toBe('running');
  });
});

it('a folder for temporary files that does not exist is the fault of the environment, not a bug', async () => {
  const { code, stderr } = await runWith(join(place.folder, 'gone'), 0);
  expect(stderr).not.toContain('This is a bug');
  expect([5, 6]).toContain(code);
});
