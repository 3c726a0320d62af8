import type { Capability } from '../core/index.js';

const capabilities: Record<Capability, true> = { 'cpu-class': true };
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'safeParse' in value && typeof value.safeParse === 'function';
}

/** Schemas of zod 3 have the same methods, and nothing that tells which options they take. */
function isZod4Schema(value: unknown): boolean {
  return isSchema(value) && '_zod' in (value as object);
}

function requiresProblems(requires: unknown): string[] {
  const valid = `the capabilities are: ${Object.keys(capabilities).join(', ')}`;
  if (!Array.isArray(requires)) return [`requires is not a list (${valid})`];
  const unknown = requires.filter((name) => typeof name !== 'string' || !Object.hasOwn(capabilities, name));
  return unknown.map((name) => `requires names '${String(name)}', which no backend has (${valid})`);
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';

/** Part by part: what it must be, and how to say that it is not. */
const parts: Readonly<Record<string, { readonly fits: (value: unknown) => boolean; readonly problem: (value: unknown) => string; readonly optional?: true }>> = {
  name: {
    fits: (value) => typeof value === 'string' && kebabCase.test(value),
    problem: (value) => (value === undefined ? 'name is missing' : `name is ${JSON.stringify(value)}, it must be of lower-case letters, digits and single hyphens`),
  },
  description: { fits: isText, problem: () => 'description is not a text that says what it does' },
  options: {
    fits: isZod4Schema,
    problem: (value) => (isSchema(value) ? 'options is a schema, but not one of zod 4; import z from faasbatch-bench, which has it' : 'options is not a zod schema, for example z.strictObject({})'),
  },
  multiplexing: { fits: (value) => typeof value === 'boolean', problem: () => 'multiplexing is neither true nor false', optional: true },
  profileOf: { fits: isText, problem: () => 'profileOf is not a text, the name of a scheduler', optional: true },
  serviceSliceMs: { fits: isFunction, problem: () => 'serviceSliceMs is not a function', optional: true },
  create: { fits: isFunction, problem: (value) => (value === undefined ? 'create is missing' : 'create is not a function') },
};

/** What keeps a value from being a scheduler definition, one line each; `requires` and `multiplexing` may be left out. */
export function definitionProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`it is ${value === null ? 'null' : `of type ${typeof value}`} and not what defineScheduler returns`];
  const given = value as Partial<Record<string, unknown>>;
  const problems: string[] = [];
  for (const [name, { fits, problem, optional }] of Object.entries(parts)) {
    const part = given[name];
    if (!fits(part) && !(optional === true && part === undefined)) problems.push(problem(part));
  }
  if (given['requires'] !== undefined) problems.push(...requiresProblems(given['requires']));
  return problems;
}
