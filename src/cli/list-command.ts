import { basename } from 'node:path';
import { describeError, describeOptions, type SchedulerOption } from '../core/index.js';
import { listResultSets, ResultSet, type Manifest } from '../results/index.js';
import { findSuite, listSuites } from '../suites/index.js';
import { createRegistries, type Registries } from './composition.js';
import { listHostProfiles } from './host-profiles.js';
import { print } from './output.js';
import { suitesFolder } from './package-root.js';

interface Entry {
  readonly name: string;
  readonly description: string;
  /** Of a scheduler, shown with --verbose. */
  readonly options?: readonly SchedulerOption[];
  /** Shown with --verbose. */
  readonly details: Readonly<Record<string, unknown>>;
}

type Topic = 'suites' | 'schedulers' | 'workloads' | 'functions' | 'hosts' | 'results';

const readers: Record<Topic, (registries: Registries, out: string) => Entry[]> = {
  suites: (registries) =>
    listSuites(suitesFolder).map((name) => {
      const suite = findSuite(name, suitesFolder, registries);
      return { name, description: suite.description, details: { experiments: Object.keys(suite.experiments).join(', '), seed: suite.seed, load: suite.load } };
    }),
  schedulers: ({ schedulers }) =>
    schedulers.list().map(({ name, description, options, requires, multiplexing, profileOf }) => ({
      name,
      description,
      options: describeOptions(options),
      details: { ...(requires.length > 0 ? { requires: requires.join(', ') } : {}), ...(profileOf === undefined ? {} : { profileOf }), sharesResources: multiplexing },
    })),
  workloads: ({ workloads }) => workloads.list().map(({ name, description, functionName, spanMs }) => ({ name, description, details: { function: functionName, spanMs } })),
  functions: ({ functions }) => functions.list().map(({ name, description, kind, timeoutMs, needs }) => ({ name, description, details: { kind, timeoutMs, needs: needs.join(', ') || 'nothing' } })),
  hosts: () => listHostProfiles().map(({ name, description, cores, effectiveCores, source }) => ({ name, description, details: { cores, effectiveCores: effectiveCores ?? cores, source } })),
  results: (_registries, out) =>
    listResultSets(out).map((folder) => {
      let manifest: Manifest;
      try {
        ({ manifest } = ResultSet.open(folder));
      } catch (thrown) {
        return { name: basename(folder), description: `cannot be read: ${describeError(thrown)}`, details: {} };
      }
      return { name: basename(folder), description: `${manifest.suite.name}, ${manifest.cells.length} cells, ${manifest.status}`, details: { createdAt: manifest.createdAt, command: manifest.command } };
    }),
};

/** `sloQuantile = 0.98 (number): what it means` */
function describeOption({ name, type, default: value, description }: SchedulerOption): string {
  return `${name}${value === undefined ? '' : ` = ${typeof value === 'string' ? value : JSON.stringify(value)}`} (${type}${value === undefined ? ', must be given' : ''})${description === undefined ? '' : `: ${description}`}`;
}

function printEntries(topic: string, entries: readonly Entry[], verbose: boolean): void {
  print(`${topic}:${entries.length === 0 ? ' none' : ''}`);
  const width = Math.max(0, ...entries.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 6);
  for (const { name, description, options = [], details } of entries) {
    print(`  ${name.padEnd(width)}  ${description}`);
    if (!verbose) continue;
    for (const line of options.map(describeOption)) print(`${indent}${line}`);
    for (const [key, value] of Object.entries(details)) print(`${indent}${key} = ${String(value)}`);
  }
}

/** `list [topic]` */
export function listCommand(topic: Topic | undefined, options: { out: string; verbose?: true; json?: true }): void {
  const registries = createRegistries();
  const topics: Topic[] = topic === undefined ? ['suites', 'schedulers', 'workloads', 'functions', 'hosts'] : [topic];
  const found = topics.map((name) => [name, readers[name](registries, options.out)] as const);
  if (options.json === true) print(JSON.stringify(Object.fromEntries(found), undefined, 2));
  else for (const [name, entries] of found) printEntries(name, entries, options.verbose === true);
}
