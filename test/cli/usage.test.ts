import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listResultSets } from '../../src/results/index.js';
import { Workplace } from './run-bin.js';
import { writeTinySuite } from './tiny-suite.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

describe('help', () => {
  it('lists the commands on stdout', async () => {
    const { code, stdout, stderr } = await place.run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['suite', 'list', 'show', 'export', 'doctor', 'clean']) expect(stdout).toMatch(new RegExp(`^ {2}${command} \\[options\\]`, 'm'));
  });

  it('of suite lists its options', async () => {
    const { code, stdout } = await place.run('suite', '--help');
    expect(code).toBe(0);
    for (const option of ['--experiments', '--full', '--workloads', '--schedulers', '--scheduler', '--set', '--repeat', '--limit', '--quick', '--load', '--seed', '--out', '--resume', '--json']) expect(stdout).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
  });

  it.each([
    ['export', ['--to', '--cells', '--into', '--force', '--out']],
    ['doctor', ['--backend', '--storage', '--json']],
    ['clean', ['--images', '--all', '--json']],
  ])('of %s lists its options', async (command, options) => {
    const { code, stdout } = await place.run(command, '--help');
    expect(code).toBe(0);
    for (const option of options) expect(stdout).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
  });

  it('stands on stderr when no command is given', async () => {
    const { code, stdout, stderr } = await place.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: faasbatch-bench');
  });
});

it('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
  expect(await place.run('--version')).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
});

describe('a command line that makes no sense', () => {
  it.each([
    ['an unknown command', ['simulate'], "'simulate'"],
    ['an unknown option', ['list', '--colour'], "'--colour'"],
    ['an unknown option of the program', ['--colour'], "'--colour'"],
    ['a missing argument', ['suite'], "'suite'"],
    ['an argument too many', ['show', 'a', 'b'], 'too many arguments'],
    ['a missing value', ['suite', 'icdcs', '--limit'], '--limit'],
    ['an unknown topic', ['list', 'backends'], 'suites, schedulers, workloads, functions, hosts, results'],
    ['an unknown backend', ['suite', 'icdcs', '--backend', 'swarm'], 'process'],
  ])('ends with 2 and says why on stderr: %s', async (_what, args, why) => {
    const { code, stdout, stderr } = await place.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).toContain('--help');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['--limit', ['0', '-1', '1.5', 'many', '']],
    ['--load', ['0', '1.01', 'half', '']],
    ['--repeat', ['0']],
    ['--seed', ['-1', '4294967296']],
    ['--launch-limit', ['0']],
    ['--container-memory', ['1']],
  ])('ends with 2 for values that %s does not take, and says what it takes', async (option, values) => {
    for (const value of values) {
      const { code, stdout, stderr } = await place.run('suite', 'icdcs', `${option}=${value}`);
      expect({ value, code, stdout }).toEqual({ value, code: 2, stdout: '' });
      expect(stderr).toContain(option);
      expect(stderr).toMatch(/It must be a (whole )?number (from|above) \d/);
    }
    expect(readdirSync(place.folder)).toEqual(['t']);
  });
});

describe('a suite, or a part of one, that does not exist', () => {
  it('ends with 2 and lists the suites there are', async () => {
    const { code, stdout, stderr } = await place.run('suite', 'icdcs2023');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_SUITE_UNKNOWN: There is no suite named 'icdcs2023'\.\nUse one of: (.*, )?icdcs\b/);
  });

  it.each([
    ['--experiments', 'FBB_ERR_EXPERIMENT_UNKNOWN', 'one'],
    ['--workloads', 'FBB_ERR_WORKLOAD_UNKNOWN', 'icdcs-io'],
    ['--schedulers', 'FBB_ERR_SCHEDULER_UNKNOWN', 'baseline, batching-expanding'],
  ])('ends with 2 and lists what there is: %s', async (option, error, valid) => {
    const { code, stdout, stderr } = await place.run('suite', writeTinySuite(place.folder), '--out', place.out, option, `${valid.split(',')[0] ?? ''}, nope`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${error}: `);
    expect(stderr).toContain("'nope'");
    expect(stderr).toContain(`Use one of: ${valid}.`);
    expect(listResultSets(place.out)).toEqual([]);
  });

  it('ends with 2 when nothing is selected', async () => {
    const { code, stderr } = await place.run('suite', writeTinySuite(place.folder), '--out', place.out, '--schedulers', ',');
    expect(code).toBe(2);
    expect(stderr).toContain('FBB_ERR_SUITE_EMPTY');
    expect(listResultSets(place.out)).toEqual([]);
  });
});

it('a faulty suite file ends with 2 and all its problems', async () => {
  writeFileSync(join(place.folder, 'bad.yaml'), 'name: bad\nbase: nobody\nexperiments:\n  one:\n    workloads: [icdcs]\n    schedulers: [{ name: batching, options: { dispatchIntervalMs: soon } }]\n');
  const { code, stdout, stderr } = await place.run('suite', 'bad.yaml');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^FBB_ERR_SUITE_INVALID: bad\.yaml has 3 problems:\n/);
  expect(stderr).toContain("\n  bad.yaml:2:7 base: there is no scheduler 'nobody'");
  expect(stderr).toContain("\n  bad.yaml:5:17 experiments.one.workloads.0: there is no workload 'icdcs'");
  expect(stderr).toMatch(/\n {2}bad\.yaml:6:\d+ experiments\.one\.schedulers\.0\.options\.dispatchIntervalMs: /);
  expect(stderr).toContain('docs/suites.md');
});

it('a folder for results that cannot be written ends with 6 before anything runs', async () => {
  const suite = writeTinySuite(place.folder);
  const { code, stdout, stderr } = await place.run('suite', suite, '--out', join(suite, 'results'));
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  expect(stderr).toContain('FBB_ERR_RESULTS_NOT_WRITABLE: ');
  expect(stderr).toContain(join(suite, 'results'));
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
});
