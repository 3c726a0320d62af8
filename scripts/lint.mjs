// Types, eslint, import direction and dead exports, all of them even when one fails. Exits 1 when any of them found something.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyzeTsConfig } from 'ts-unused-exports';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Files whose exports are for others than the sources in tsconfig.json: users, Node, vitest. */
const exportsForOthers = [
  /^src\/index\.ts$/,
  /^src\/testkit\/index\.ts$/,
  /^src\/page\/(charts\/charts-main|charts\/global)\.ts$/,
  // scripts/published-result-set.mjs
  /^src\/import\/index\.ts$/,
  /^src\/cli\/(bin|program|[a-z]+-command|[a-z]+-platform)\.ts$/,
  /^src\/runtime\/[^/]*main\.ts$/,
  /^src\/backends\/(process|docker)\/launcher\.ts$/,
  /^src\/metrics\/sampler-main\.ts$/,
  /^src\/workloads\/pacer-main\.ts$/,
  /^src\/suites\/watchdog-main\.ts$/,
  /^src\/storage\/(server|relay)-main\.ts$/,
  /^(functions|test|bench|examples|scripts)\//,
  /^[^/]*\.ts$/,
];

/** Runs a tool of node_modules; resolves to whether it was content, and what it said. */
function run(tool, ...args) {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ passed: false, output: error.message }));
    child.on('close', (code) => resolve({ passed: code === 0, output }));
  });
}

/** An export counts as used when any file imports it or exports it again, also one that is compiled for browsers. */
function deadExports() {
  const { unusedExports: found } = analyzeTsConfig(join(root, 'tsconfig.exports.json'));
  const lines = [];
  for (const [path, names] of Object.entries(found)) {
    const file = relative(root, path);
    if (exportsForOthers.some((pattern) => pattern.test(file))) continue;
    for (const { exportName, location } of names) lines.push(`${file}:${location?.line ?? 1} ${exportName} is exported and nobody imports it`);
  }
  return { passed: lines.length === 0, output: lines.join('\n') };
}

const folders = ['src', 'functions', 'test', 'bench', 'examples', 'scripts'].filter((folder) => existsSync(join(root, folder)));
const checks = {
  types: run('tsc', '--noEmit', '-p', 'tsconfig.json'),
  'types of pages': run('tsc', '--noEmit', '-p', 'src/page/tsconfig.json'),
  'types of tests of pages': run('tsc', '--noEmit', '-p', 'test/page/tsconfig.json'),
  eslint: run('eslint', '--max-warnings', '0', '.'),
  'import direction': run('depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...folders),
  'dead exports': Promise.resolve().then(deadExports),
};

for (const [name, check] of Object.entries(checks)) {
  const { passed, output } = await check;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
  if (!passed) {
    console.log(output.trimEnd());
    process.exitCode = 1;
  }
}
