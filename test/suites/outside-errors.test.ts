import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blamePlugin } from '../../src/suites/outside-errors.js';
import type { PluginSchedulers } from '../../src/suites/suite-plugins.js';

const plugins = ['mine', 'other'].map((name) => ({ specifier: `./${name}.ts`, path: `/home/me/${name}.ts`, definition: { name } }));
const loaded = { all: () => plugins, get: (wanted: string) => plugins.find(({ definition }) => definition.name === wanted) } as unknown as PluginSchedulers;
const ours = join(import.meta.dirname, '../../src/engine/engine.ts');

function thrownAt(...places: readonly string[]): Error {
  const error = new Error('oh no.');
  error.stack = ['Error: oh no.', ...places.map((place) => `    at ${place}`)].join('\n');
  return error;
}

describe('what is thrown outside of hooks', () => {
  it('is told with the plug-in, its message and its place', () => {
    const blamed = blamePlugin(thrownAt('listOnTimeout (node:internal/timers:581:17)', 'later (/home/me/mine.ts:7:3)'), 'mine', loaded);
    expect(blamed?.schedulerName).toBe('mine');
    expect(blamed?.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_THREW', message: "Scheduler 'mine' (plug-in ./mine.ts) threw outside of its hooks: oh no (/home/me/mine.ts:7:3).", cause: { message: 'oh no.' } });
  });

  it("is the fault of the cell's plug-in when nothing speaks against it", () => {
    for (const thrown of ['a text', undefined, thrownAt('later (node:internal/timers:581:17)'), thrownAt(`assign (${ours}:1:1)`, 'later (/home/me/lib/deep.ts:3:1)')]) expect(blamePlugin(thrown, 'mine', loaded)?.schedulerName).toBe('mine');
  });

  it.each([['mine'], ['baseline']])('is the fault of another plug-in that its stack names while the cell of %s runs', (running) => {
    for (const path of ['/home/me/other.ts', 'file:///home/me/other.ts']) expect(blamePlugin(thrownAt(`submit (${ours}:1:1)`, `${path}:7:3`), running, loaded)?.schedulerName).toBe('other');
  });

  it('is our own fault in the cell of a built-in scheduler', () => {
    for (const thrown of ['a text', thrownAt('later (node:internal/timers:581:17)'), thrownAt(`submit (${ours}:1:1)`)]) expect(blamePlugin(thrown, 'baseline', loaded)).toBeUndefined();
  });

  it('is our own fault when only our files are in its stack', () => {
    expect(blamePlugin(thrownAt(`submit (${ours}:1:1)`, 'emit (node:events:1:1)'), 'mine', loaded)).toBeUndefined();
  });
});
