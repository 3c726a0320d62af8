import type { SampleRound, SamplerCost } from '../core/measures.js';

/** What the harness tells its sampler. */
export type SamplerRequest =
  | { readonly type: 'watch'; readonly containerId: number; readonly pid: number }
  | { readonly type: 'unwatch'; readonly containerId: number }
  | { readonly type: 'stop' };

/** What the sampler sends: rounds as they are taken, and its cost as the last word. */
export type SamplerMessage = (SampleRound & { readonly type: 'round' }) | (SamplerCost & { readonly type: 'cost' });

/** What the sampler is told at its start, in the environment variable `FBB_SAMPLER`. */
export interface SamplerConfig {
  readonly intervalMs: number;
  /** PSS costs about 1 ms a process to read, so no more than this many are read in a round, the longest unread first. */
  readonly pssReadsPerRound: number;
}

export const samplerConfigVariable = 'FBB_SAMPLER';
