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

export function unpackedJson(text: string): unknown {
  return JSON.parse(text, (_key, each: unknown) => {
    if (!isPacked(each)) return each;
    const [names, ...rows] = each[mark];
    return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  });
}
