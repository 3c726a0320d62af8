import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatHostProfile, readHostProfile, type HostProfile } from '../../../src/backends/simulation/index.js';
import { readDoc, root, tableOf } from '../../docs/markdown.js';
import { temporaryFolder } from '../../results/temporary-folder.js';
import { thrownBy } from '../../results/thrown-by.js';

const least = `
name: small
description: a host of the tests
source: made up
cores: 2
launch: { latencyMs: 20, cpuMs: 30 }
request: { cpuMs: 1, toContainerMs: 2, fromContainerMs: 3 }
thread: { startCpuMs: 4 }
memory: { containerMb: 5, threadMb: 6, invocationMb: 7 }
functions:
  fib: { model: fib, fib30Ms: 8 }
  blob: { model: client, clientCpuMs: 9, clientWaitMs: 10, cpuMs: 11, waitMs: 12 }
  other: { model: stated }
`;

/** No field at its default. Typed so that a new field of the schema, with a default or without, is missing here until it is added. */
const full: HostProfile = {
  name: 'full',
  description: 'a host\nwhose description has two lines: and a colon',
  source: 'made up',
  cores: 8,
  effectiveCores: 6.5,
  containerCores: 1.25,
  launch: { parallel: 3, latencyMs: 0.125, cpuMs: 30, threads: 2, perSecond: 8.8 },
  request: { cpuMs: 1e-7, firstCpuMs: 2, toContainerMs: 3, fromContainerMs: 4 },
  thread: { startCpuMs: 5, startThreads: 6 },
  memory: { containerMb: 7, threadMb: 8, invocationMb: 9, hostMb: 65_536 },
  functions: {
    fib: { model: 'fib', loadLatencyMs: 1, loadCpuMs: 2, fib30Ms: 3 },
    blob: { model: 'client', loadLatencyMs: 1, loadCpuMs: 2, clientCpuMs: 3, clientServerCpuMs: 4, clientWaitMs: 5, cpuMs: 6, serverCpuMs: 7, waitMs: 8, firstCpuMs: 9 },
    other: { model: 'stated', loadLatencyMs: 1, loadCpuMs: 2 },
  },
};

function written(text: string): string {
  const path = join(temporaryFolder(), 'host.yaml');
  writeFileSync(path, text);
  return path;
}

const read = (text: string): HostProfile => readHostProfile(written(text));

/** The least profile with one line replaced. */
function changed(line: string, by: string): string {
  if (!least.includes(line)) throw new Error(`no '${line}'`);
  return least.replace(line, by);
}

describe('a host profile that is read', () => {
  it('has no limits and no extra costs unless it says so', () => {
    expect(read(least)).toEqual({
      name: 'small',
      description: 'a host of the tests',
      source: 'made up',
      cores: 2,
      effectiveCores: null,
      containerCores: null,
      launch: { parallel: null, latencyMs: 20, cpuMs: 30, threads: 1, perSecond: null },
      request: { cpuMs: 1, firstCpuMs: 0, toContainerMs: 2, fromContainerMs: 3 },
      thread: { startCpuMs: 4, startThreads: 1 },
      memory: { containerMb: 5, threadMb: 6, invocationMb: 7, hostMb: null },
      functions: {
        fib: { model: 'fib', loadLatencyMs: 0, loadCpuMs: 0, fib30Ms: 8 },
        blob: { model: 'client', loadLatencyMs: 0, loadCpuMs: 0, clientCpuMs: 9, clientServerCpuMs: 0, clientWaitMs: 10, cpuMs: 11, serverCpuMs: 0, waitMs: 12, firstCpuMs: 0 },
        other: { model: 'stated', loadLatencyMs: 0, loadCpuMs: 0 },
      },
    });
  });

  it.each([['with every field', full], ['with the least', undefined]])('comes back as it was when it is written and read again, %s', (_name, given) => {
    const profile = given ?? read(least);
    expect(read(formatHostProfile(profile))).toEqual(profile);
  });

  it.each(readdirSync(join(root, 'hosts')))('may be the one that comes with the package: %s', (file) => {
    expect(`${readHostProfile(join(root, 'hosts', file)).name}.yaml`).toBe(file);
  });
});

