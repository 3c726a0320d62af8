import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { cachePolicies, describeError, FbbError, isLimited, latencyPartNames, longestTimerMs, type Registry, type SchedulerDefinition } from '../core/index.js';
import type { WorkloadDefinition } from '../workloads/index.js';
import { optionIssues, type Issue } from './option-issues.js';
import type { PluginMentions } from './suite-plugins.js';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { message: 'must be lower-case letters, digits and hyphens', abort: true });

interface SuiteNames {
  readonly schedulers: Registry<SchedulerDefinition>;
  readonly workloads: Registry<WorkloadDefinition>;
  /** What the suite calls plug-ins; see loadSuitePlugins. */
  readonly mentions?: PluginMentions;
}

/** A name that must be one of those registered. */
function knownName(kind: string, registry: Registry<{ readonly name: string }>): z.ZodType<string, string> {
  return name.superRefine((text, ctx) => {
    if (!registry.has(text)) ctx.addIssue({ code: 'custom', message: `there is no ${kind} '${text}'; there are: ${registry.names().join(', ')}` });
  });
}

/** A scheduler by its name, or a plug-in by what the suite calls it; becomes the name of the scheduler. */
function schedulerMention({ schedulers, mentions }: SuiteNames): z.ZodType<string, string> {
  return z.string().transform((text, ctx) => {
    const plugin = mentions?.get(text);
    if (typeof plugin === 'string') return plugin;
    if (schedulers.has(text)) return text;
    const none = (what: string): string => `there is no scheduler '${text}'${what}; there are: ${schedulers.names().join(', ')}`;
    let message = none('');
    if (plugin !== undefined) message = `${plugin.code}: ${plugin.message}`;
    else if (/^@|\//.test(text)) message = none(' and no package of this name is installed');
    else if (!name.safeParse(text).success) message = 'must be lower-case letters, digits and hyphens';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Two equal ones would make two cells of one id. */
function refuseDuplicates(items: readonly unknown[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const text = JSON.stringify(item);
    if (seen.has(text)) ctx.addIssue({ code: 'custom', path: [index], message: 'is listed twice' });
    seen.add(text);
  });
}

/** Policies in every combination with capacities; `off` and `unbounded` have none. */
const cacheSchema = z
  .strictObject({
    policies: z.array(z.enum(cachePolicies)).min(1).superRefine(refuseDuplicates),
    capacities: z.array(z.number().int().min(1)).superRefine(refuseDuplicates).default([]),
  })
  .superRefine(({ policies, capacities }, ctx) => {
    const limited = policies.filter(isLimited);
    if (limited.length > 0 && capacities.length === 0) ctx.addIssue({ code: 'custom', path: ['capacities'], message: `must say how many resources ${limited.join(', ')} may keep` });
    if (limited.length === 0 && capacities.length > 0) ctx.addIssue({ code: 'custom', path: ['capacities'], message: `means nothing to ${policies.join(' and ')}` });
  });

/** The whole schema knows the names, so that faults of shape and names that do not exist are reported together. */
function createSuiteSchema(names: SuiteNames) {
  const schedulerName = schedulerMention(names);
  const schedulerEntry = z.union([
    schedulerName.transform((text) => ({ name: text, options: {} })),
    z.strictObject({ name: schedulerName, options: z.record(z.string(), z.unknown()).default({}) }),
  ]);
  const experimentSchema = z.strictObject({
    description: z.string().default(''),
    workloads: z.array(knownName('workload', names.workloads)).min(1).superRefine(refuseDuplicates),
    schedulers: z.array(schedulerEntry).min(1),
    cache: cacheSchema.optional().describe('how containers share resources, instead of as each scheduler has it'),
    sweep: z.record(z.string(), z.array(z.union([z.number(), z.boolean(), z.string()])).min(1).superRefine(refuseDuplicates)).default({}),
  });
  return z.strictObject({
    name,
    description: z.string().default(''),
    seed: z.number().int().min(0).max(0xffff_ffff).default(5432),
    base: schedulerName.describe('the scheduler that the others are compared with'),
    published: z.string().optional().describe('YAML file of published figures, relative to the suite'),
    load: z.number().positive().max(1).default(0.35).describe('solo work offered per core and second'),
    keepAliveMs: z.number().positive().max(longestTimerMs).default(600_000),
    maxAttempts: z.number().int().min(1).max(10).default(2).describe('starts of an invocation whose container is lost; 1 means no second try'),
    maxLagMs: z.number().positive().default(50).describe('a cell whose 99th percentile of lag is above this is invalid'),
    maxFailedShare: z.number().min(0).max(1).default(0).describe('a cell of which a larger share did not complete is invalid'),
    warmupInvocations: z.number().int().min(0).default(20),
    experiments: z.record(name, experimentSchema).refine((experiments) => Object.keys(experiments).length > 0, 'must hold an experiment'),
  });
}

const publishedSchema = z.strictObject({
  source: z.string(),
  cells: z.array(
    z.strictObject({
      experiment: name,
      workload: name,
      scheduler: name,
      parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}).describe('it stands for our cells with these'),
      meanMs: z.number(),
      p50Ms: z.number(),
      p98Ms: z.number(),
      containers: z.number(),
      partsMs: z.partialRecord(z.enum(latencyPartNames), z.number()).default({}).describe('means of the parts of latency'),
    }),
  ),
});

type Published = z.output<typeof publishedSchema>;

/** A suite as read from its file: checked, and with its names known to exist. */
export interface Suite extends z.output<ReturnType<typeof createSuiteSchema>> {
  readonly path: string;
  /** SHA-256 of the file: equal hashes mean the same experiments. */
  readonly hash: string;
  readonly publishedFigures: Published | undefined;
}

/** Where in the text an issue lies; where its field is missing, where the nearest parent lies. */
function placeOf({ path, atKey }: Issue, document: Document, lines: LineCounter): string {
  if (atKey === true) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const key = isMap(parent) ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key : undefined;
    if (isScalar(key) && key.range) {
      const { line, col } = lines.linePos(key.range[0]);
      return `${line}:${col}`;
    }
  }
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}

