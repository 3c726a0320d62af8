// Bundles what runs in processes of its own (containers, launcher, sampler, storage) into single files, because every module file a
// container loads costs launch time, and copies the functions beside them.
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
    launcher: 'src/backends/process/launcher.ts',
    'docker-launcher': 'src/backends/docker/launcher.ts',
    sampler: 'src/metrics/sampler-main.ts',
    storage: 'src/storage/server-main.ts',
    relay: 'src/storage/relay-main.ts',
    pacer: 'src/workloads/pacer-main.ts',
    watchdog: 'src/suites/watchdog-main.ts',
  },
  outdir: 'dist/runtime',
  // It brings optional native modules and files of its own; only the launcher of Docker containers loads it.
  external: ['dockerode'],
  outExtension: { '.js': '.cjs' },
  minifyWhitespace: true,
});
await build({
  ...common,
  entryPoints: Object.fromEntries(functions.map((name) => [`${name}/handler`, `functions/${name}/handler.ts`])),
  outdir: 'dist/functions',
  outExtension: { '.js': '.cjs' },
  minifyWhitespace: true,
});
for (const name of functions) cpSync(join(root, 'functions', name, 'manifest.json'), join(root, 'dist/functions', name, 'manifest.json'));