describe('a host profile with mistakes', () => {
  it.each([
    ['a name that is no name', 'name: small', 'name: Not small', 'name'],
    ['half a core', 'cores: 2', 'cores: 1.5', 'cores'],
    ['no core', 'cores: 2', 'cores: 0', 'cores'],
    ['more effective cores than cores', 'cores: 2', 'cores: 2\neffectiveCores: 2.5', 'effectiveCores'],
    ['no effective core', 'cores: 2', 'cores: 2\neffectiveCores: 0', 'effectiveCores'],
    ['a negative time', 'latencyMs: 20', 'latencyMs: -1', 'launch.latencyMs'],
    ['a time that is no number', 'latencyMs: 20', 'latencyMs: .nan', 'launch.latencyMs'],
    ['a time without end', 'latencyMs: 20', 'latencyMs: .inf', 'launch.latencyMs'],
    ['a number as text', 'latencyMs: 20', "latencyMs: '20'", 'launch.latencyMs'],
    ['memory without end', 'invocationMb: 7', 'invocationMb: 7, hostMb: .inf', 'memory.hostMb'],
    ['a field that is missing', 'latencyMs: 20, ', '', 'launch.latencyMs'],
    ['a model that there is not', 'model: fib', 'model: fibonacci', 'functions.fib.model'],
    ['a field of another model', 'model: stated', 'model: stated, fib30Ms: 1', 'functions.other'],
    ['an unknown field at the top', 'cores: 2', 'cores: 2\ncoers: 3', '(top)'],
    ['an unknown field further down', 'latencyMs: 20', 'latencyMs: 20, limit: 3', 'launch'],
  ])('tells the place of %s', (_what, line, by, place) => {
    const path = written(changed(line, by));
    const { code, message } = thrownBy(() => readHostProfile(path));
    const [first, ...problems] = message.split('\n');
    expect({ code, first }).toEqual({ code: 'FBB_ERR_HOST_PROFILE', first: `The host profile ${path} has 1 problem:` });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^ {2}${place.replace(/[.()]/g, '\\$&')}: \\S`))]);
  });

  it('names an unknown field', () => {
    expect(thrownBy(() => read(changed('cores: 2', 'cores: 2\ncoers: 3'))).message).toContain('"coers"');
  });

  it('tells all of them at once', () => {
    const { message } = thrownBy(() => read(changed('cores: 2', 'cores: 0').replace('fib30Ms: 8', 'fib30Ms: 0').replace('startCpuMs: 4', 'startThreads: 0')));
    expect(message).toContain('has 4 problems:\n');
    expect(message.split('\n').slice(1).map((line) => line.trim().split(':')[0])).toEqual(['cores', 'thread.startCpuMs', 'thread.startThreads', 'functions.fib.fib30Ms']);
  });

  it.each([['empty', ''], ['a list', '- 1\n'], ['a text', 'nothing\n']])('is refused as a whole when it is %s', (_what, text) => {
    expect(thrownBy(() => read(text)).message).toMatch(/has 1 problem:\n {2}\(top\): /);
  });

  it('says so when it is not YAML, or cannot be read', () => {
    for (const path of [written('name: [small\n'), join(temporaryFolder(), 'nowhere.yaml'), temporaryFolder()]) {
      expect(thrownBy(() => readHostProfile(path))).toMatchObject({ code: 'FBB_ERR_HOST_PROFILE', message: expect.stringMatching(/^The host profile .* cannot be read: /) as string });
    }
  });
});

/** Fields by their places; those of functions by their names alone. */
function fieldsOf(profile: object, place = ''): string[] {
  return Object.entries(profile).flatMap(([name, value]) => (typeof value === 'object' && value !== null ? fieldsOf(value as object, `${place}${name}.`) : [place + name]));
}

describe('docs/simulation.md', () => {
  const rows = tableOf(readDoc('docs/simulation.md').replace(/`([^`]*)`/g, '«$1»'), 'field', 'meaning') as [string, string][];
  const named = (text: string): string[] => [...text.matchAll(/«([^»]*)»/g)].map(([, name]) => name as string);
  const { functions, ...others } = full;

  it('names every field of a host profile, and no other', () => {
    const documented = rows.flatMap(([fields]) => named(fields)).filter((field) => field !== 'functions.<name>');
    expect(documented.sort()).toEqual(fieldsOf(others).sort());
  });

  it('names every field of a function, and no other', () => {
    const [, meaning = ''] = rows.find(([fields]) => fields.includes('functions.<name>')) ?? [];
    const models = Object.values(functions).map(({ model }) => `model: ${model}`);
    const fields = Object.values(functions).flatMap((profile) => Object.keys(profile)).filter((name) => name !== 'model');
    expect(named(meaning).filter((text) => !text.startsWith('{')).sort()).toEqual([...new Set([...models, ...fields])].sort());
  });
});
