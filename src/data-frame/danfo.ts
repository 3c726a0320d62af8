import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import type { FrameColumn, FrameValue } from './frame-column.js';

/** What this package promises of danfo's Series: a column, or what a method of a frame found for each row. */
export interface DataSeries {
  readonly values: readonly FrameValue[];
  readonly dtype: string;
  count(): number;
  sum(): number;
  mean(): number;
  median(): number;
  std(): number;
  min(): number;
  max(): number;
  unique(): DataSeries;
  valueCounts(): DataSeries;
  eq(other: FrameValue): DataSeries;
  print(): void;
}

/** Rows with equal values in some columns, and then the columns that are looked at. Missing values (NaN) make the outcome of a group NaN. */
export interface DataGroups {
  col(names: string[]): DataGroups;
  count(): DataFrame;
  sum(): DataFrame;
  mean(): DataFrame;
  std(): DataFrame;
  min(): DataFrame;
  max(): DataFrame;
}

/**
 * What this package promises of danfo's DataFrame, so that nobody needs danfo's types. It is danfo's own class with all of its methods:
 * where danfojs-node is installed, `frame as import('danfojs-node').DataFrame` tells the compiler so.
 */
export interface DataFrame {
  /** Rows, columns. */
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  /** A type a column: int32, float32, string or boolean. */
  readonly dtypes: readonly string[];
  readonly values: readonly unknown[];
  column(name: string): DataSeries;
  head(rows?: number): DataFrame;
  query(condition: DataSeries): DataFrame;
  groupby(names: string[]): DataGroups;
  sortValues(name: string, options?: { ascending?: boolean }): DataFrame;
  print(): void;
}

type FrameClass = new (data: object, options: { columns?: string[]; dtypes: string[] }) => DataFrame;

// No literal, because the compiler would look for a package that is optional.
const packageName: string = 'danfojs-node';

/** Where danfojs-node is looked for: beside this package, beside the program that runs, and where it runs. The latter two find it when this package is a link to a checkout. */
function placesOfDanfo(): string[] {
  const [, program] = process.argv;
  return [import.meta.url, ...(program === undefined ? [] : [resolve(program)]), join(process.cwd(), 'package.json')];
}

function missing(what: string, cause?: unknown): FbbError {
  return new FbbError('FBB_ERR_DATAFRAME_MISSING', what, { cause });
}

/**
 * Danfo's class DataFrame, which is loaded when it is first wanted (about a second). `places`: absolute paths or URLs of files from which it is
 * looked for, the first that finds it counts. Throws FBB_ERR_DATAFRAME_MISSING when it is not installed or cannot be loaded.
 */
export function loadFrameClass(places: readonly string[] = placesOfDanfo()): FrameClass {
  for (const place of places) {
    const require = createRequire(place);
    let path: string;
    try {
      path = require.resolve(packageName);
    } catch {
      continue;
    }
    return frameClassIn(path, require);
  }
  throw missing(`A data frame needs the package ${packageName}, which is installed neither beside faasbatch-bench nor beside the program that runs nor where it runs.`);
}

function frameClassIn(path: string, require: NodeJS.Require): FrameClass {
  let loaded: { readonly DataFrame?: unknown };
  try {
    loaded = require(path) as typeof loaded;
  } catch (thrown) {
    throw missing(`${packageName} is installed (${path}) and cannot be loaded: ${describeError(thrown)}.`, thrown);
  }
  if (typeof loaded.DataFrame !== 'function') throw missing(`${packageName} is installed (${path}) and has no DataFrame.`);
  return loaded.DataFrame as FrameClass;
}

export function makeFrame(Frame: FrameClass, columns: readonly FrameColumn[]): DataFrame {
  // Of an empty column danfo cannot tell how many columns there are.
  if ((columns[0]?.values.length ?? 0) === 0) return new Frame([], { columns: columns.map(({ name }) => name), dtypes: columns.map(({ type }) => type) });
  const data = Object.fromEntries(columns.map(({ name, values }) => [name, values]));
  // An object puts names that are numbers first.
  const types = new Map(columns.map(({ name, type }) => [name, type as string]));
  return new Frame(data, { dtypes: Object.keys(data).map((name) => types.get(name) ?? 'string') });
}
