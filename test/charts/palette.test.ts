import { describe, expect, it } from 'vitest';
import { partColours, stylesOf } from '../../src/charts/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';

/** Relative luminance after WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

const pages = { light: '#ffffff', dark: '#161b22' };

describe('colours of schedulers', () => {
  it('are the same whoever else is there', () => {
    const alone = stylesOf(['kraken']);
    const among = stylesOf(['mine', 'kraken', 'vanilla', '<b>']);
    expect(among['kraken']).toEqual(alone['kraken']);
  });

  it('are given to unknown ones by name, in whatever order they come', () => {
    expect(stylesOf(['b', 'a'])).toEqual(stylesOf(['a', 'b']));
    expect(stylesOf(['a', 'b'])['a']).not.toEqual(stylesOf(['a', 'b'])['b']);
  });

  it('repeat among many unknown ones with other marks only', () => {
    const names = Array.from({ length: 12 }, (_, index) => `own-${10 + index}`);
    const styles = stylesOf(names);
    expect(new Set(names.map((name) => JSON.stringify(styles[name]))).size).toBe(12);
    expect(new Set(names.slice(0, 5).map((name) => styles[name]!.colour)).size).toBe(5);
  });

  it('do not repeat among those of the paper and the baseline', () => {
    const styles = Object.values(stylesOf([]));
    expect(styles.length).toBeGreaterThan(6);
    expect(new Set(styles.map(({ colour }) => colour)).size).toBe(styles.length);
    expect(new Set(styles.map(({ symbol }) => symbol)).size).toBe(styles.length);
  });

  it.each(Object.entries(pages))('can be told from a %s page', (_theme, page) => {
    for (const { colour } of Object.values(stylesOf(['a', 'b', 'c', 'd', 'e']))) expect(contrast(colour, page), colour).toBeGreaterThanOrEqual(3);
  });

  it('are there for every scheduler that ships', () => {
    const styles = stylesOf(builtinSchedulers().names());
    for (const name of builtinSchedulers().names()) expect(styles[name]).toBeDefined();
  });

  it('take a name of an object for a name', () => {
    expect(stylesOf(['constructor', '__proto__'])['constructor']?.colour).toMatch(/^#/);
  });
});

describe('colours of the parts of a latency', () => {
  it('differ from each other', () => {
    const colours = Object.values(partColours);
    expect(new Set(colours).size).toBe(colours.length);
  });
});
