import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a scheduler that is well written does on arrival, as the text of a plug-in. */
export const assignsOne = "ctx.assign(ctx.pool(invocation.functionId).idle.at(-1) ?? ctx.launch(invocation.functionId), [invocation], 'serial');";

/** The text of a plug-in with this body of onArrival. */
export function pluginText(name: string, onArrival = assignsOne): string {
  return `import { defineScheduler, z } from 'faasbatch-bench';
export default defineScheduler({
  name: '${name}',
  description: 'a scheduler of the tests',
  options: z.strictObject({ spare: z.number().default(0) }),
  create: () => ({
    onArrival(invocation, ctx) {
      ${onArrival}
    },
  }),
});
`;
}

/** A folder far from this package, so that nothing is installed near it. */
export class PluginFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'test-fbb-plugin-')));

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
