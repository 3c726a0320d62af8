import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { describeError, FbbError, longestTimerMs, storageKinds, type FunctionSpec } from '../core/index.js';

const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  kind: z.enum(['cpu', 'io']),
  handler: z.string(),
  timeoutMs: z.number().int().positive().max(longestTimerMs),
  needs: z.array(z.enum(storageKinds)).default([]),
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
  const { name, description, kind, handler, timeoutMs, needs } = parsed.data;
  const handlerPath = isAbsolute(handler) ? handler : join(folder, handler);
  if (!existsSync(handlerPath)) throw new FbbError('FBB_ERR_FUNCTION_MANIFEST', `${path} names the handler ${handler}, which does not exist.`);
  return { name, description, kind, handlerPath, timeoutMs, needs };
}

/** Reads every function folder below `root`. */
export function readFunctionFolders(root: string): FunctionFolder[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readFolder(join(root, entry.name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
