import { execFile } from 'node:child_process';

/** Above what a scheduler may give its containers, below the kernel's own threads. */
const harnessPriority = 50;

/**
 * Puts one thread of the harness into the real-time class, so that the containers it measures cannot make it late. Needs Linux,
 * `chrt` and the permission (root, or CAP_SYS_NICE); resolves to whether it had them. Children start in the normal class.
 */
export function raiseToRealTime(threadId: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('chrt', ['--reset-on-fork', '--fifo', '--pid', String(harnessPriority), String(threadId)], (error) => resolve(error === null));
  });
}
