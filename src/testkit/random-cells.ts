import fc from 'fast-check';
import { createRng, type Invocation } from '../core/index.js';
import type { Ending, FakeBackendOptions } from './fake-backend.js';
import type { Arrival } from './fake-cell.js';

/** What goes wrong, and how often. */
export interface Troubles {
  readonly failedLaunch: number;
  readonly shortLife: number;
  readonly kills: number;
  readonly blocks: number;
  readonly fails: number;
  readonly repeats: number;
}

export const noTroubles: Troubles = { failedLaunch: 0, shortLife: 0, kills: 0, blocks: 0, fails: 0, repeats: 0 };

/** Built on integers: fast-check spreads doubles over their representations, so that nearly all of them are next to zero. */
export function fraction(max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 100_000 }).map((drawn) => (drawn / 100_000) * max);
}

const probability = (max: number): fc.Arbitrary<number> => fc.oneof(fc.constant(0), fraction(max));

export const anyTroubles: fc.Arbitrary<Troubles> = fc.record({
  failedLaunch: probability(0.4),
  shortLife: probability(0.5),
  kills: probability(0.3),
  blocks: probability(0.2),
  fails: probability(0.3),
  repeats: probability(0.5),
});

/** Bursts, gaps and long pauses over several functions, in order of intended arrival. */
export function anyTrace(functions: readonly string[], maxLength = 40): fc.Arbitrary<Arrival[]> {
  const gapMs = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fraction(30) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 500 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500, max: 5_000 }) },
  );
  const lagMs = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fraction(20) });
  return fc
    .array(fc.record({ gapMs, lagMs, functionId: fc.constantFrom(...functions) }), { minLength: 1, maxLength, size: 'max' })
    .map((arrivals) => {
      let intendedMs = 0;
      return arrivals.map(({ gapMs: gap, lagMs: lag, functionId }) => {
        intendedMs += gap;
        return { intendedMs, functionId, lagMs: lag };
      });
    });
}

/**
 * A backend whose latencies and troubles are drawn from a seed. Each draw depends on what it is for and not on the order of the
 * questions, so that two schedulers meet the same functions.
 */
export function troubledBackend(seed: number, troubles: Troubles): FakeBackendOptions {
  const root = createRng(seed);
  const draw = (label: string, max: number): number => root.derive(label).next() * max;
  const happens = (label: string, share: number): boolean => root.derive(label).next() < share;
  return {
    launchMs: ({ id }) => draw(`launch ${id}`, 400),
    failsLaunch: ({ id }) => happens(`failed launch ${id}`, troubles.failedLaunch),
    livesMs: ({ id }) => (happens(`short life ${id}`, troubles.shortLife) ? draw(`life ${id}`, 800) : undefined),
    endsAfterMs: ({ id }) => draw(`end ${id}`, 50),
    transportMs: ({ id }) => draw(`transport ${id}`, 3),
    executionMs: ({ id, attempt }) => draw(`execution ${id} ${attempt}`, id % 7 === 0 ? 2_000 : 60),
    responseMs: ({ id }) => draw(`response ${id}`, 3),
    endingOf: (invocation) => endingOf(invocation, troubles, happens),
    skewMs: ({ id }) => draw(`skew ${id}`, 10) - 5,
    repeatsAfterMs: ({ id }) => (happens(`repeats ${id}`, troubles.repeats) ? draw(`repeat ${id}`, 500) : undefined),
  };
}

function endingOf({ id, attempt }: Invocation, troubles: Troubles, happens: (label: string, share: number) => boolean): Ending {
  // Some do it each time, others only once.
  const nature = happens(`stubborn ${id}`, 0.5) ? `${id}` : `${id} ${attempt}`;
  if (happens(`kills ${nature}`, troubles.kills)) return 'kills';
  if (happens(`blocks ${nature}`, troubles.blocks)) return 'blocks';
  if (happens(`fails ${nature}`, troubles.fails)) return happens(`timedOut ${nature}`, 0.5) ? 'timedOut' : 'failed';
  return 'completed';
}
