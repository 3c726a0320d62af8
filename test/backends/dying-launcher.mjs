// A harness whose launcher is killed, and that has more to ask of it before it can notice. Run with fork(), its temporary folder in
// TMPDIR; sends what its listener was told of the backend's end. Uses the built package.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProcessBackend } from '../../dist/src/backends/process/index.js';
import { MonotonicClock } from '../../dist/src/core/index.js';

const launcherPid = () => Number(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim());
const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const nothing = () => undefined;

const handlerPath = fileURLToPath(new URL('../fixtures/functions/behaves.cjs', import.meta.url));
const functions = new Map([['f', { functionId: 'f', kind: 'io', handlerPath, timeoutMs: 1_000, needs: [] }]]);
const backend = createProcessBackend({
  clock: new MonotonicClock(),
  cores: 2,
  runtimeFolder: fileURLToPath(new URL('../../dist/runtime', import.meta.url)),
  launchLimit: 4,
  memoryLimitMb: 512,
  containerCores: 2,
  whyNoRealTime: 'not needed',
  classChanger: 'chrt',
 
  observer: { containerStarted: nothing, containerRead: nothing, containerStopped: nothing },
});
const listener = {
  containerReady: nothing,
  invocationEnded: nothing,
  containerLost: nothing,
  containerEnded: nothing,
  backendFailed: (code) => setImmediate(() => process.send(code, () => process.exit(0))),
};
await backend.open({ listener, functions, inputOf: nothing, resourceCache: { policy: 'off' } });

const pid = launcherPid();
process.kill(pid, 'SIGKILL');
while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')) block(1);
for (let id = 0; id < 5; id += 1) backend.launch({ id, functionId: 'f', state: 'starting' });
