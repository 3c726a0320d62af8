import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSuiteFile } from '../../src/suites/suite-file.js';
import { thrownBy } from '../results/thrown-by.js';
import { names } from './suite-names.js';
import { problemsOf, suiteFile, suiteOf } from './write-suite.js';

const rest = ['experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers: [baseline]'];

describe('a suite file', () => {
  it('that says the least is filled in with the documented defaults', () => {
    const suite = suiteOf('name: tiny', 'base: baseline', ...rest);
    expect(suite).toMatchObject({
      name: 'tiny', description: '', seed: 5432, base: 'baseline', load: 0.35, keepAliveMs: 600_000, maxAttempts: 2, maxLagMs: 50, warmupInvocations: 20, publishedFigures: undefined,
    });
    expect(suite.experiments).toEqual({ one: { description: '', workloads: ['icdcs-io'], schedulers: [{ name: 'baseline', options: {} }], sweep: {} } });
  });

  it('that says everything is taken as it is', () => {
    const suite = suiteOf(
      'name: full', 'description: all of it', 'seed: 0', 'base: vanilla', 'load: 1', 'keepAliveMs: 1.5', 'maxAttempts: 10', 'maxLagMs: 0.1', 'warmupInvocations: 0',
      'experiments:', '  a: { description: first, workloads: [icdcs-cpu], schedulers: [{ name: batching, options: { dispatchIntervalMs: 100 } }, vanilla] }',
      '  b: { workloads: [icdcs-io], schedulers: [baseline] }',
    );
    expect(suite).toMatchObject({ description: 'all of it', seed: 0, load: 1, keepAliveMs: 1.5, maxAttempts: 10, maxLagMs: 0.1, warmupInvocations: 0 });
    expect(Object.keys(suite.experiments)).toEqual(['a', 'b']);
    expect(suite.experiments['a']?.schedulers).toEqual([{ name: 'batching', options: { dispatchIntervalMs: 100 } }, { name: 'vanilla', options: {} }]);
  });

  it('is known by the SHA-256 of its text', () => {
    const path = suiteFile('name: tiny', 'base: baseline', ...rest);
    const { hash } = readSuiteFile(path, names);
    expect(hash).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    writeFileSync(path, `${readFileSync(path, 'utf8')}# changed\n`);
    expect(readSuiteFile(path, names).hash).not.toBe(hash);
  });

  it('brings published figures from beside it', () => {
    const path = suiteFile('name: tiny', 'base: baseline', 'published: figures.yaml', ...rest);
    writeFileSync(
      join(dirname(path), 'figures.yaml'),
      'source: a paper\ncells:\n  - { experiment: one, workload: icdcs-io, scheduler: sfs, meanMs: 1.5, p50Ms: 1, p98Ms: 3, containers: 7 }\n' +
        '  - { experiment: one, workload: icdcs-io, scheduler: sfs, parameters: { dispatchIntervalMs: 10 }, meanMs: 2, p50Ms: 1, p98Ms: 3, containers: 8, partsMs: { queue: 1 } }\n',
    );
    expect(readSuiteFile(path, names).publishedFigures).toEqual({
      source: 'a paper',
      cells: [
        { experiment: 'one', workload: 'icdcs-io', scheduler: 'sfs', parameters: {}, meanMs: 1.5, p50Ms: 1, p98Ms: 3, containers: 7, partsMs: {} },
        { experiment: 'one', workload: 'icdcs-io', scheduler: 'sfs', parameters: { dispatchIntervalMs: 10 }, meanMs: 2, p50Ms: 1, p98Ms: 3, containers: 8, partsMs: { queue: 1 } },
      ],
    });
  });
});

