import type { ContainerPlace } from '../core/container-observer.js';
import type { ContainerSample, SampleRound, SamplerCost } from '../core/measures.js';

/** What the harness tells its sampler. */
export type SamplerRequest =
  | { readonly type: 'watch'; readonly containerId: number; readonly place: Exclude<ContainerPlace, { kind: 'told' }> }
  | { readonly type: 'unwatch'; readonly containerId: number }
  | { readonly type: 'stop' };

/** What the sampler sends: rounds as they are taken, and its cost as the last word. */
export type SamplerMessage =
  | { readonly type: 'round'; readonly atMs: number; readonly host: SampleRound['host']; readonly samples: PackedSamples }
  | { readonly type: 'cost'; readonly cost: SamplerCost };

/** What the sampler is told at its start, in the environment variable `FBB_SAMPLER`. */
export interface SamplerConfig {
  readonly intervalMs: number;
  /** PSS costs about 1 ms a process to read, so no more than this many are read in a round, the longest unread first. */
  readonly pssReadsPerRound: number;
  /** The same for memory.stat of control groups, at about 10 µs. */
  readonly statReadsPerRound: number;
}

export const samplerConfigVariable = 'FBB_SAMPLER';

/** Five numbers a container, one after another: a message of hundreds of containers ten times a second is read by the engine's own thread. */
type PackedSamples = readonly (number | null)[];

const fieldCount = 5;

/** Three decimals are what is stored; more would make the message longer. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}

export function packSamples(samples: readonly ContainerSample[]): PackedSamples {
  const packed: (number | null)[] = [];
  for (const { containerId, cpuPercent, cpuMs, rssMb, memoryMb } of samples) packed.push(containerId, rounded(cpuPercent), rounded(cpuMs), rounded(rssMb), rounded(memoryMb));
  return packed;
}

export function unpackSamples(packed: PackedSamples): ContainerSample[] {
  const samples: ContainerSample[] = [];
  for (let at = 0; at < packed.length; at += fieldCount) {
    samples.push({
      containerId: packed[at] as number,
      cpuPercent: packed[at + 1] as number,
      cpuMs: packed[at + 2] as number,
      rssMb: packed[at + 3] ?? undefined,
      memoryMb: packed[at + 4] ?? undefined,
    });
  }
  return samples;
}
