import { describe, expect, it } from 'vitest';
import { FbbError, Registry } from '../../src/core/index.js';

function colours(): Registry<{ readonly name: string; readonly hue: number }> {
  return new Registry('colour', 'FBB_ERR_WORKLOAD_UNKNOWN', [
    { name: 'red', hue: 0 },
    { name: 'blue', hue: 240 },
  ]);
}

function errorOf(attempt: () => unknown): FbbError {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof FbbError) return thrown;
    throw thrown;
  }
  throw new Error('It did not throw.');
}

describe('a registry', () => {
  it('gives what was added, by name and in the order of adding', () => {
    const registry = colours();
    registry.add({ name: 'amber', hue: 45 });
    expect(registry.get('amber')).toEqual({ name: 'amber', hue: 45 });
    expect(registry.names()).toEqual(['red', 'blue', 'amber']);
    expect(registry.list().map(({ hue }) => hue)).toEqual([0, 240, 45]);
    expect([registry.has('blue'), registry.has('green')]).toEqual([true, false]);
  });

  it('names what there is when asked for what there is not', () => {
    const error = errorOf(() => colours().get('green'));
    expect(error).toMatchObject({ code: 'FBB_ERR_WORKLOAD_UNKNOWN', exitCode: 2 });
    expect(error.message).toBe("There is no colour named 'green'.");
    expect(error.fix).toBe('Use one of: red, blue.');
  });

  it('does not take a second thing of the same name, and keeps the first', () => {
    const registry = colours();
    const error = errorOf(() => registry.add({ name: 'red', hue: 10 }));
    expect(error).toMatchObject({ code: 'FBB_ERR_REGISTRY_DUPLICATE', message: "There is already a colour named 'red'." });
    expect(registry.get('red').hue).toBe(0);
    expect(registry.list()).toHaveLength(2);
    expect(() => new Registry('colour', 'FBB_ERR_WORKLOAD_UNKNOWN', [{ name: 'a' }, { name: 'a' }])).toThrow(FbbError);
  });

  it('does not take names of the language for its own', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(colours().has(name)).toBe(false);
      expect(errorOf(() => colours().get(name)).code).toBe('FBB_ERR_WORKLOAD_UNKNOWN');
    }
  });

  it('hands out lists that can be changed without changing it', () => {
    const registry = colours();
    registry.list().pop();
    registry.names().pop();
    expect(registry.names()).toEqual(['red', 'blue']);
  });
});