describe('a faulty suite file', () => {
  it('is told every unknown field, wherever it stands', () => {
    expect(
      problemsOf('name: tiny', 'base: baseline', 'colour: red', 'experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers: [{ name: baseline, option: 1 }]', '    repeat: 3'),
    ).toEqual([
      expect.stringMatching(/^7:\d+ experiments\.one\.schedulers\.0\.option: is not a field of a suite$/),
      expect.stringMatching(/^8:\d+ experiments\.one\.repeat: is not a field of a suite$/),
      expect.stringMatching(/^3:\d+ colour: is not a field of a suite$/),
    ]);
  });

  it('is told the line of the name of an unknown field, not of what it holds', () => {
    expect(problemsOf('name: tiny', 'base: baseline', 'experimnets:', '  one:', '    workloads: []', ...rest)).toEqual([expect.stringMatching(/^3:1 experimnets: /)]);
  });

  it('is told every value of a wrong type or out of range, at its place', () => {
    expect(
      problemsOf('name: tiny', 'base: baseline', 'seed: -1', 'load: fast', 'maxAttempts: 1.5', 'warmupInvocations: [1]', 'experiments:', '  one:', '    workloads: icdcs-io', '    schedulers: []').map(
        (problem) => problem.split(':', 3).slice(0, 2).join(':').split(': ')[0],
      ),
    ).toEqual(['3:7 seed', '4:7 load', '5:14 maxAttempts', '6:20 warmupInvocations', '9:16 experiments.one.workloads', '10:17 experiments.one.schedulers']);
  });

  it('is told what is wrong with a scheduler that is neither a name nor a map with one', () => {
    expect(
      problemsOf('name: tiny', 'base: baseline', 'experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers:', '      - Bad Name', '      - 5', '      - options: {}'),
    ).toEqual([
      '7:9 experiments.one.schedulers.0: must be lower-case letters, digits and hyphens',
      expect.stringMatching(/^8:9 experiments\.one\.schedulers\.1: .*expected string/),
      expect.stringMatching(/^9:9 experiments\.one\.schedulers\.2\.name: .*expected string/),
    ]);
  });

  it('is told what it lacks, at the place of what should hold it', () => {
    expect(problemsOf('name: tiny', 'experiments:', '  one:', '    workloads: [icdcs-io]')).toEqual([
      expect.stringMatching(/^1:1 base: .*expected string/),
      expect.stringMatching(/^4:5 experiments\.one\.schedulers: .*expected array/),
    ]);
  });

  it('is told of schedulers and workloads that do not exist, with those that do', () => {
    const schedulers = names.schedulers.names().join(', ');
    expect(
      problemsOf('name: tiny', 'base: nobody', 'experiments:', '  one:', '    workloads: [icdcs-io, icdcs]', '    schedulers:', '      - baseline', '      - round-robin', '      - name: random'),
    ).toEqual([
      `2:7 base: there is no scheduler 'nobody'; there are: ${schedulers}`,
      `5:27 experiments.one.workloads.1: there is no workload 'icdcs'; there are: ${names.workloads.names().join(', ')}`,
      `8:9 experiments.one.schedulers.1: there is no scheduler 'round-robin'; there are: ${schedulers}`,
      `9:15 experiments.one.schedulers.2.name: there is no scheduler 'random'; there are: ${schedulers}`,
    ]);
    expect(schedulers).toMatch(/\bbaseline, batching\b/);
  });

  it('is told of options that the scheduler does not take, and of values that do not fit', () => {
    const problems = problemsOf(
      'name: tiny', 'base: baseline', 'experiments:', '  one:', '    workloads: [icdcs-io]', '    schedulers:',
      '      - { name: batching, options: { dispatchIntervalMs: soon } }',
      '      - { name: batching, options: { dispatchIntervalMs: -5 } }',
      '      - { name: baseline, options: { patience: 1 } }',
    );
    expect(problems).toEqual([
      expect.stringMatching(/^7:58 experiments\.one\.schedulers\.0\.options\.dispatchIntervalMs: .*expected number/),
      expect.stringMatching(/^8:58 experiments\.one\.schedulers\.1\.options\.dispatchIntervalMs: .*>0/),
      "9:38 experiments.one.schedulers.2.options.patience: is no option of 'baseline'; it has none",
    ]);
  });

  it('is told everything at once: faults of form and names that do not exist', () => {
    const problems = problemsOf(
      'name: tiny', 'base: nobody', 'colour: red', 'load: fast', 'experiments:', '  one:', '    workloads: [icdcs]', '    schedulers:', '      - round-robin',
      '      - { name: batching, options: { dispatchIntervalMs: soon, patience: 1 } }',
    );
    const text = problems.join('\n');
    const places = ['2:7 base', ' colour', '4:7 load', '7:17 experiments.one.workloads.0', '9:9 experiments.one.schedulers.0', 'dispatchIntervalMs', 'patience'];
    expect(places.filter((place) => !text.includes(place))).toEqual([]);
  });

  it.each(['Tiny', 'a b', '-a', 'a/b', '""', '..'])('is refused the name %s, with what a name is made of', (name) => {
    expect(problemsOf(`name: ${name}`, 'base: baseline', ...rest)).toEqual(['1:7 name: must be lower-case letters, digits and hyphens']);
  });

  it('is refused the name of an experiment that would not do for a folder', () => {
    expect(problemsOf('name: tiny', 'base: baseline', 'experiments:', '  One/Two: { workloads: [icdcs-io], schedulers: [baseline] }')).toEqual([expect.stringMatching(/^4:\d+ experiments\.One\/Two: /)]);
  });

  it('must hold an experiment', () => {
    expect(problemsOf('name: tiny', 'base: baseline', 'experiments: {}')).toEqual(['3:14 experiments: must hold an experiment']);
  });

  it('counts its problems in the title', () => {
    const one = suiteFile('name: tiny', 'base: nobody', ...rest);
    expect(thrownBy(() => readSuiteFile(one, names)).message).toMatch(/ has 1 problem:\n/);
    const two = suiteFile('name: tiny', 'base: nobody', ...rest.map((line) => line.replace('[baseline]', '[round-robin]')));
    expect(thrownBy(() => readSuiteFile(two, names)).message).toMatch(/ has 2 problems:\n/);
  });
});

