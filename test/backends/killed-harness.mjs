// A harness in the middle of a cell, to be killed: run with fork(), its temporary folder in TMPDIR. Uses the built package, and says
// 'up' when all its containers do what they are to do: one idles, one computes for ever, one has left processes behind that are no
// longer of its group, and further ones are starting, more than may at once.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProcessBackend } from '../../dist/src/backends/process/index.js';
import { MonotonicClock } from '../../dist/src/core/index.js';
import { Engine } from '../../dist/src/engine/index.js';

const fixture = (file) => fileURLToPath(new URL(`../fixtures/functions/${file}`, import.meta.url));
const spec = (functionId, file) => ({ functionId, kind: 'io', handlerPath: fixture(file), timeoutMs: 60_000, needs: [] });
const functions = new Map([
  ['f', spec('f', 'behaves.cjs')],
  ['slow', spec('slow', 'loads-slowly.cjs')],
]);
const file = (name) => join(tmpdir(), name);
const marks = { idle: file('idle'), spinning: file('spinning'), grandchild: file('grandchild'), session: file('session'), stranger: file('stranger') };
const inputs = [
  { do: 'returns', mark: marks.idle },
  { do: 'spins-forever', mark: marks.spinning },
  { do: 'leaves-grandchild', pidFile: marks.grandchild },
  { do: 'leaves-session', pidFile: marks.session },
  { do: 'leaves-stranger', pidFile: marks.stranger },
];

const clock = new MonotonicClock();
const observer = { containerStarted: () => undefined, containerRead: () => undefined, containerStopped: () => undefined };
const backend = createProcessBackend({ clock, cores: 2, runtimeFolder: fileURLToPath(new URL('../../dist/runtime', import.meta.url)), launchLimit: 4, memoryLimitMb: 512, containerCores: 2, whyNoRealTime: 'not needed', classChanger: 'chrt', observer });
const nothing = () => undefined;
const engine = new Engine({
  clock,
  backend,
  scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') },
  schedulerName: 'of the test',
  functions,
  recorder: { containerLaunched: nothing, invocationEnded: nothing, containerLeft: nothing, containerUsage: nothing },
  keepAliveMs: 600_000,
  maxAttempts: 1,
  stallTimeoutMs: 60_000,
  onFinished: nothing,
});

await backend.open({ listener: engine, functions, inputOf: (id) => inputs[id], resourceCache: { policy: 'off' } });
inputs.forEach((_input, id) => engine.submit(id, 'f', clock.nowMs()));
const watching = setInterval(() => {
  if (!Object.values(marks).every((mark) => existsSync(mark))) return;
  clearInterval(watching);
  for (let i = 0; i < 8; i += 1) engine.launch('slow');
  process.send('up');
}, 10);
