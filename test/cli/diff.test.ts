import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, type BinResult } from './run-bin.js';

let place: Workplace;

/** Five repetitions, each of a workload of its own, simulated; stored under a name that stays the same. */
async function simulate(name: string, ...options: readonly string[]): Promise<void> {
  const out = join(place.folder, `${name}-out`);
  const { code, stderr } = await place.run('suite', 'icdcs', '--backend', 'simulation', '--workloads', 'icdcs-cpu', '--schedulers', 'batching-expanding,continuous', '--limit', '240', '--repeat', '5', '--reseed', '--out', out, ...options);
  expect(stderr).not.toContain('FBB_ERR');
  expect(code).toBe(0);
  mkdirSync(join(place.folder, 'results'), { recursive: true });
  renameSync(join(out, readdirSync(out)[0] as string), join(place.folder, 'results', name));
}

function diff(...args: readonly string[]): Promise<BinResult> {
  return place.run('diff', ...args);
}

/** Compares with what was printed when this was written; FBB_WRITE_GOLDEN=1 writes it anew. */
function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env['FBB_WRITE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** A copy of the set `a` to be damaged. */
function copyOfA(name: string): string {
  const folder = join(place.folder, 'results', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(place.folder, 'results/a'), folder, { recursive: true });
  return folder;
}

function editManifest(folder: string, change: (manifest: Record<string, unknown>) => void): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}

beforeAll(async () => {
  place = new Workplace();
  const testbed = readFileSync(join(import.meta.dirname, '../../hosts/icdcs2023-testbed.yaml'), 'utf8');
  writeFileSync(join(place.folder, 'slower.yaml'), testbed.replace('fib30Ms: 480', 'fib30Ms: 528'));
  await simulate('a', '--seed', '1', '--host', 'icdcs2023-testbed');
  await simulate('b', '--seed', '2', '--host', 'icdcs2023-testbed');
  // As much more load as the functions are slower gives every invocation the same work.
  await simulate('slower', '--seed', '1', '--host', 'slower.yaml', '--load', '0.385');
}, 60_000);
afterAll(() => place.remove());

describe('diff of two runs of the same with other seeds', () => {
  it('prints a table a metric with geometric means, and shows no difference', async () => {
    const { code, stdout } = await diff('a', 'b');
    expect(code).toBe(0);
    expectGolden('diff.txt', stdout);
    expect(stdout).toContain('66 comparisons: 0 better, 0 worse');
  });

  it('is CSV with --csv', async () => expectGolden('diff.csv', (await diff('a', 'b', '--csv')).stdout));
});

describe('diff of a run and one that is ten percent slower', () => {
  it('is refused with 4: another host, which --force overrides aloud', async () => {
    const refused = await diff('a', 'slower');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/^FBB_ERR_NOT_COMPARABLE: a and slower must not be compared: host: hostProfileHash is \w+ and \w+\.\n.*--force/);
    const forced = await diff('a', 'slower', '--force');
    expect(forced.code).toBe(0);
    expect(forced.stdout).toContain('! NOT COMPARABLE, and compared because of --force: host: hostProfileHash');
  });

  it('fails a gate with 3, and prints Markdown for a pull request', async () => {
    const { code, stdout, stderr } = await diff('a', 'slower', '--force', '--fail-on', 'mean>+5%', '--fail-on', 'containers>+50%', '--markdown');
    expect(code).toBe(3);
    expect(stderr).toContain('gate failed: 2 of 4 checks');
    expect(stderr).toMatch(/REGRESSION e2e · icdcs-cpu · continuous: mean .* over 'mean>\+5%'/);
    expectGolden('diff.md', stdout.replaceAll(/hostProfileHash is \w+ and \w+/g, 'hostProfileHash is … and …'));
  });

  it('passes one that is wide enough, and fails none for being faster', async () => {
    expect((await diff('a', 'slower', '--force', '--fail-on', 'mean>+25%')).code).toBe(0);
    const faster = await diff('slower', 'a', '--force', '--fail-on', 'mean>+0%');
    expect(faster.code).toBe(0);
    expect(faster.stdout).toContain('gate passed: no shown regression in 2 checks');
  });
});

describe('diff inside one result set', () => {
  it('compares schedulers with a base, as JSON', async () => {
    const { code, stdout } = await diff('--within', 'a', '--base', 'continuous', '--json');
    expect(code).toBe(0);
    expectGolden('diff-within.json', stdout.replaceAll(/icdcs-\d+T\d+Z-\w+/g, 'icdcs-…'));
    const { comparisons } = JSON.parse(stdout) as { readonly comparisons: readonly { readonly metric: string; readonly units: string; readonly verdict: string }[] };
    expect(comparisons.find(({ metric }) => metric === 'containers')).toMatchObject({ units: 'pairs', verdict: 'worse' });
  });

  it('is the same as naming both schedulers', async () => {
    const within = await diff('--within', 'a', '--base', 'continuous', '--csv');
    const named = await diff('a:continuous', 'a:batching-expanding', '--csv');
    // All but the name of the row.
    const figures = ({ stdout }: BinResult): string => stdout.replaceAll(/^e2e,icdcs-cpu,[^,]*,/gm, '');
    expect(figures(named)).toBe(figures(within));
    expect(named.stdout).toContain('e2e,icdcs-cpu,continuous → batching-expanding,mean,');
  });

  it('tries thresholds on a set and itself with --self-test', async () => {
    const passed = await diff('a', '--self-test', '--fail-on', 'mean>+5%');
    expect(passed.code).toBe(0);
    expect(passed.stdout).toContain('with a slowdown of 10 % injected: the gate fires, 2 of 2 checks found it\ncompared with itself: no difference shown');
    const folder = copyOfA('one-run');
    editManifest(folder, (manifest) => (manifest['cells'] = (manifest['cells'] as { repetition: number }[]).filter(({ repetition }) => repetition === 1)));
    const failed = await diff('one-run', '--self-test', '--fail-on', 'containers>+5%');
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('FBB_ERR_DIFF_THRESHOLD: There are too few data everywhere for: containers>+5% (one value a run, and fewer than 5 runs a side).');
  });
});

