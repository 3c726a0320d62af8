import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../src/testkit/fake-clock.js';

describe('the fake clock', () => {
  it('fires by time, and at the same time in the order in which timers were set', () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const at = (delayMs: number, name: string): void => void clock.setTimer(delayMs, () => fired.push(`${name} at ${clock.nowMs()}`));
    at(20, 'a');
    at(10, 'b');
    at(20, 'c');
    clock.setTimer(10, () => at(0, 'd'));
    at(10, 'e');
    at(-5, 'f');
    clock.advance(15);
    expect(fired).toEqual(['f at 0', 'b at 10', 'e at 10', 'd at 10']);
    expect([clock.nowMs(), clock.pending(), clock.nextAtMs()]).toEqual([15, 2, 20]);
    clock.runAll();
    expect(fired.slice(4)).toEqual(['a at 20', 'c at 20']);
    expect(clock.nowMs()).toBe(20);
  });

  it('forgets what is cancelled, and counts by owner', () => {
    const clock = new FakeClock();
    const mine = clock.ownedBy('me').setTimer(5, () => {});
    clock.ownedBy('you').setTimer(6, () => {});
    expect([clock.pending(), clock.pending('me'), clock.pending('you'), clock.nextAtMs('you')]).toEqual([2, 1, 1, 6]);
    mine.cancel();
    mine.cancel();
    expect([clock.pending(), clock.pending('me')]).toEqual([1, 0]);
  });

  it('stops what goes on for ever', () => {
    const clock = new FakeClock();
    const again = (): void => void clock.setTimer(1, again);
    again();
    expect(() => clock.runAll()).toThrow(/still being set/);
  });
});
