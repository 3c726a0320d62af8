import { describeError, MonotonicClock } from '../core/index.js';

/** `warning`: it works, but. `missing`: it is not there. `failed`: it is there and does not work. */
export type CheckState = 'ok' | 'warning' | 'missing' | 'failed';

/** What was looked at, and what was found. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  readonly found: string;
  /** The one command or setting that mends it. */
  readonly mend?: string;
}

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found };
}

export function warning(name: string, found: string, mend: string): Check {
  return { name, state: 'warning', found, mend };
}

interface Limit {
  readonly limitMs: number;
  /** Ends it earlier. */
  readonly signal?: AbortSignal | undefined;
}

/** Rejects when a check has not ended in time, or is not wanted any more; it may go on, and nobody listens. */
export async function within<T>(answer: Promise<T>, { limitMs, signal }: Limit): Promise<T> {
  const clock = new MonotonicClock();
  let giveUp: (why: Error) => void = () => undefined;
  const given = new Promise<never>((_resolve, reject) => (giveUp = reject));
  const timer = clock.setTimer(limitMs, () => giveUp(new Error(`nothing came within ${limitMs / 1_000} s`)));
  const interrupted = (): void => giveUp(new Error('interrupted'));
  signal?.addEventListener('abort', interrupted);
  if (signal?.aborted === true) interrupted();
  try {
    return await Promise.race([answer, given]);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', interrupted);
  }
}

/** What a check finds; one that throws or takes too long has failed. */
export async function checked(name: string, check: () => Promise<Check>, limit: Limit): Promise<Check> {
  try {
    return await within(check(), limit);
  } catch (thrown) {
    return { name, state: 'failed', found: describeError(thrown) };
  }
}
