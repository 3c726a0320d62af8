import { z } from 'zod';

type Scalar = number | string | boolean;

/** An option of a scheduler, as its schema tells it. */
export interface SchedulerOption {
  readonly name: string;
  /** What it takes: `number`, `"oracle" | "ewma"`. */
  readonly type: string;
  /** Undefined when it must be given. */
  readonly default: unknown;
  readonly description: string | undefined;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** The options that a schema takes; none when it does not take an object. */
export function describeOptions(schema: z.ZodType): SchedulerOption[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: property.enum?.map((value) => JSON.stringify(value)).join(' | ') ?? property.type ?? 'any',
    default: property.default,
    description: property.description,
  }));
}

/** Options as they are stored: what is no number, text or truth value is stored as JSON. */
export function storedOptions(options: unknown): Record<string, Scalar> {
  if (typeof options !== 'object' || options === null) return {};
  const stored: Record<string, Scalar> = {};
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) stored[name] = value as Scalar;
    else if (value !== undefined) stored[name] = JSON.stringify(value);
  }
  return stored;
}

/** The defaults of a scheduler's options, as they are stored; none when there are options that must be given. */
export function schedulerOptions(schema: z.ZodType): Record<string, Scalar> {
  const parsed = schema.safeParse({});
  return parsed.success ? storedOptions(parsed.data) : {};
}
