import { expect } from 'vitest';
import { FbbError } from '../../src/core/index.js';

/** The error a user would meet; anything else that is thrown, or nothing, fails the test. */
export function thrownBy(action: () => unknown): FbbError {
  try {
    action();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FbbError);
    return thrown as FbbError;
  }
  throw new Error('nothing was thrown');
}
