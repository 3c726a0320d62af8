import { describe, expect, it } from 'vitest';
import type { Container, CpuState } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler, type FakeCellOptions } from '../../src/testkit/fake-cell.js';

/** Its backend says of every container that it is runnable, whatever has become of it. */
function classyCell(options: Partial<FakeCellOptions> = {}): FakeCell & { readonly asked: number[] } {
  const asked: number[] = [];
  const cell = new FakeCell({
    scheduler: passiveScheduler(),
    capabilities: ['cpu-class'],
    cpuStateOf: ({ id }): CpuState => {
      asked.push(id);
      return 'runnable';
    },
    ...options,
  });
  return Object.assign(cell, { asked });
}

describe('the CPU state of a container', () => {
  it('is what the backend says while the container is there', () => {
    const cell = classyCell();
    const container = cell.engine.launch('f');
    expect(cell.engine.cpuState(container)).toBe('runnable');
    cell.clock.advance(200);
    expect(cell.engine.cpuState(container)).toBe('runnable');
    expect(cell.asked).toEqual([0, 0]);
    cell.finish();
  });

  it.each<[string, (cell: FakeCell, container: Container) => void]>([
    ['was retired', (cell, container) => cell.engine.retire(container)],
    ['was lost', (cell, container) => cell.backend.lose(container.id)],
    ['outlived its keep-alive', (cell) => cell.clock.advance(10_000)],
  ])('is sleeping when it %s, and the backend is not asked', (_how, leave) => {
    const cell = classyCell({ keepAliveMs: 5_000 });
    const container = cell.engine.launch('f');
    cell.clock.advance(200);
    leave(cell, container);
    expect(cell.engine.cpuState(container)).toBe('sleeping');
    expect(cell.asked).toEqual([]);
    expect(cell.finished).toBe(false);
    expect(faultsOf(cell.finish())).toEqual([]);
  });

  it('is sleeping for a container of another cell and for a copy', () => {
    const [cell, other] = [classyCell(), classyCell()];
    const [container, stranger] = [cell.engine.launch('f'), other.engine.launch('f')];
    expect([cell.engine.cpuState(stranger), cell.engine.cpuState({ ...container })]).toEqual(['sleeping', 'sleeping']);
    cell.finish();
    other.finish();
  });

  it('may be asked for by the hook that tells of a loss', () => {
    const states: CpuState[] = [];
    const cell = classyCell({ scheduler: passiveScheduler({ onContainerLost: (container, ctx) => void states.push(ctx.cpuState(container)) }) });
    const container = cell.engine.launch('f');
    cell.backend.lose(container.id);
    expect(states).toEqual(['sleeping']);
    expect(faultsOf(cell.finish())).toEqual([]);
  });

  it('is a wrong thing to ask for where the backend cannot tell', () => {
    const cell = new FakeCell({ scheduler: { onArrival: (_invocation, ctx) => void ctx.cpuState(ctx.launch('f')) } });
    cell.arrive();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION', message: "Scheduler 'under-test' made a wrong cpuState: backend 'fake' has no cpu-class." });
    cell.drain();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'rejected', errorCode: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('cannot be asked for when the cell has ended', () => {
    const cell = classyCell();
    const container = cell.engine.launch('f');
    cell.finish();
    expect(() => cell.engine.cpuState(container)).toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_ACTION' }));
  });
});

describe('the CPU class of a container', () => {
  it('is handed to the backend, also while the container starts', () => {
    const cell = classyCell();
    const container = cell.engine.launch('f');
    cell.engine.setCpuClass(container, 'fifo');
    cell.clock.advance(200);
    cell.engine.setCpuClass(container, 'fair');
    expect(cell.log).toEqual(['0: launch c0 f', '0: setCpuClass c0 fifo', '200: setCpuClass c0 fair']);
    cell.finish();
  });
});
