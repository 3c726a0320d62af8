import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, run } from './run.js';

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let packed: Packed;
let paths: string[];

beforeAll(async () => {
  const cache = mkdtempSync(join(tmpdir(), 'test-fbb-'));
  const { code, stdout, stderr } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline', '--cache', cache]);
  rmSync(cache, { recursive: true, force: true });
  if (code !== 0) throw new Error(stderr);
  packed = (JSON.parse(stdout) as [Packed])[0];
  paths = packed.files.map(({ path }) => path);
}, 60_000);

describe('the package', () => {
  it.each([
    'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md',
    'dist/src/cli/bin.js', 'dist/src/index.js', 'dist/src/index.d.ts',
    'dist/runtime/main.cjs', 'dist/runtime/thread-main.cjs', 'dist/runtime/launcher.cjs', 'dist/runtime/docker-launcher.cjs', 'dist/runtime/sampler.cjs', 'dist/runtime/storage.cjs', 'dist/runtime/relay.cjs', 'dist/runtime/pacer.cjs', 'dist/runtime/live.cjs',
    'dist/functions/fib/handler.cjs', 'dist/functions/fib/manifest.json', 'dist/functions/blob-couchdb/handler.cjs', 'dist/functions/blob-couchdb/manifest.json', 'dist/functions/kv-redis/handler.cjs', 'dist/functions/mixed/handler.cjs',
    'dist/src/testkit/index.js', 'dist/src/testkit/index.d.ts', 'dist/src/cli/plugin-check-main.js',
    'templates/plugin/package.json.template', 'templates/plugin/scheduler.ts.template', 'templates/plugin/suite.yaml.template', 'examples/least-loaded.ts', 'docs/plugins.md', 'examples/analysis/compare.mjs', 'examples/analysis/package.json', 'docs/analysis.md',
    'results/published/icdcs2023/manifest.json', 'results/published/icdcs2023/cells/e2e.icdcs-cpu.vanilla.r1/summary.json',
    'dist/page/charts.js', 'dist/page/report.js', 'dist/page/live.js', 'dist/page/live.html', 'dist/page/page.css', 'docs/report.md',
    'suites/icdcs.yaml', 'suites/data/icdcs2023.yaml', 'docs/errors.md', 'docs/suites.md',
  ])('holds %s', (path) => {
    expect(paths).toContain(path);
  });

  it('holds no tests, no sources, no results of runs and nothing of the workshop', () => {
    expect(paths.filter((path) => /^(test|src|bench|scripts|results(?!\/published\/)|\.ci|\.git)\/|(^|\/)node_modules\//.test(path))).toEqual([]);
    expect(paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith('examples/'))).toEqual([]);
    expect(paths.filter((path) => /\.test\.|tsconfig|vitest|eslint/.test(path) && !path.startsWith('templates/'))).toEqual([]);
  });

  it('takes less than 4.5 MB, of which pages are 0.7', () => {
    expect(packed.unpackedSize).toBeGreaterThan(50_000);
    expect(packed.unpackedSize).toBeLessThan(4_500_000);
  });

  it('has a command that can be started', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    expect(bin).toEqual({ 'faasbatch-bench': 'dist/src/cli/bin.js' });
    expect(readFileSync(join(root, 'dist/src/cli/bin.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(packed.files.find(({ path }) => path === 'dist/src/cli/bin.js')?.mode).toBe(0o755);
  });

  it('needs only packages that it lists: container programs and functions bring theirs along', () => {
    const bundles = paths.filter((path) => path.endsWith('.cjs'));
    expect(bundles.length).toBeGreaterThan(6);
    const needed = bundles.flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => ({ path, name })));
    expect(needed.length).toBeGreaterThan(6);
    const builtin = new Set(process.getBuiltinModule('node:module').builtinModules);
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
    expect(Object.keys(dependencies)).toContain('dockerode');
    // The launcher of Docker containers runs on the host, where the dependencies are.
    const brought = needed.filter(({ path, name }) => !(path === 'dist/runtime/docker-launcher.cjs' && name === 'dockerode'));
    // A package whose clients a function shares is a file beside it.
    const beside = brought.filter(({ path, name }) => !paths.includes(posix.join(posix.dirname(path), name)));
    expect(beside.filter(({ name }) => !name.startsWith('node:') && !builtin.has(name))).toEqual([]);
  });
});
