import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { describeError, FbbError, type Registry, type SchedulerDefinition } from '../core/index.js';
import type { WorkloadDefinition } from '../workloads/index.js';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens');

const schedulerEntry = z.union([name.transform((text) => ({ name: text, options: {} })), z.strictObject({ name, options: z.record(z.string(), z.unknown()).default({}) })]);

const experimentSchema = z.strictObject({
  description: z.string().default(''),
  workloads: z.array(name).min(1),
  schedulers: z.array(schedulerEntry).min(1),
});

const suiteSchema = z.strictObject({
  name,
  description: z.string().default(''),
  seed: z.number().int().min(0).max(0xffff_ffff).default(5432),
  base: name.describe('the scheduler that the others are compared with'),
  published: z.string().optional().describe('YAML file of published figures, relative to the suite'),
  load: z.number().positive().max(1).default(0.35).describe('solo work offered per core and second'),
  keepAliveMs: z.number().positive().default(600_000),
  maxAttempts: z.number().int().min(1).max(10).default(2).describe('starts of an invocation whose container is lost; 1 means no second try'),
  maxLagMs: z.number().positive().default(50).describe('a cell whose 99th percentile of lag is above this is invalid'),
  warmupInvocations: z.number().int().min(0).default(20),
  experiments: z.record(name, experimentSchema).refine((experiments) => Object.keys(experiments).length > 0, 'must hold an experiment'),
});

const publishedSchema = z.strictObject({
  source: z.string(),
  cells: z.array(
    z.strictObject({ experiment: name, workload: name, scheduler: name, meanMs: z.number(), p50Ms: z.number(), p98Ms: z.number(), containers: z.number() }),
  ),
});

type Published = z.output<typeof publishedSchema>;

/** A suite as read from its file: checked, and with its names known to exist. */
export interface Suite extends z.output<typeof suiteSchema> {
  readonly path: string;
  /** SHA-256 of the file: equal hashes mean the same experiments. */
  readonly hash: string;
  readonly publishedFigures: Published | undefined;
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Where in the text a path lies; where it is missing, where its nearest parent lies. */
function placeOf(path: Issue['path'], document: Document, lines: LineCounter): string {
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
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a field of a suite' }));
  return [{ path, message: issue.message }];
}

interface Parsed<T> {
  readonly value: T;
  readonly text: string;
  readonly fail: (issues: readonly Issue[]) => FbbError;
}

function parseYamlFile<Schema extends z.ZodType>(path: string, schema: Schema): Parsed<z.output<Schema>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new FbbError('FBB_ERR_SUITE_INVALID', `${path} cannot be read: ${describeError(thrown)}.`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message }) => `  ${path}: ${message.split('\n', 1)[0] ?? ''}`);
    throw new FbbError('FBB_ERR_SUITE_INVALID', `${path} is not YAML:\n${problems.join('\n')}`);
  }
  const fail = (issues: readonly Issue[]): FbbError => {
    const problems = issues.map((issue) => `  ${path}:${placeOf(issue.path, document, lines)} ${issue.path.join('.') || '(top)'}: ${issue.message}`);
    return new FbbError('FBB_ERR_SUITE_INVALID', `${path} has ${issues.length} problem${issues.length === 1 ? '' : 's'}:\n${problems.join('\n')}`);
  };
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) throw fail(parsed.error.issues.flatMap((issue) => flatten(issue)));
  return { value: parsed.data, text, fail };
}

interface SuiteNames {
  readonly schedulers: Registry<SchedulerDefinition>;
  readonly workloads: Registry<WorkloadDefinition>;
}

/** Names that do not exist, options that do not fit, a base that an experiment lacks: everything the shape alone cannot tell. */
function semanticIssues(suite: z.output<typeof suiteSchema>, { schedulers, workloads }: SuiteNames): Issue[] {
  const issues: Issue[] = [];
  if (!schedulers.has(suite.base)) issues.push({ path: ['base'], message: `there is no scheduler '${suite.base}'; there are: ${schedulers.names().join(', ')}` });
  for (const [experiment, { workloads: workloadNames, schedulers: entries }] of Object.entries(suite.experiments)) {
    workloadNames.forEach((workload, index) => {
      if (workloads.has(workload)) return;
      issues.push({ path: ['experiments', experiment, 'workloads', index], message: `there is no workload '${workload}'; there are: ${workloads.names().join(', ')}` });
    });
    entries.forEach((entry, index) => {
      const path = ['experiments', experiment, 'schedulers', index];
      if (!schedulers.has(entry.name)) {
        issues.push({ path, message: `there is no scheduler '${entry.name}'; there are: ${schedulers.names().join(', ')}` });
        return;
      }
      const options = schedulers.get(entry.name).options.safeParse(entry.options);
      if (options.success) return;
      for (const issue of options.error.issues) issues.push({ path: [...path, 'options', ...issue.path.map(String)], message: issue.message });
    });
  }
  return issues;
}

/** Reads and checks a suite file; throws one error that lists every problem with its place. */
export function readSuiteFile(path: string, names: SuiteNames): Suite {
  const { value, text, fail } = parseYamlFile(path, suiteSchema);
  const issues = semanticIssues(value, names);
  if (issues.length > 0) throw fail(issues);
  const publishedFigures = value.published === undefined ? undefined : parseYamlFile(join(dirname(path), value.published), publishedSchema).value;
  return { ...value, path, hash: createHash('sha256').update(text).digest('hex'), publishedFigures };
}

/** Names of the suites in a folder. */
export function listSuites(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A built-in suite by its name, or any suite by the path of its file. */
export function findSuite(nameOrPath: string, folder: string, names: SuiteNames): Suite {
  const builtin = join(folder, `${nameOrPath}.yaml`);
  if (listSuites(folder).includes(nameOrPath)) return readSuiteFile(builtin, names);
  if (/\.ya?ml$/.test(nameOrPath) && existsSync(nameOrPath)) return readSuiteFile(nameOrPath, names);
  throw new FbbError('FBB_ERR_SUITE_UNKNOWN', `There is no suite named '${nameOrPath}'${/\.ya?ml$/.test(nameOrPath) ? ', and no such file' : ''}.`, {
    fix: `Use one of: ${listSuites(folder).join(', ')}, or the path of a YAML file.`,
  });
}
