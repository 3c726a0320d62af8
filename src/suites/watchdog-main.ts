// The thread that looks after the hooks of a scheduler: one that never returns keeps the first thread for ever.
import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { processCpuMs } from '../core/process-cpu.js';
import { hookPatienceCpuMs, Pulse, type WatchdogData } from './watchdog-protocol.js';

/** `process.stderr` of a thread has no descriptor of its own: the first thread writes what it is given, when it can. */
const stderrFd = 2;
const lookPeriodMs = 250;
/** The first thread stores a manifest and prints a table before it ends. */
const lastWordsMs = 5_000;

const { pulse, sentences, event } = workerData as WatchdogData;

let calls = 0;
let cpuMsAtCall = 0;

/** The sentence about the hook that does not return. The wall clock would blame it for a busy machine. */
function stuck(): string | undefined {
  const hook = Atomics.load(pulse, Pulse.hook);
  const callsNow = Atomics.load(pulse, Pulse.calls);
  const cpuMs = processCpuMs();
  if (hook === 0 || callsNow !== calls) cpuMsAtCall = cpuMs;
  calls = callsNow;
  return cpuMs - cpuMsAtCall > hookPatienceCpuMs ? sentences[hook] : undefined;
}

function sleep(ms: number): boolean {
  return Atomics.wait(pulse, Pulse.stop, 0, ms) === 'timed-out';
}

/**
 * Ends the process. The inspector is the only way into a thread that does not return: V8 serves it at the next turn of the loop. Should
 * that not help (a loop in native code), the kernel must.
 */
function end(sentence: string): void {
  try {
    const session = new Session();
    session.connectToMainThread();
    session.post('Runtime.evaluate', { expression: `process.emit(${JSON.stringify(event)}, ${JSON.stringify(sentence)})` });
    sleep(lastWordsMs);
    writeSync(stderrFd, `${sentence}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

parentPort?.postMessage('ready');
while (sleep(lookPeriodMs)) {
  const sentence = stuck();
  if (sentence !== undefined) end(sentence);
}
