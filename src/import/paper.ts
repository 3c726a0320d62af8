import type { Manifest } from '../results/index.js';

type Workload = 'icdcs-cpu' | 'icdcs-io';

/** The worker of the paper's evaluation. */
export const testbed = {
  platform: 'linux',
  cores: 32,
  memoryGb: 64,
  containers: 'Docker',
  functions: 'Python 3',
  source: "the worker VM of the ICDCS 2023 evaluation, as the artifact's README describes it",
} as const satisfies Manifest['host'];

/** Invocations that were sent. */
export const invocationsOf: Readonly<Record<Workload, number>> = { 'icdcs-cpu': 800, 'icdcs-io': 400 };

/** The same for all results of the artifact, and of no run here: their functions are others. */
export function workloadHashOf(workload: string, invocations: number): string {
  return `icdcs2023-artifact-${workload}-${invocations}`;
}

const descriptions: Readonly<Record<string, string>> = {
  'vanilla': 'BaseBatching of the artifact',
  'sfs': 'SFS of the artifact',
  'kraken': 'Kraken of the artifact',
  'batching-expanding': 'FaaSBatch of the artifact, which calls it Batching',
};

export function describeArtifactScheduler(name: string): Manifest['schedulers'][number] {
  return { name, description: descriptions[name] ?? name, defaults: {}, plugin: null };
}
