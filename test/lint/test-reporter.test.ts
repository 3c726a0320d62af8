import { describe, expect, it } from 'vitest';
import { closingLine, failuresBefore, tally, type CountedModule } from '../../scripts/test-reporter.js';

function moduleOf(states: readonly string[], { errors = 0, suiteErrors = [] as readonly number[] } = {}): CountedModule {
  const errorList = (count: number): never[] => Array.from({ length: count }, () => ({ message: 'broken' })) as never[];
  return {
    errors: () => errorList(errors),
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => suiteErrors.map((count) => ({ errors: () => errorList(count) })),
    },
  };
}

describe('closing line of a test run', () => {
  it('counts test cases', () => {
    expect(closingLine(tally([moduleOf(['passed', 'passed']), moduleOf(['failed'])], 0, true))).toBe('2 passed, 1 failed');
  });

  it('names skipped ones only when there are some', () => {
    expect(closingLine(tally([moduleOf(['passed', 'skipped'])], 0, true))).toBe('1 passed, 0 failed, 1 skipped');
  });

  it('counts a file that could not be collected as a failure', () => {
    expect(tally([moduleOf(['passed']), moduleOf([], { errors: 2 })], 0, true)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a suite whose hook failed as a failure', () => {
    expect(tally([moduleOf(['passed', 'skipped'], { suiteErrors: [0, 1] })], 0, true)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('counts errors outside tests, and tests that never ended, as failures', () => {
    expect(tally([moduleOf(['passed', 'pending'])], 1, true)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('fails a run that executed nothing or was cut off', () => {
    expect(tally([], 0, true).failed).toBe(1);
    expect(tally([moduleOf(['skipped'])], 0, true).failed).toBe(1);
    expect(tally([moduleOf(['passed'])], 0, false).failed).toBe(1);
  });

  it('counts tests that failed before the run as one failure', () => {
    expect(failuresBefore({ FBB_FAILED_BEFORE: 'examples/analysis' })).toBe(1);
    expect(failuresBefore({ FBB_FAILED_BEFORE: '' }) + failuresBefore({})).toBe(0);
  });
});