describe('a sweep', () => {
  const swept = (schedulers: string, sweep: string): string[] => ['name: tiny', 'base: baseline', 'experiments:', '  one:', '    workloads: [icdcs-io]', `    schedulers: ${schedulers}`, `    sweep: ${sweep}`];

  it('is taken as it is', () => {
    expect(suiteOf(...swept('[vanilla, baseline]', '{ dispatchIntervalMs: [10, 50] }')).experiments['one']?.sweep).toEqual({ dispatchIntervalMs: [10, 50] });
  });

  it('of an option that no scheduler of the experiment has is told its place, and the options there are', () => {
    expect(problemsOf(...swept('[vanilla, baseline]', '{ sloQuantile: [0.5], dispatchIntervalMs: [10] }'))).toEqual([
      '7:14 experiments.one.sweep.sloQuantile: no scheduler of the experiment has this option; they have: dispatchIntervalMs',
    ]);
  });

  it('is told every value that a scheduler does not take', () => {
    expect(problemsOf(...swept('[vanilla, kraken, baseline]', '{ sloQuantile: [0.5, 2, high], dispatchIntervalMs: [-1] }'))).toEqual([
      expect.stringMatching(/^7:64 experiments\.one\.sweep\.dispatchIntervalMs\.0: 'vanilla' does not take it: Too small/),
      expect.stringMatching(/^7:64 experiments\.one\.sweep\.dispatchIntervalMs\.0: 'kraken' does not take it: Too small/),
      expect.stringMatching(/^7:33 experiments\.one\.sweep\.sloQuantile\.1: 'kraken' does not take it: Too big/),
      expect.stringMatching(/^7:36 experiments\.one\.sweep\.sloQuantile\.2: 'kraken' does not take it: .*expected number/),
    ]);
  });

  it.each([
    ['holds a value twice', '[vanilla]', '{ dispatchIntervalMs: [10, 10] }', /sweep\.dispatchIntervalMs\.1: is listed twice/],
    ['has no values', '[vanilla]', '{ dispatchIntervalMs: [] }', /sweep\.dispatchIntervalMs: /],
    ['sweeps what an entry sets', '[{ name: vanilla, options: { dispatchIntervalMs: 20 } }]', '{ dispatchIntervalMs: [10] }', /^6:46 experiments\.one\.schedulers\.0\.options\.dispatchIntervalMs: is swept in this experiment/],
    ['makes two entries of one', '[vanilla, vanilla]', '{ dispatchIntervalMs: [10] }', /^6:27 experiments\.one\.schedulers\.1: is listed twice/],
  ])('is refused when it %s', (_what, schedulers, sweep, problem) => {
    const problems = problemsOf(...swept(schedulers, sweep));
    expect(problems).toContainEqual(expect.stringMatching(problem));
  });

  it('is told together with faults of form elsewhere', () => {
    const problems = problemsOf(...swept('[vanilla]', '{ dispatchIntervalMs: [-1] }'), 'colour: red');
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual(['colour:', 'experiments.one.sweep.dispatchIntervalMs.0:']);
  });
});

