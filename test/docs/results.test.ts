import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { latencyPartNames } from '../../src/core/index.js';
import { CellWriter } from '../../src/results/cell-writer.js';
import { summarySchema } from '../../src/results/schema.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { readDoc, tableOf } from './markdown.js';

const text = readDoc('docs/results.md');

describe('docs/results.md', () => {
  it('names every file of a cell, and no other', () => {
    const cells = temporaryFolder();
    new CellWriter(cells, 'one').finish(summaryOf(), '');
    const files = readdirSync(join(cells, 'one')).map((name) => `cells/<cell>/${name}`);
    expect(tableOf(text, 'file', 'what it holds').map(([file]) => file).sort()).toEqual([...files, 'manifest.json'].sort());
  });

  it('names every source of memory, and no other', () => {
    expect(tableOf(text, 'source', 'of').map(([source]) => source)).toEqual(summarySchema.shape.memory.shape.source.unwrap().options);
  });

  it('names the parts of a latency in the order in which they pass', () => {
    expect(tableOf(text, 'part', 'from', 'to').map(([part]) => part)).toEqual(latencyPartNames.map((name) => (name === 'coldStart' ? 'cold start' : name)));
  });
});
