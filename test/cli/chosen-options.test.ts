import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/cli/progress.js';
import { rowOf } from '../report/plain-style.js';
import { Workplace, type BinResult } from './run-bin.js';
import { stored, writeTinySuite, type Stored } from './tiny-suite.js';

const place = new Workplace();
const plugin = join(place.folder, 'mine.ts');
let suite: string;
let result: BinResult;
let run: Stored;

/** A scheduler of one's own that joins a suite which sweeps an option of another, one of whose options is set. */
beforeAll(async () => {
  writeFileSync(
    plugin,
    `import { defineScheduler, z } from 'faasbatch-bench';
export default defineScheduler({
  name: 'mine',
  description: 'one container an invocation, and it says so',
  options: z.strictObject({ greeting: z.string().default('hello'), times: z.number().default(1) }),
  create: ({ greeting, times }, { log }) => {
    for (let i = 0; i < times; i += 1) log(greeting);
    return { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') };
  },
});\n`,
  );
  suite = join(place.folder, 'tiny.yaml');
  writeFileSync(
    suite,
    'name: tiny\nbase: baseline\nwarmupInvocations: 0\nmaxLagMs: 60000\nexperiments:\n  e2e:\n    workloads: [icdcs-io]\n    schedulers: [baseline, batching]\n    sweep: { dispatchIntervalMs: [20, 40] }\n' +
      '  other:\n    workloads: [icdcs-io]\n    schedulers: [baseline]\n',
  );
  result = await place.run('suite', suite, '--full', '--scheduler', './mine.ts', '--set', 'mine.greeting=good morning', '--set', 'mine.times=4', '--limit', '1', '--out', place.out);
  run = stored(place.out);
}, 60_000);
afterAll(() => place.remove());

describe('a run with a sweep, a plug-in and options of its own', () => {
  it('runs all experiments of the suite when all are asked for', () => {
    expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code: 0 });
    expect(run.manifest.cells.map(({ id }) => id).sort()).toEqual([
      'e2e.icdcs-io.baseline.r1', 'e2e.icdcs-io.batching.dispatchIntervalMs-20.r1', 'e2e.icdcs-io.batching.dispatchIntervalMs-40.r1', 'e2e.icdcs-io.mine.r1', 'other.icdcs-io.baseline.r1', 'other.icdcs-io.mine.r1',
    ]);
    expect(result.stderr).toMatch(/6 of 6 cells to run, about \d+:\d\d\n/);
  });

  it('stores what was asked for, and where the plug-in came from', () => {
    expect(run.manifest.selection).toMatchObject({ experiments: ['e2e', 'other'], set: ['mine.greeting=good morning', 'mine.times=4'], plugins: ['./mine.ts'] });
    expect(run.manifest.schedulers.map(({ name, plugin: from }) => [name, from?.specifier])).toEqual(expect.arrayContaining([['baseline', undefined], ['batching', undefined], ['mine', './mine.ts']]));
    const mine = run.summaries.find(({ cell }) => cell.scheduler === 'mine');
    expect(mine?.cell.parameters).toEqual({ greeting: 'good morning', times: 4 });
    expect(run.manifest.cells.find(({ scheduler }) => scheduler === 'mine')?.parameters).toEqual({ greeting: 'good morning', times: 4 });
  });

  it('keeps what the scheduler tells and shows the beginning of it', () => {
    expect(run.summaries.find(({ cell }) => cell.id === 'e2e.icdcs-io.mine.r1')?.notes).toEqual(Array.from({ length: 4 }, () => 'good morning'));
    expect(result.stdout.match(/^e2e\.icdcs-io\.mine\.r1: .*$/gm)).toEqual([...Array.from({ length: 3 }, () => 'e2e.icdcs-io.mine.r1: good morning'), 'e2e.icdcs-io.mine.r1: and 1 more, see its summary.json']);
  });

  it('has a row for each value, in the order of the suite, behind the base', () => {
    const [summary = ''] = result.stdout.split(/^.*clients that invocations asked for.*$/m);
    const labels = summary.split('\n').map((line) => /^(baseline|batching|mine)\S*( \S+=\S+)?/.exec(line)?.[0]).filter((label) => label !== undefined);
    expect(labels).toEqual(['baseline', 'batching dispatchIntervalMs=20', 'batching dispatchIntervalMs=40', 'mine', 'baseline', 'mine']);
    expect(rowOf(result.stdout, 'batching dispatchIntervalMs=40').length).toBeGreaterThan(10);
  });
});

describe('resuming it', () => {
  it('takes the same plug-in and options without naming them', async () => {
    const { code, stderr } = await place.run('suite', suite, '--resume', '--out', place.out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('0 of 6 cells to run');
  });

  it('is refused with other options, all named', async () => {
    const { code, stderr } = await place.run('suite', suite, '--resume', '--out', place.out, '--set', 'mine.times=5', '--experiments', 'e2e');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FBB_ERR_RESULTS_RESUME: .*another --experiments, --set\./);
  });

  it('is refused when the plug-in has changed', async () => {
    appendFileSync(plugin, '// another thought\n');
    const { code, stderr } = await place.run('suite', suite, '--resume', '--out', place.out);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FBB_ERR_RESULTS_RESUME: A plug-in has changed since .*: 'mine' \(\.\/mine\.ts\)\./);
  });
});

describe('what does not fit is refused before anything runs', () => {
  it.each([
    ['settings', ['--set', 'nobody.x=1', '--set', 'batching.patience=1'], /^FBB_ERR_OPTION_INVALID: 2 problems with --set:\n.*there is no scheduler 'nobody'.*\n.*'batching' has no option 'patience'; it has dispatchIntervalMs/],
    ['all experiments and some', ['--full', '--experiments', 'one'], /--full.*--experiments/],
    ['a plug-in that is not there', ['--scheduler', './gone.ts'], /^FBB_ERR_PLUGIN_NOT_FOUND: .*gone\.ts/],
  ])('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await place.run('suite', writeTinySuite(place.folder, { name: 'plain', schedulers: '[baseline, batching]' }), '--out', join(place.folder, 'none'), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

it.each([[0, '0:00'], [65_400, '1:05'], [3_599_499, '59:59'], [3_600_000, '1:00:00'], [6_730_000, '1:52:10']])('%d ms are written %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
