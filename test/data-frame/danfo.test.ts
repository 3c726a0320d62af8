import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFrameClass, makeFrame, type DataFrame } from '../../src/data-frame/danfo.js';
import { numberColumn, textColumn } from '../../src/data-frame/frame-column.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';

/** A file of a program in a folder where a package of the name of danfo.js, with the program given, is installed; without one, none. */
function place(program?: string): string {
  const folder = temporaryFolder();
  if (program !== undefined) {
    const home = join(folder, 'node_modules/danfojs-node');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'index.js'), program);
  }
  return join(folder, 'program.js');
}

/** Keeps what it was given. */
const standIn = 'exports.DataFrame = class { constructor(data, options) { this.data = data; this.options = options; } get shape() { return [0, 0]; } };';

interface StandIn {
  readonly data: unknown;
  readonly options: unknown;
}
const given = (frame: DataFrame): StandIn => ({ data: (frame as never as StandIn).data, options: (frame as never as StandIn).options });

describe('danfo.js', () => {
  it('is told to be missing, with what to write and run', () => {
    const { code, exitCode, message, fix } = thrownBy(() => loadFrameClass([place(), place()]));
    expect({ code, exitCode }).toEqual({ code: 'FBB_ERR_DATAFRAME_MISSING', exitCode: 6 });
    expect(message).toContain('danfojs-node');
    for (const part of ['"overrides"', '"xlsx": "0.18.5"', '"@tensorflow/tfjs-node": "npm:@tensorflow/tfjs@^4.22.0"', 'npm install danfojs-node']) expect(fix).toContain(part);
  });

  it('is taken from the first place that has it', () => {
    const Frame = loadFrameClass([place(), place(standIn), place('throw new Error("not this one")')]);
    expect(given(new Frame({ a: [1] }, { dtypes: ['int32'] }))).toEqual({ data: { a: [1] }, options: { dtypes: ['int32'] } });
  });

  it.each([
    ['cannot be loaded', 'throw new Error("the native addon is not there\\nat all")', 'cannot be loaded: the native addon is not there.'],
    ['is something else', 'exports.Frame = class {}', 'has no DataFrame.'],
  ])('is named with its place when it %s', (_, program, what) => {
    const file = place(program);
    const { code, message } = thrownBy(() => loadFrameClass([file]));
    expect(code).toBe('FBB_ERR_DATAFRAME_MISSING');
    expect(message).toContain(what);
    expect(message).toContain('node_modules/danfojs-node/index.js');
  });

  it('is given columns, not rows, and their types in the same order', () => {
    const frame = makeFrame(loadFrameClass([place(standIn)]), [textColumn('b', ['x,y', '<i>']), numberColumn('7', [1, 2]), numberColumn('a', [0.5, Number.NaN])]);
    const { data, options } = given(frame);
    expect(data).toEqual({ b: ['x,y', '<i>'], 7: [1, 2], a: [0.5, Number.NaN] });
    expect(Object.keys(data as object)).toEqual(['7', 'b', 'a']);
    expect(options).toEqual({ dtypes: ['int32', 'string', 'float32'] });
  });

  it('is told the columns of no rows', () => {
    const { data, options } = given(makeFrame(loadFrameClass([place(standIn)]), [textColumn('b', []), numberColumn('a', [])]));
    expect({ data, options }).toEqual({ data: [], options: { columns: ['b', 'a'], dtypes: ['string', 'int32'] } });
  });
});
