import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultSet } from '../../src/results/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { builtinWorkloads } from '../../src/workloads/index.js';
import { manifestOf } from '../results/stored-run.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const there = {
  suites: ['icdcs'],
  schedulers: builtinSchedulers().names(),
  workloads: builtinWorkloads().names(),
  functions: ['blob-couchdb', 'fib'],
  hosts: ['icdcs2023-testbed'],
};
const topics = Object.keys(there) as (keyof typeof there)[];

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly details: Readonly<Record<string, unknown>>;
}

async function json(...args: string[]): Promise<Record<string, Entry[]>> {
  const { code, stdout, stderr } = await place.run('list', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, Entry[]>;
}

describe('list', () => {
  it('shows everything but results when no topic is given', async () => {
    const { code, stdout, stderr } = await place.run('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^\w+:/gm)).toEqual(topics.map((topic) => `${topic}:`));
    for (const name of Object.values(there).flat()) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  });

  it.each(topics)('%s shows those alone, each with what it is', async (topic) => {
    const { code, stdout } = await place.run('list', topic);
    expect(code).toBe(0);
    const [title, ...lines] = stdout.trimEnd().split('\n');
    expect(title).toBe(`${topic}:`);
    expect(lines.map((line) => /^ {2}(\S+) {2,}\S/.exec(line)?.[1])).toEqual(expect.arrayContaining(there[topic]));
  });

  it('--json holds the same names, and details', async () => {
    const all = await json();
    expect(Object.keys(all)).toEqual(topics);
    for (const topic of topics) expect(all[topic]?.map(({ name }) => name)).toEqual(expect.arrayContaining(there[topic]));
    expect(all['functions']?.find(({ name }) => name === 'fib')?.details).toMatchObject({ kind: 'cpu' });
    expect(await json('schedulers')).toEqual({ schedulers: all['schedulers'] });
  });

  it('schedulers --verbose shows options with their defaults and what they mean, and what a scheduler needs', async () => {
    const { stdout } = await place.run('list', 'schedulers', '--verbose');
    const of = (name: string): string[] => (new RegExp(`^ {2}${name} .*\\n((?: {4,}.*\\n)+)`, 'm').exec(stdout)?.[1] ?? '').trim().split(/\n\s+/);
    expect(of('batching')).toEqual(['dispatchIntervalMs = 200 (number): length of the dispatch window in ms', 'sharesResources = false']);
    expect(of('batching-expanding').at(-1)).toBe('sharesResources = true');
    expect(of('kraken')).toEqual(expect.arrayContaining([expect.stringMatching(/^predictor = oracle \("oracle" \| "ewma"\): /), 'profileOf = vanilla']));
    expect(of('sfs')).toContain('requires = cpu-class');
    expect((await place.run('list', 'schedulers')).stdout).not.toContain('dispatchIntervalMs = ');
  });

  it('suites --verbose shows the experiments of a suite', async () => {
    expect((await place.run('list', 'suites', '--verbose')).stdout).toMatch(/^ +experiments = .*\be2e\b/m);
  });

  it('results says when there are none, also when there is no folder', async () => {
    expect(await place.run('list', 'results', '--out', place.out)).toEqual({ code: 0, signal: null, stdout: 'results: none\n', stderr: '' });
    expect(await json('results', '--out', place.out)).toEqual({ results: [] });
  });

  it('results shows what is stored', async () => {
    ResultSet.create(place.out, manifestOf({ id: 'tiny-1', status: 'interrupted' }));
    const { stdout } = await place.run('list', 'results', '--out', place.out);
    expect(stdout).toBe('results:\n  tiny-1  tiny, 1 cells, interrupted\n');
  });
});
