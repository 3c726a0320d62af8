/** Fewer rows than this are not worth it. */
const leastRows = 16;
const mark = '$rows';

interface Packed {
  readonly [mark]: readonly [columns: readonly string[], ...rows: (readonly unknown[])[]];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names that all of them have in the same order; undefined where they differ, or are no objects. */
function sharedNames(rows: readonly unknown[]): string[] | undefined {
  const [first] = rows;
  if (rows.length < leastRows || !isObject(first)) return undefined;
  const names = Object.keys(first);
  const agrees = (row: unknown): boolean => {
    if (!isObject(row)) return false;
    const own = Object.keys(row);
    return own.length === names.length && own.every((name, index) => name === names[index]);
  };
  return rows.every(agrees) ? names : undefined;
}

/** JSON in which lists of like objects name their fields once, for thousands of them; `unpackedJson` reads it. */
export function packedJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (!Array.isArray(each)) return each;
    const names = sharedNames(each);
    return names === undefined ? each : { [mark]: [names, ...each.map((row) => names.map((name) => (row as Record<string, unknown>)[name]))] };
  });
}

function isPacked(value: unknown): value is Packed {
  return isObject(value) && Array.isArray(value[mark]);
}

/** By a walk of its own: `JSON.parse` would ask a reviver about every number. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unpacked);
  if (!isPacked(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unpacked(each)]));
  const [names, ...rows] = value[mark];
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1) object[names[index] as string] = unpacked(row[index]);
    return object;
  });
}

export function unpackedJson(text: string): unknown {
  return unpacked(JSON.parse(text));
}
