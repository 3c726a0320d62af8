// What the harness itself costs, on real containers. Prints medians over repeats and ratios; nothing here passes or fails.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { raiseHarness, raisePacer } from '../dist/src/suites/harness-priority.js';
import { LoadGenerator } from '../dist/src/workloads/index.js';
import { dispatchOverhead, median, oneContainer, openRig, pacerPath, quantile, warmFirst } from './live-rig.mjs';

const repeats = 5;
const ms = (value) => `${value.toFixed(3)} ms`;

/** Invocations a second with so many in flight, each alone in its container. */
async function throughput(inFlight, count) {
  let next = 0;
  let startedMs = 0;
  let startedAt = 0;
  let rig;
  const submit = () => rig.engine.submit(next++, 'noop', rig.clock.nowMs());
  const warmed = inFlight * 20;
  await new Promise((resolve, reject) => {
    void openRig({
      scheduler: warmFirst,
      onOutcome: () => {
        if (startedMs === 0 && next >= warmed) {
          startedMs = rig.clock.nowMs();
          startedAt = next;
        }
        if (next < count) setImmediate(submit);
        else rig.engine.arrivalsDone();
      },
      onFinished: (error) => (error === undefined ? resolve() : reject(error)),
    }).then((opened) => {
      rig = opened;
      for (let i = 0; i < inFlight; i += 1) submit();
    }, reject);
  });
  const perSecond = ((count - startedAt) / (rig.clock.nowMs() - startedMs)) * 1_000;
  await rig.backend.close();
  return perSecond;
}

/** Intended arrival to submission at a steady rate, with every arrival run as a warm no-op. */
async function generatorLag(ratePerSecond, seconds) {
  // The first one is there to launch the container and is left out of the lags.
  const count = ratePerSecond * seconds + 1;
  const intendedMs = Float64Array.from({ length: count }, (_zero, i) => (i === 0 ? 0 : 1_000 + (i * 1_000) / ratePerSecond));
  const lagsMs = [];
  const generator = new LoadGenerator(pacerPath, intendedMs);
  await raisePacer(await generator.ready());
  let rig;
  await new Promise((resolve, reject) => {
    void openRig({
      scheduler: oneContainer,
      onOutcome: (outcome) => {
        if (outcome.id > 0) lagsMs.push(outcome.lagMs);
      },
      onFinished: (error) => (error === undefined ? resolve() : reject(error)),
    }).then((opened) => {
      rig = opened;
      rig.clock.moveOrigin(
        generator.start({ onDue: (index) => rig.engine.submit(index, 'noop', intendedMs[index]), onDone: () => rig.engine.arrivalsDone(), onError: reject }),
      );
    }, reject);
  });
  await generator.stop();
  await rig.backend.close();
  return { p50: quantile(lagsMs, 0.5), p99: quantile(lagsMs, 0.99), max: Math.max(...lagsMs) };
}

/** Launch to ready of a container, and start to end of `node -e 0`, by turns. */
async function launch(count) {
  const containerMs = [];
  const bareMs = [];
  let waiting;
  const { clock, engine, backend } = await openRig({ scheduler: { onArrival: () => undefined, onContainerReady: () => waiting() } });
  for (let i = 0; i < count; i += 1) {
    const launchedMs = clock.nowMs();
    await new Promise((resolve) => {
      waiting = resolve;
      engine.launch('noop');
    });
    containerMs.push(clock.nowMs() - launchedMs);
    const bareStartMs = clock.nowMs();
    spawnSync(process.execPath, ['-e', '0']);
    bareMs.push(clock.nowMs() - bareStartMs);
  }
  await backend.close();
  return { container: median(containerMs), bare: median(bareMs) };
}

async function repeated(name, run, describe) {
  const results = [];
  for (let i = 0; i < repeats; i += 1) results.push(await run());
  const middle = (pick) => median(results.map(pick));
  console.log(`${name}: ${describe(middle)}`);
}

const realTime = await raiseHarness();
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; medians of ${repeats} repeats; harness threads in the ${realTime ? 'real-time' : 'normal'} class, as in a suite`);
await repeated('dispatch overhead of a warm no-op, arrival to handler start', () => dispatchOverhead(2_200), (middle) => `p50 ${ms(middle((r) => r.p50))}, p99 ${ms(middle((r) => r.p99))}`);
await repeated('throughput of engine and process backend, 8 in flight', () => throughput(8, 12_000), (middle) => `${middle((r) => r).toFixed(0)} invocations/s`);
await repeated('generator lag at 1,000/s', () => generatorLag(1_000, 5), (middle) => `p50 ${ms(middle((r) => r.p50))}, p99 ${ms(middle((r) => r.p99))}, max ${ms(middle((r) => r.max))}`);
await repeated('launch to ready of a process container', () => launch(15), (middle) => `${ms(middle((r) => r.container))}, ${(middle((r) => r.container / r.bare)).toFixed(2)} x node -e 0 (${ms(middle((r) => r.bare))})`);