/** A union fails with one message for all its branches; the branch that fits best says more. */
function flatten(issue: z.core.$ZodIssue, prefix: readonly (string | number)[] = []): Issue[] {
  const path = [...prefix, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((errors) => errors.flatMap((inner) => flatten(inner, path)));
    const deepest = branches.sort((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0];
    return deepest ?? [{ path, message: issue.message }];
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message, atKey: true }));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a field of a suite', atKey: true }));
  return [{ path, message: issue.message }];
}

interface Parsed<T> {
  readonly value: T;
  readonly text: string;
}

/** `findMore`: faults that the schema does not see. */
function parseYamlFile<Schema extends z.ZodType>(path: string, schema: Schema, findMore: (data: unknown) => Issue[] = () => []): Parsed<z.output<Schema>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new FbbError('FBB_ERR_SUITE_INVALID', `${path} cannot be read: ${describeError(thrown)}.`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuse = (problems: readonly string[]): FbbError =>
    new FbbError('FBB_ERR_SUITE_INVALID', `${path} is not YAML:\n${problems.map((problem) => `  ${path}: ${problem.split('\n', 1)[0] ?? ''}`).join('\n')}`);
  if (document.errors.length > 0) throw refuse(document.errors.map(({ message }) => message));
  let data: unknown;
  try {
    data = document.toJS();
  } catch (thrown) {
    // An alias of nothing is found only now.
    throw refuse([describeError(thrown)]);
  }
  const fail = (issues: readonly Issue[]): FbbError => {
    const problems = issues.map((issue) => `  ${path}:${placeOf(issue, document, lines)} ${issue.path.join('.') || '(top)'}: ${issue.message}`);
    return new FbbError('FBB_ERR_SUITE_INVALID', `${path} has ${issues.length} problem${issues.length === 1 ? '' : 's'}:\n${problems.join('\n')}`);
  };
  const parsed = schema.safeParse(data);
  const issues = [...(parsed.error?.issues ?? []).flatMap((issue) => flatten(issue)), ...findMore(data)];
  if (!parsed.success || issues.length > 0) throw fail(issues);
  return { value: parsed.data, text };
}

/** Reads and checks a suite file; throws one error that lists every problem with its place. */
export function readSuiteFile(path: string, names: SuiteNames): Suite {
  const nameOf = (mention: string): string => {
    const plugin = names.mentions?.get(mention);
    return typeof plugin === 'string' ? plugin : mention;
  };
  const { value, text } = parseYamlFile(path, createSuiteSchema(names), (data) => optionIssues(data, names.schedulers, nameOf));
  const publishedFigures = value.published === undefined ? undefined : parseYamlFile(join(dirname(path), value.published), publishedSchema).value;
  return { ...value, path, hash: hashOf(text), publishedFigures };
}

/** Of the suite file at `path`, as it is in manifests. */
export function suiteHash(path: string): string {
  return hashOf(readFileSync(path, 'utf8'));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Names of the suites in a folder. */
export function listSuites(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** Path of a built-in suite by its name, or of any suite by the path of its file. */
export function findSuitePath(nameOrPath: string, folder: string): string {
  if (listSuites(folder).includes(nameOrPath)) return join(folder, `${nameOrPath}.yaml`);
  if (/\.ya?ml$/.test(nameOrPath) && existsSync(nameOrPath)) return nameOrPath;
  throw new FbbError('FBB_ERR_SUITE_UNKNOWN', `There is no suite named '${nameOrPath}'${/\.ya?ml$/.test(nameOrPath) ? ', and no such file' : ''}.`, {
    fix: `Use one of: ${listSuites(folder).join(', ')}, or the path of a YAML file.`,
  });
}

/** Reads a built-in suite by its name, or any suite by the path of its file. */
export function findSuite(nameOrPath: string, folder: string, names: SuiteNames): Suite {
  return readSuiteFile(findSuitePath(nameOrPath, folder), names);
}
