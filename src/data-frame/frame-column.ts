/** NaN stands for what is not there, in columns of texts too: danfo takes nothing else for missing. */
export type FrameValue = number | string | boolean;

/** What danfo calls the type of a column. */
type FrameType = 'int32' | 'float32' | 'string' | 'boolean';

/** A column of a frame, a value a row. */
export interface FrameColumn {
  readonly name: string;
  readonly type: FrameType;
  readonly values: readonly FrameValue[];
}

/** `int32` only where every value is one: a tensor of danfo would cut off the rest of a number, and make 0 of NaN. */
function numberType(values: readonly FrameValue[]): FrameType {
  return values.every((value) => typeof value === 'number' && (value | 0) === value) ? 'int32' : 'float32';
}

export function numberColumn(name: string, values: readonly FrameValue[]): FrameColumn {
  return { name, type: numberType(values), values };
}

export function textColumn(name: string, values: readonly FrameValue[]): FrameColumn {
  return { name, type: 'string', values };
}

function isMissing(value: FrameValue): boolean {
  return Number.isNaN(value);
}

/** A column of values that may be of any kind; where they are of several kinds they become texts. */
export function columnOf(name: string, values: readonly FrameValue[]): FrameColumn {
  const kinds = new Set<string>();
  for (const value of values) if (!isMissing(value)) kinds.add(typeof value);
  if (kinds.size === 1 && kinds.has('boolean')) return { name, type: 'boolean', values };
  if (kinds.size === 0 || (kinds.size === 1 && kinds.has('number'))) return { name, type: numberType(values), values };
  return textColumn(
    name,
    values.map((value) => (isMissing(value) ? value : String(value))),
  );
}
