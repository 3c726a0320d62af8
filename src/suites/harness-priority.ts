import { execFile } from 'node:child_process';

/** Above what a scheduler may give its containers, below the kernel's own threads. */
const harnessPriority = 50;

/**
 * The first thread may have to wait for others: V8's, which help to collect garbage. In the normal class they would wait, and it with
 * them, for as long as containers in the real-time class keep the cores. The watchdog must get through while the first thread keeps its
 * core; it sleeps nearly always.
 */
const helperPriority = harnessPriority + 1;

/**
 * Puts the threads of this process into the real-time class, so that the containers it measures cannot make it late: the first one, on
 * which the engine runs, and above it all others that there are. Needs Linux, `chrt` and the permission (root, or CAP_SYS_NICE); resolves
 * to whether it had them. Children start in the normal class.
 */
export async function raiseHarness(): Promise<boolean> {
  const pid = String(process.pid);
  return (await chrt('--all-tasks', '--pid', String(helperPriority), pid)) && (await chrt('--pid', String(harnessPriority), pid));
}

/** Puts the thread of the load generator beside the engine's, after `raiseHarness`. */
export function raisePacer(threadId: number | null): Promise<boolean> {
  return threadId === null ? Promise.resolve(false) : chrt('--pid', String(harnessPriority), String(threadId));
}

function chrt(...settings: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('chrt', ['--reset-on-fork', '--fifo', ...settings], (error) => resolve(error === null));
  });
}
