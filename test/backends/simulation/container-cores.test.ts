import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readHostProfile, SimulatedWorld, type HostProfile } from '../../../src/backends/simulation/index.js';
import type { BackendListener, Container, FunctionSpec, Invocation } from '../../../src/core/index.js';

const spec: FunctionSpec = { functionId: 'f', name: 'fib', kind: 'cpu', handlerPath: '', timeoutMs: 60_000, needs: [] };

/** A host of eight cores where nothing but fib takes time, 10 s each. */
function hostWith(more: string): HostProfile {
  const folder = mkdtempSync(join(tmpdir(), 'fbb-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'host.yaml');
  writeFileSync(
    path,
    `name: tiny
description: of a test
source: made up
cores: 8
${more}
launch: { latencyMs: 0, cpuMs: 0 }
request: { cpuMs: 0, firstCpuMs: 0, toContainerMs: 0, fromContainerMs: 0 }
thread: { startCpuMs: 0 }
memory: { containerMb: 0, threadMb: 0, invocationMb: 0 }
functions:
  fib: { model: fib, fib30Ms: 10000 }
`,
  );
  return readHostProfile(path);
}

/** How many seconds four invocations on threads of one container take; that threads start one after another takes a fraction of one. */
async function fourTakeSeconds(host: HostProfile, containerCores?: number): Promise<number> {
  const functions = new Map([['f', spec]]);
  const inputOf = (): unknown => ({ n: 30 });
  const world = new SimulatedWorld({ host, functions, memory: { containerStarted: () => {}, memoryChanged: () => {} }, containerCores });
  const container = { id: 0, functionId: 'f' } as Container;
  let lastMs = Number.NaN;
  const listener = {
    containerReady: () => {
      const invocations = [0, 1, 2, 3].map((id) => ({ id, functionId: 'f' }) as Invocation);
      world.backend.dispatch(container, { id: 0, mode: 'expanded', invocations });
    },
    invocationEnded: () => void (lastMs = world.clock.nowMs()),
  } as Partial<BackendListener> as BackendListener;
  await world.backend.open({ listener, functions, inputOf, resourceCache: { policy: 'off' } });
  world.backend.launch(container);
  while (world.run(100)) continue;
  return Math.round(lastMs / 1_000);
}

describe('the cores of a simulated container', () => {
  it('are not limited when the host profile says nothing', async () => {
    expect(await fourTakeSeconds(hostWith(''))).toBe(10);
    expect(await fourTakeSeconds(hostWith('containerCores: null'))).toBe(10);
  });

  it('are as many as the host profile says', async () => {
    expect(await fourTakeSeconds(hostWith('containerCores: 1'))).toBe(40);
    expect(await fourTakeSeconds(hostWith('containerCores: 2.5'))).toBe(16);
  });

  it('are as many as was asked for, whatever the host profile says', async () => {
    expect(await fourTakeSeconds(hostWith('containerCores: 1'), 2)).toBe(20);
    expect(await fourTakeSeconds(hostWith('containerCores: 1'), Number.POSITIVE_INFINITY)).toBe(10);
    expect(await fourTakeSeconds(hostWith(''), 1)).toBe(40);
  });

  it('are more than none', () => {
    expect(() => hostWith('containerCores: 0')).toThrow('containerCores');
  });
});
