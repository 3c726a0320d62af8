import { monotonicNowMs } from '../core/index.js';

function fib(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return fib(n - 1) + fib(n - 2);
}

const rounds = 15;

/**
 * Solo time of fib(30) on this machine in ms: the smallest of several measurements on a warm function, as interruptions can only
 * lengthen one. Takes about 0.2 s.
 */
export function measureFib30Ms(): number {
  for (let i = 0; i < 3; i += 1) fib(27);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i += 1) {
    const startMs = monotonicNowMs();
    fib(30);
    best = Math.min(best, monotonicNowMs() - startMs);
  }
  return best;
}
