import type { InvocationRecord, PendingBatch } from './records.js';

/** What becomes of the unfinished invocations of a container that died. */
interface Recovery {
  /** Suspects that have had all their attempts. */
  readonly givenUp: readonly InvocationRecord[];
  /** Suspects that may try once more, alone. */
  readonly retried: readonly InvocationRecord[];
  /** Those that had not been started: they come back as if nothing had been. */
  readonly innocent: readonly InvocationRecord[];
}

/**
 * Sorts those that were running, in order of dispatch, and those of batches not yet handed over. A suspect is one that may have been running when the container died: everything that was expanded, and the first of those
 * that run one after another. Suspects are tried `maxAttempts` times, and from the second attempt on alone in their container, so
 * that one that kills containers takes nobody with it.
 */
export function planRecovery(running: readonly InvocationRecord[], outbox: readonly PendingBatch[], maxAttempts: number): Recovery {
  const givenUp: InvocationRecord[] = [];
  const retried: InvocationRecord[] = [];
  const innocent: InvocationRecord[] = [];
  let serialHeadSeen = false;
  for (const record of running) {
    const suspect = !record.serial || !serialHeadSeen;
    if (record.serial) serialHeadSeen = true;
    if (!suspect) innocent.push(record);
    else if (record.attempt >= maxAttempts) givenUp.push(record);
    else retried.push(record);
  }
  for (const batch of outbox) innocent.push(...batch.invocations);
  return { givenUp, retried, innocent };
}
