// Bundles what runs in processes of its own (containers, launcher, sampler, storage) into single files, because every module file a
// container loads costs launch time, and copies the functions beside them; and what runs in browsers.
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledClientFile } from '../dist/src/core/known-clients.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const functions = readdirSync(join(root, 'functions')).filter((name) => statSync(join(root, 'functions', name)).isDirectory());

const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning', absWorkingDir: root };

rmSync(join(root, 'dist/functions'), { recursive: true, force: true });
rmSync(join(root, 'dist/runtime'), { recursive: true, force: true });

await build({
  ...common,
  entryPoints: {
    main: 'src/runtime/main.ts',
    'thread-main': 'src/runtime/thread-main.ts',
    'client-sharing': 'src/runtime/client-sharing.ts',
    launcher: 'src/backends/process/launcher.ts',
    'docker-launcher': 'src/backends/docker/launcher.ts',
    sampler: 'src/metrics/sampler-main.ts',
    storage: 'src/storage/server-main.ts',
    relay: 'src/storage/relay-main.ts',
    pacer: 'src/workloads/pacer-main.ts',
    watchdog: 'src/suites/watchdog-main.ts',
    live: 'src/live/live-server-main.ts',
  },
  outdir: 'dist/runtime',
  // It brings optional native modules and files of its own; only the launcher of Docker containers loads it.
  external: ['dockerode'],
  outExtension: { '.js': '.cjs' },
  minifyWhitespace: true,
});
// A package whose clients a function shares stays a file of its own beside it, so that loading it can be seen at run time.
for (const name of functions) {
  const { share = [] } = JSON.parse(readFileSync(join(root, 'functions', name, 'manifest.json'), 'utf8'));
  const packages = share.map((client) => (typeof client === 'string' ? client : client.module));
  const beside = { name: 'shared-clients', setup: ({ onResolve }) => onResolve({ filter: /^[^./]/ }, ({ path }) => (packages.includes(path) ? { path: `./${bundledClientFile(path)}`, external: true } : undefined)) };
  await build({ ...common, entryPoints: [`functions/${name}/handler.ts`], outfile: `dist/functions/${name}/handler.cjs`, plugins: [beside], minifyWhitespace: true });
  for (const path of packages) {
    await build({ ...common, stdin: { contents: `module.exports = require(${JSON.stringify(path)});`, resolveDir: root }, outfile: `dist/functions/${name}/${bundledClientFile(path)}`, minifyWhitespace: true });
  }
}
for (const name of functions) cpSync(join(root, 'functions', name, 'manifest.json'), join(root, 'dist/functions', name, 'manifest.json'));

// The program that draws is one file for all pages, and for figures that are drawn here (src/report). Its licences go where it goes.
const licence = (path) => readFileSync(join(root, 'node_modules', path), 'utf8').trim().replaceAll('*/', '* /');
const drawn = {
  banner: { js: `/*! Apache ECharts and ZRender, bundled. Licences:\n${[licence('echarts/NOTICE'), licence('echarts/licenses/LICENSE-d3'), licence('zrender/LICENSE')].join('\n\n')}\nApache ECharts: Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0\n*/` },
};
const forPages = { bundle: true, platform: 'browser', target: 'es2022', format: 'iife', logLevel: 'warning', absWorkingDir: root, minify: true, legalComments: 'none', tsconfig: 'src/page/tsconfig.json' };
rmSync(join(root, 'dist/page'), { recursive: true, force: true });
await build({ ...forPages, ...drawn, entryPoints: ['src/page/charts/charts-main.ts'], globalName: 'FbbCharts', outfile: 'dist/page/charts.js' });
await build({ ...forPages, entryPoints: { report: 'src/page/report/report-main.ts', live: 'src/page/live/live-main.ts' }, outdir: 'dist/page' });
for (const name of ['page.css', 'live.html']) cpSync(join(root, 'src/page', name), join(root, 'dist/page', name));
