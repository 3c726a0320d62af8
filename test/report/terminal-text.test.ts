import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless, shortened, textWidth, wrapped } from '../../src/report/terminal-text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('what somebody else has named', () => {
  it.each([
    ['\u001b[2J\u001b]0;owned\u0007x', ' [2J ]0;owned x'],
    ['a\r\nb\tc\u0085d\u2028e', 'a b c d e'],
    ['a\u202eb\u200bc\u2066', 'abc'],
    ['größe 無 🙂', 'größe 無 🙂'],
  ])('%j is shown in one line without control characters', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['−1.2 %', 6],
    ['無服務器', 8],
    ['한국어', 6],
    ['ﾊﾝｶｸ', 4],
    ['ＡＢ', 4],
    ['e\u0301', 1],
    ['🙂🚀', 4],
    ['❤\ufe0f', 2],
    ['🇩🇪', 2],
    ['█▏', 2],
  ])('of %j is %d columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe('a shortened text', () => {
  it('keeps its beginning and its end', () => {
    expect(shortened('batching dispatchIntervalMs=100', 16)).toBe('batching…lMs=100');
  });

  it('is as it was when it fits, and else no wider than it may be', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const short = shortened(text, columns);
        if (textWidth(text) <= columns) expect(short).toBe(text);
        else {
          expect(short).toContain('…');
          expect(textWidth(short)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});

describe('wrapped text', () => {
  it('breaks between words', () => {
    expect(wrapped('left out: lag, resp', 10)).toEqual(['left out:', 'lag, resp']);
  });

  it('has no line that is too wide, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const lines = wrapped(text, columns);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
