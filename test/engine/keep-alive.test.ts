import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

function retirements(cell: FakeCell): string[] {
  return cell.log.filter((line) => line.includes('retire'));
}

describe('keep-alive', () => {
  it('retires a container when it has been idle for keepAliveMs, and not before', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), keepAliveMs: 1_000 });
    const container = cell.engine.launch('f');
    cell.clock.advance(1_099.999);
    expect([retirements(cell), container.state]).toEqual([[], 'idle']);
    cell.clock.advance(0.001);
    expect([retirements(cell), container.state]).toEqual([['1100: retire c0'], 'retired']);
    expect(cell.engine.pool('f').idle).toEqual([]);
    expect(cell.recorder.containers.get(0)?.left).toMatchObject({ endedMs: 1_100, snapshot: { state: 'retired' } });
  });

  it('retires the one first that has been idle longest', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), keepAliveMs: 1_000, launchMs: ({ id }) => [50, 20, 35][id]! });
    for (let i = 0; i < 3; i += 1) cell.engine.launch('f');
    cell.clock.advance(2_000);
    expect(retirements(cell)).toEqual(['1020: retire c1', '1035: retire c2', '1050: retire c0']);
  });

  it('starts anew after each use', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, keepAliveMs: 1_000, executionMs: () => 30 });
    const container = cell.engine.launch('f');
    cell.clock.advanceTo(1_000);
    cell.arrive();
    cell.engine.assign(container, scheduler.arrived, 'serial');
    cell.clock.advanceTo(2_029);
    expect(retirements(cell)).toEqual([]);
    cell.clock.advanceTo(3_000);
    expect(retirements(cell)).toEqual(['2030: retire c0']);
  });

  it('lets the used ones live on and retires the others between them', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, keepAliveMs: 1_000, executionMs: () => 30 });
    const containers = [cell.engine.launch('f'), cell.engine.launch('f'), cell.engine.launch('f')];
    cell.clock.advanceTo(500);
    cell.arrive();
    cell.engine.assign(containers[0]!, scheduler.arrived, 'serial');
    cell.clock.advance(2_000);
    expect(retirements(cell)).toEqual(['1100: retire c1', '1100: retire c2', '1530: retire c0']);
  });

  it('does not touch a container that works or starts, however long', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, keepAliveMs: 1_000, launchMs: () => 3_000, executionMs: () => 5_000 });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advanceTo(8_999);
    expect(retirements(cell)).toEqual([]);
    cell.clock.advanceTo(9_500);
    expect(retirements(cell)).toEqual(['9000: retire c0']);
  });

  it('goes on after all containers of a function were gone for a while', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), keepAliveMs: 1_000 });
    cell.engine.retire(cell.engine.launch('f'));
    const lost = cell.engine.launch('f');
    cell.clock.advance(500);
    cell.backend.lose(lost.id);
    cell.clock.advanceTo(5_000);
    cell.engine.launch('f');
    cell.clock.advanceTo(7_000);
    expect(retirements(cell)).toEqual(['0: retire c0', '6100: retire c2']);
  });

  it('counts apart for each function', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), keepAliveMs: 1_000, launchMs: ({ functionId }) => (functionId === 'f' ? 100 : 40) });
    cell.engine.launch('f');
    cell.engine.launch('g');
    cell.clock.advance(2_000);
    expect(retirements(cell)).toEqual(['1040: retire c1', '1100: retire c0']);
  });

  it('ends with the cell', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, keepAliveMs: 1_000 });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.engine.launch('g');
    cell.finish();
    expect(retirements(cell)).toEqual([]);
    expect(faultsOf(cell)).toEqual([]);
  });
});
