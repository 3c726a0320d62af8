import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { describeError, FbbError, knownClients, longestTimerMs, storageKinds, type FunctionSpec } from '../core/index.js';

const sharedClientSchema = z.strictObject({
  module: z.string().regex(/^(@[a-z0-9._-]+\/)?[a-z0-9._-]+$/, 'must be the name of a package'),
  exports: z.array(z.string()).min(1),
  open: z.array(z.string()).optional(),
  close: z.array(z.string()).default([]),
  broken: z.strictObject({ property: z.string(), values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1) }).optional(),
});

/** One that is known may be named by its package alone. */
const namedClientSchema = z.preprocess((given, ctx) => {
  if (typeof given !== 'string') return given;
  const known = knownClients.find(({ module }) => module === given);
  if (known !== undefined) return known;
  ctx.addIssue({ code: 'custom', message: `nothing is known of the clients of '${given}': say { module, exports, close }, or name one of ${knownClients.map(({ module }) => module).join(', ')}` });
  return z.NEVER;
}, sharedClientSchema);

const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  kind: z.enum(['cpu', 'io']),
  handler: z.string(),
  timeoutMs: z.number().int().positive().max(longestTimerMs),
  needs: z.array(z.enum(storageKinds)).default([]),
  share: z.array(namedClientSchema).min(1).optional(),
});

/** A function folder: what it is, and where its handler lies. */
export interface FunctionFolder extends Omit<FunctionSpec, 'functionId'> {
  readonly description: string;
}

function readFolder(folder: string): FunctionFolder {
  const path = join(folder, 'manifest.json');
  let parsed: z.ZodSafeParseResult<z.output<typeof manifestSchema>>;
  try {
    parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    throw new FbbError('FBB_ERR_FUNCTION_MANIFEST', `${path} cannot be read: ${describeError(thrown)}.`);
  }
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`);
    throw new FbbError('FBB_ERR_FUNCTION_MANIFEST', `${path}: ${problems.join('; ')}.`);
  }
  const { name, description, kind, handler, timeoutMs, needs, share } = parsed.data;
  const handlerPath = isAbsolute(handler) ? handler : join(folder, handler);
  if (!existsSync(handlerPath)) throw new FbbError('FBB_ERR_FUNCTION_MANIFEST', `${path} names the handler ${handler}, which does not exist.`);
  if (share !== undefined && !handlerPath.endsWith('.cjs')) throw new FbbError('FBB_ERR_FUNCTION_MANIFEST', `${path} shares clients, and its handler ${handler} is no CommonJS module (.cjs): only what is required can be watched.`);
  return { name, description, kind, handlerPath, timeoutMs, needs, ...(share === undefined ? {} : { share }) };
}

/** Reads every function folder below `root`. */
export function readFunctionFolders(root: string): FunctionFolder[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readFolder(join(root, entry.name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
