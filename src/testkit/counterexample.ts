import type { Arrival } from './fake-cell.js';
import type { Troubles } from './random-cells.js';

/** What a rule of the conformance tests is tried on. */
export interface Scenario {
  readonly trace: readonly Arrival[];
  readonly troubles: Troubles;
  readonly seed: number;
  readonly keepAliveMs: number;
  readonly maxContainers?: number | undefined;
}

const linesShown = 20;

const troubleTexts: Record<keyof Troubles, string> = {
  failedLaunch: 'of the launches fail',
  shortLife: 'of the containers die within 800 ms',
  kills: 'of the invocations take their container with them',
  blocks: 'of the invocations block their container',
  fails: 'of the invocations fail or time out',
  repeats: 'of the results are reported twice',
};

const round = (value: number): string => String(Math.round(value * 10) / 10);

function arrivalLine({ intendedMs, functionId = 'f', lagMs = 0 }: Arrival, id: number): string {
  return `  ${round(intendedMs)} ms: invocation ${id} of '${functionId}' arrives${lagMs >= 0.05 ? `, ${round(lagMs)} ms late` : ''}`;
}

/** A scenario in a few lines: what arrives, and what goes wrong. */
export function describeScenario({ trace, troubles, seed, maxContainers }: Scenario): string {
  const lines = [`Seen with this trace${trace.length > linesShown ? ` of ${trace.length} invocations` : ''} (cell seed ${seed}):`];
  lines.push(...trace.slice(0, linesShown).map(arrivalLine));
  if (trace.length > linesShown) lines.push(`  and ${trace.length - linesShown} more`);
  for (const [name, share] of Object.entries(troubles) as [keyof Troubles, number][]) {
    if (share >= 0.0005) lines.push(`  ${round(share * 100)} % ${troubleTexts[name]}`);
  }
  if (maxContainers !== undefined) lines.push(`  at most ${maxContainers} ${maxContainers === 1 ? 'container' : 'containers'} at a time (--max-containers ${maxContainers})`);
  return lines.join('\n');
}
