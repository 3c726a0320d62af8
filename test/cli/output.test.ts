import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { screenFor } from '../../src/cli/output.js';

const variables = ['NO_COLOR', 'TERM', 'LC_ALL', 'LC_CTYPE', 'LANG', 'COLUMNS'];

beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

function screen(stream: Partial<NodeJS.WriteStream>, env: Readonly<Record<string, string>> = {}): ReturnType<typeof screenFor> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return screenFor(stream as NodeJS.WriteStream);
}

const utf8 = { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' };

describe('a pipe or a file', () => {
  it('has no width, no bars and no colours, whatever the environment says', () => {
    const { style, ...room } = screen({}, { ...utf8, COLUMNS: '60' });
    expect(room).toEqual({ columns: undefined, bars: undefined });
    expect(style.red('x')).toBe('x');
  });
});

describe('a terminal', () => {
  it('has its own width, whatever COLUMNS says', () => {
    expect(screen({ isTTY: true, columns: 80 }, { ...utf8, COLUMNS: '60' })).toMatchObject({ columns: 80, bars: 'unicode' });
  });

  it.each([
    ['60', 60],
    ['0', undefined],
    ['wide', undefined],
  ])('that does not know its width has that of COLUMNS, if %j is one', (COLUMNS, columns) => {
    expect(screen({ isTTY: true, columns: 0 }, { ...utf8, COLUMNS }).columns).toBe(columns);
  });

  it.each([
    [{ LANG: 'C.UTF-8' }, 'unicode'],
    [{ LC_ALL: 'de_DE.utf8', LANG: 'C' }, 'unicode'],
    [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8' }, 'unicode'],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'ascii'],
    [{ LANG: 'en_US.ISO-8859-1' }, 'ascii'],
    [{}, 'ascii'],
    [{ TERM: 'dumb', LANG: 'en_US.UTF-8' }, 'ascii'],
  ])('of the locale %j has bars in %s', (env, bars) => {
    expect(screen({ isTTY: true, columns: 80 }, env).bars).toBe(bars);
  });

  it.each([[{ ...utf8, NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('without colours (%j) keeps its bars', (env) => {
    const { style, bars } = screen({ isTTY: true, columns: 80 }, env);
    expect([style.bold('x'), style.dim('x'), style.red('x')]).toEqual(['x', 'x', 'x']);
    expect(bars).toBeDefined();
  });
});
