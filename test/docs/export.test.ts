import { describe, expect, it } from 'vitest';
import { Workplace } from '../cli/run-bin.js';
import { readDoc, tableOf } from './markdown.js';

const text = readDoc('docs/export.md');

describe('docs/export.md', () => {
  it('has every format in its table and a part of its own, and no other', async () => {
    const place = new Workplace();
    const { stdout } = await place.run('export', '--help');
    place.remove();
    const [, choices = ''] = /choices: ([^)]*)\)/.exec(stdout.replace(/\s+/g, ' ')) ?? [];
    const formats = choices.split(', ').map((choice) => choice.replaceAll('"', ''));
    expect(tableOf(text, 'format', 'files').map(([format]) => format)).toEqual(formats);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(formats);
  });
});