describe('a file that is not YAML', () => {
  it('is told every fault with its line', () => {
    const path = suiteFile('name: tiny', 'base: [baseline', 'x: : y');
    const error = thrownBy(() => readSuiteFile(path, names));
    expect(error.code).toBe('FBB_ERR_SUITE_INVALID');
    expect(error.message).toContain(`${path} is not YAML:\n`);
    expect(error.message.split('\n').length).toBeGreaterThan(2);
    expect(error.message).toMatch(/line 3|:3:/);
  });

  it.each([
    ['a key that is there twice', ['name: tiny', 'name: other', 'base: baseline', ...rest]],
    ['a second document', ['name: tiny', 'base: baseline', ...rest, '---', 'name: other']],
    ['an alias of nothing', ['name: tiny', 'base: *missing', ...rest]],
  ])('is refused for %s', (_what, lines) => {
    expect(thrownBy(() => readSuiteFile(suiteFile(...lines), names)).code).toBe('FBB_ERR_SUITE_INVALID');
  });

  it.each([['', 'null'], ['- a list', 'array'], ['just text', 'string']])('or not a map is refused (%j)', (text, type) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(new RegExp(`^1:1 \\(top\\): .*received ${type}`))]);
  });

  it.each(['gone.yaml', '.'])('or not a file is refused with its path (%s)', (name) => {
    const path = join(dirname(suiteFile('name: tiny')), name);
    const error = thrownBy(() => readSuiteFile(path, names));
    expect(error.code).toBe('FBB_ERR_SUITE_INVALID');
    expect(error.message).toContain(`${path} cannot be read: `);
  });
});

describe('published figures that are at fault', () => {
  it('are refused with the path of their own file when they are not there', () => {
    const path = suiteFile('name: tiny', 'base: baseline', 'published: figures.yaml', ...rest);
    expect(thrownBy(() => readSuiteFile(path, names)).message).toContain(`${join(dirname(path), 'figures.yaml')} cannot be read: `);
  });

  it('are told their places', () => {
    const path = suiteFile('name: tiny', 'base: baseline', 'published: figures.yaml', ...rest);
    const figures = join(dirname(path), 'figures.yaml');
    writeFileSync(figures, 'source: a paper\ncells:\n  - { experiment: one, workload: icdcs-io, scheduler: sfs, meanMs: fast, p50Ms: 1, p98Ms: 3, containers: 7 }\n');
    expect(thrownBy(() => readSuiteFile(path, names)).message).toMatch(new RegExp('figures\\.yaml:3:\\d+ cells\\.0\\.meanMs: '));
  });
});
