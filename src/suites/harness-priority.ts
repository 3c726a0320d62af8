import { execFile } from 'node:child_process';

/** Above what a scheduler may give its containers, below the kernel's own threads. */
const harnessPriority = 50;

/**
 * Threads that the first one may have to wait for: V8's, which help to collect garbage. In the normal class they would wait, and it with
 * them, for as long as containers in the real-time class keep the cores.
 */
const helperPriority = harnessPriority + 1;

/** One that watches a thread of the harness must get through while that one keeps its core; it sleeps nearly always. */
export const watchdogPriority = harnessPriority + 1;

/**
 * Puts one thread of the harness into the real-time class, so that the containers it measures cannot make it late. Needs Linux,
 * `chrt` and the permission (root, or CAP_SYS_NICE); resolves to whether it had them. Children start in the normal class.
 */
export function raiseToRealTime(threadId: number | null, priority = harnessPriority): Promise<boolean> {
  return threadId === null ? Promise.resolve(false) : chrt('--pid', String(priority), String(threadId));
}

/** The same for the first thread of this process, on which the engine runs, and those that it may have to wait for. */
export async function raiseEngine(): Promise<boolean> {
  const pid = String(process.pid);
  return (await chrt('--all-tasks', '--pid', String(helperPriority), pid)) && (await chrt('--pid', String(harnessPriority), pid));
}

function chrt(...settings: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('chrt', ['--reset-on-fork', '--fifo', ...settings], (error) => resolve(error === null));
  });
}