describe('diff with wrong input', () => {
  it.each<[string, readonly string[], string]>([
    ['no result set', [], 'FBB_ERR_USAGE: No result set is named.'],
    ['one result set', ['a'], 'FBB_ERR_USAGE: One result set is named.'],
    ['an unknown result set', ['a', 'none'], "FBB_ERR_RESULTS_UNKNOWN: There is no result set 'none' here or in results.\nUse \"latest\" or one of: "],
    ['an unknown scheduler', ['a:sfs', 'b:continuous'], "FBB_ERR_SCHEDULER_UNKNOWN: a:sfs has no cell of scheduler 'sfs'.\nUse one of: batching-expanding, continuous."],
    ['an unknown metric', ['a', 'b', '--metrics', 'p97'], 'FBB_ERR_USAGE: There is no metric p97.\nUse all, or some of: mean, p50, p98, p99, containers, gbSeconds, cpuSeconds, coldStartShare, failedShare, lag.mean'],
    ['a threshold of an unknown metric', ['a', 'b', '--fail-on', 'latency>+5%'], "FBB_ERR_USAGE: 'latency>+5%': there is no metric latency."],
    ['--base alone', ['a', 'b', '--base', 'continuous'], 'FBB_ERR_USAGE: --base belongs to --within.'],
    ['--self-test inside a set', ['--within', 'a', '--self-test'], 'FBB_ERR_USAGE: --self-test compares a result set with itself'],
    ['two formats', ['a', 'b', '--csv', '--json'], 'FBB_ERR_USAGE: --markdown, --json and --csv are three ways to print the same.'],
  ])('of %s ends with 2 and says what there is', async (_what, args, message) => {
    const { code, stderr, stdout } = await diff(...args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('never prints the password of an address', async () => {
    for (const args of [['--within', 'a', 'x', 'couchdb=http://user:sekret@127.0.0.1:1/db/id'], ['a', 'redis://user:sekret@127.0.0.1:1'], ['a', 'CouchDB=http://user:sekret@127.0.0.1:1/db/id']]) {
      const { code, stdout, stderr } = await diff(...args);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain('sekret');
    }
  });

  it('of sets with nothing in common ends with 4 and names what each has', async () => {
    const folder = copyOfA('other-experiment');
    editManifest(folder, (manifest) => (manifest['cells'] = []));
    const { code, stderr } = await diff('a', 'other-experiment');
    expect(code).toBe(4);
    expect(stderr).toContain('have nothing in common that could be compared: e2e · icdcs-cpu · batching-expanding: not in other-experiment');
  });

  it('of a truncated, a newer or an edited file ends with 2 and the file', async () => {
    const folder = copyOfA('damaged');
    const summary = join(folder, 'cells/e2e.icdcs-cpu.continuous.r2/summary.json');
    const whole = readFileSync(summary, 'utf8');
    const damages = { truncated: whole.slice(0, 400), newer: whole.replace('"schema": 1', '"schema": 99'), edited: whole.replace('"launched": ', '"launched": "many", "was": ') };
    const messages: string[] = [];
    for (const text of Object.values(damages)) {
      writeFileSync(summary, text);
      const { code, stderr } = await diff('a', 'damaged');
      expect(code).toBe(2);
      messages.push(stderr);
    }
    expect(messages).toEqual([
      expect.stringMatching(/FBB_ERR_RESULTS_INVALID: .*continuous\.r2\/summary\.json cannot be read: /) as string,
      expect.stringMatching(/continuous\.r2\/summary\.json has schema 99; this version reads up to 1\./) as string,
      expect.stringMatching(/continuous\.r2\/summary\.json is not what was written: containers\.launched: /) as string,
    ]);
  });

  it('of an interrupted set compares the cells it has, and says so', async () => {
    const folder = copyOfA('interrupted');
    editManifest(folder, (manifest) => (manifest['status'] = 'interrupted'));
    for (const cell of readdirSync(join(folder, 'cells')).filter((name) => name.includes('continuous'))) rmSync(join(folder, 'cells', cell), { recursive: true });
    const { code, stdout } = await diff('a', 'interrupted');
    expect(code).toBe(0);
    expect(stdout).toContain('! interrupted is interrupted: compared on the cells it has');
    expect(stdout).toContain('! left out: e2e · icdcs-cpu · continuous: not in interrupted');
  });
});

describe("diff with the paper's own results", () => {
  it('is refused unless forced, and then shows the changes without a verdict', async () => {
    expect((await diff('published/icdcs2023', 'a')).code).toBe(4);
    const { code, stdout } = await diff('--within', 'published/icdcs2023', '--csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^e2e,icdcs-cpu,batching-expanding,mean,ms,9328\.4,1136\.5,-0\.878\d*,,,,,,,,,,1,1,tooFew,/m);
    expect(existsSync(join(place.folder, 'results/published'))).toBe(false);
  });
});
