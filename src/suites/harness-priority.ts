import { execFile } from 'node:child_process';

/** Above what a scheduler may give its containers, below the kernel's own threads. */
const harnessPriority = 50;

/** One that watches a thread of the harness must get through while that one keeps its core; it sleeps nearly always. */
export const watchdogPriority = harnessPriority + 1;

/**
 * Puts one thread of the harness into the real-time class, so that the containers it measures cannot make it late. Needs Linux,
 * `chrt` and the permission (root, or CAP_SYS_NICE); resolves to whether it had them. Children start in the normal class.
 */
export function raiseToRealTime(threadId: number | null, priority = harnessPriority): Promise<boolean> {
  if (threadId === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    execFile('chrt', ['--reset-on-fork', '--fifo', '--pid', String(priority), String(threadId)], (error) => resolve(error === null));
  });
}
