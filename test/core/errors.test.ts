import { describe, expect, it } from 'vitest';
import { describeError, errorCatalogue, FbbError, type ErrorCode } from '../../src/core/errors.js';
import { ExitCode } from '../../src/core/exit-codes.js';

const entries: [string, { readonly exitCode: ExitCode; readonly fix: string }][] = Object.entries(errorCatalogue);

describe('the error catalogue', () => {
  it.each(entries)('has for %s a code of the right form, an exit code and a fix', (code, { exitCode, fix }) => {
    expect(code).toMatch(/^FBB_ERR_[A-Z]+(_[A-Z]+)+$|^FBB_ERR_USAGE$/);
    expect(Object.values(ExitCode)).toContain(exitCode);
    expect(fix).toMatch(/^\S[^\n]{10,}[.?]$/);
  });

  it('has no error that ends well', () => {
    expect(entries.filter(([, { exitCode }]) => exitCode === ExitCode.done)).toEqual([]);
  });

  it('gives everything that ends an invocation or a scheduler the exit code of an invalid cell', () => {
    const inCells = entries.filter(([code]) => /^FBB_ERR_(CONTAINER_|SCHEDULER_(ACTION|THREW|STALLED)|FUNCTION_(THREW|EXITED|TIMEOUT|INPUT|OUTPUT))/.test(code));
    expect(inCells.length).toBeGreaterThanOrEqual(12);
    expect(inCells.filter(([, { exitCode }]) => exitCode !== ExitCode.invalidCell)).toEqual([]);
  });

  it('uses the documented exit codes', () => {
    expect(ExitCode).toEqual({ done: 0, bug: 1, usage: 2, regression: 3, notComparable: 4, invalidCell: 5, missing: 6, interrupted: 130 });
  });
});

describe('an error of ours', () => {
  it('takes exit code and fix from the catalogue', () => {
    for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
      const error = new FbbError(code, 'What happened.');
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: 'FbbError', code, message: 'What happened.', fix: errorCatalogue[code].fix, exitCode: errorCatalogue[code].exitCode });
    }
  });

  it('may say something more specific, and what caused it', () => {
    const cause = new Error('deep down');
    const error = new FbbError('FBB_ERR_USAGE', 'What happened.', { fix: 'Do this instead.', cause });
    expect(error.fix).toBe('Do this instead.');
    expect(error.cause).toBe(cause);
    expect(new FbbError('FBB_ERR_USAGE', 'x')).not.toHaveProperty('cause');
  });
});

describe('the text of something thrown', () => {
  it.each([
    [new Error('first\nsecond'), 'first'],
    [new TypeError(''), 'TypeError'],
    ['just a text', 'just a text'],
    [undefined, 'undefined'],
    [42, '42'],
  ])('is one line: %#', (thrown, expected) => {
    expect(describeError(thrown)).toBe(expected);
  });
});
