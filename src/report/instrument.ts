import type { CellSummary } from '../results/index.js';
import { formatMs } from './formats.js';

/** One thing that tells how far the instrument itself can be trusted. */
export interface InstrumentLine {
  /** `none`: nothing was measured, so there was no instrument. */
  readonly aspect: 'none' | 'lag' | 'stolen' | 'harness' | 'sampling' | 'memory';
  /** Of all cells: ms of lag, or a share; NaN where it is not known, or no number. */
  readonly worst: number;
  readonly text: string;
}

/** What a reader must know of memory that is not PSS. */
const memorySources: readonly (readonly [CellSummary['memory']['source'], string])[] = [
  ['rss', 'memory is RSS, which counts shared pages in every container: there is no PSS here'],
  ['cgroup', 'memory is what control groups are charged for, without idle file pages: a shared page counts in the container that touched it first'],
  ['docker-stats', "memory and CPU are as Docker's stats tell, about once a second"],
];

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Lateness of the load generator, what others took of the host, and cost of sampling, the worst of all cells; empty when none was run. */
export function instrumentLines(all: readonly CellSummary[]): InstrumentLine[] {
  const summaries = all.filter(({ skipped }) => skipped === undefined);
  const none = (text: string): InstrumentLine[] => [{ aspect: 'none', worst: Number.NaN, text }];
  if (summaries.length === 0) return [];
  if (summaries.every(({ backend }) => backend === 'artifact')) return none('imported: how late the load was, and what sampling cost, nobody tells');
  if (summaries.every(({ backend }) => backend === 'simulation')) return none('simulated in virtual time: no load generator, no sampling, memory as the host profile says');
  const lagMs = Math.max(...summaries.map(({ loadGenerator }) => loadGenerator.lagP99Ms ?? loadGenerator.lagMaxMs ?? 0));
  const samplerShare = Math.max(...summaries.map(({ sampler }) => sampler?.coreShare ?? Number.NaN));
  const harnessShares = summaries.flatMap(({ harness }) => (harness === undefined ? [] : [harness.coreShare]));
  const stolenShares = summaries.flatMap(({ cpu }) => (cpu.hostStolenShare === null ? [] : [cpu.hostStolenShare]));
  const realTime = summaries.every(({ loadGenerator }) => loadGenerator.realTime);
  const most = (aspect: InstrumentLine['aspect'], shares: readonly number[], say: (share: string) => string): InstrumentLine[] => {
    const worst = Math.max(...shares);
    return shares.length === 0 ? [] : [{ aspect, worst, text: say(percent(worst)) }];
  };
  return [
    { aspect: 'lag', worst: lagMs, text: `load generator late by at most ${formatMs(lagMs)} ms (p99 of the worst cell), its threads in the ${realTime ? 'real-time class' : 'normal class: chrt is not there or not permitted'}` },
    ...most('stolen', stolenShares, (share) => `other machines took at most ${share} of the cores`),
    ...most('harness', harnessShares, (share) => `the harness itself used at most ${share} of a core`),
    { aspect: 'sampling', worst: samplerShare, text: `sampling cost ${Number.isNaN(samplerShare) ? 'unknown in a cell' : `at most ${percent(samplerShare)} of a core`}` },
    ...memorySources.flatMap(([source, text]): InstrumentLine[] => (summaries.some(({ memory }) => memory.source === source) ? [{ aspect: 'memory', worst: Number.NaN, text }] : [])),
  ];
}

/** All of it in one line; undefined when nothing was run. */
export function renderInstrument(summaries: readonly CellSummary[]): string | undefined {
  const lines = instrumentLines(summaries);
  return lines.length === 0 ? undefined : lines.map(({ text }) => text).join('; ');
}
