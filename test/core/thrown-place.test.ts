import { describe, expect, it } from 'vitest';
import { thrownPlace } from '../../src/core/index.js';

function withStack(...lines: string[]): Error {
  const error = new Error('oh no');
  error.stack = ['Error: oh no', ...lines.map((line) => `    at ${line}`)].join('\n');
  return error;
}

const harness = new URL('../../src', import.meta.url).pathname;

describe('where something was thrown', () => {
  it('is the first place outside of the harness and of Node', () => {
    const error = withStack('Array.map (<anonymous>)', 'node:internal/process:1:2', `Engine.assign (${harness}/engine/engine.ts:10:3)`, 'Object.onArrival (file:///home/me/mine.ts:12:7)', 'later (/home/me/mine.ts:1:1)');
    expect(thrownPlace(error)).toBe(' (/home/me/mine.ts:12:7)');
    expect(thrownPlace(withStack('/home/me/mine.mjs:3:5'))).toBe(' (/home/me/mine.mjs:3:5)');
  });

  it('is not told where nothing tells it', () => {
    for (const thrown of ['a text', undefined, withStack(), withStack(`Engine.assign (${harness}/engine/engine.ts:10:3)`)]) expect(thrownPlace(thrown)).toBe('');
  });
});
