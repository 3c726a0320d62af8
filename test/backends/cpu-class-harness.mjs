// A harness that has put a container into the real-time class, to be killed: run with fork(), its temporary folder in TMPDIR. Uses the
// built package, and says 'up' with the id of the container's process when the class has been asked for.
import { fileURLToPath } from 'node:url';
import { classChangerHere } from '../../dist/src/backends/launched/index.js';
import { createProcessBackend } from '../../dist/src/backends/process/index.js';
import { MonotonicClock } from '../../dist/src/core/index.js';

const handlerPath = fileURLToPath(new URL('../fixtures/functions/behaves.cjs', import.meta.url));
const functions = new Map([['f', { functionId: 'f', kind: 'io', handlerPath, timeoutMs: 60_000, needs: [] }]]);
const container = { id: 0, functionId: 'f', state: 'starting', launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 };
const nothing = () => undefined;
let pid;

const backend = createProcessBackend({
  clock: new MonotonicClock(),
  cores: 2,
  runtimeFolder: fileURLToPath(new URL('../../dist/runtime', import.meta.url)),
  launchLimit: 1,
  memoryLimitMb: 512,
  containerCores: 2,
  whyNoRealTime: undefined,
  classChanger: classChangerHere(),
 
  observer: { containerStarted: (_id, place) => (pid = place.pid), containerRead: nothing, containerStopped: nothing },
});
const listener = {
  containerReady: () => {
    backend.setCpuClass(container, 'fifo');
    process.send(pid);
  },
  invocationEnded: nothing,
  containerLost: nothing,
  containerEnded: nothing,
  backendFailed: nothing,
};
await backend.open({ listener, functions, inputOf: nothing, resourceCache: { policy: 'off' } });
backend.launch(container);
