// Which folder may import which; types count. The picture is in CONTRIBUTING.md.

/** Programs of processes of their own, and what they share with those who start them: single files of core keep their bundles small. */
const ownProcess = {
  runtime: '^src/runtime/',
  'backends/process': '^src/backends/process/(launcher|descendants)\\.ts$',
  'backends/docker': `^src/backends/docker/(${['launcher', 'launched-container', 'container-options', 'control-socket', 'daemon-errors', 'docker-launcher-protocol', 'image-layout', 'in-time', 'json-lines', 'labels', 'left-behind', 'readiness', 'stats', 'turns'].join('|')})\\.ts$`,
  'backends/launched': '^src/backends/launched/(launcher-protocol|last-words|remove-folder)\\.ts$',
  storage: '^src/storage/(server-main|relay-main|storage-protocol|tell-harness)\\.ts$',
  metrics: '^src/metrics/(sampler-main|sampler-protocol|sampler-cgroups|sampler-processes)\\.ts$',
  workloads: '^src/workloads/(pacer-main|pacer-protocol)\\.ts$',
  suites: '^src/suites/(watchdog-main|watchdog-protocol)\\.ts$',
  live: '^src/live/(live-server-main|live-server|live-state|live-series|live-protocol|live-events|live-address|latency-counts)\\.ts$',
};
const ownProcesses = Object.values(ownProcess);

/** The indexes of folders; a backend has one of its own. */
const anyIndex = ['^src/[^/]+/index\\.ts$', '^src/backends/[^/]+/index\\.ts$'];
const indexOf = (folder) => (folder === 'backends' ? ['^src/backends/index\\.ts$', '^src/backends/[^/]+/index\\.ts$'] : [`^src/${folder}/index\\.ts$`]);

/** A folder of src may import itself and the indexes of the folders given. */
const folderImportsOnly = (folder, ...others) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${[...others.map((other) => `${other}/index.ts`), 'itself'].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: ownProcesses },
  to: { path: '^src/', pathNot: [`^src/${folder}/`, ...others.flatMap(indexOf)] },
});

/** An npm package that only the given places may import. */
const packageOnlyIn = (packages, ...places) => ({
  name: `${packages[0]}-only-in`,
  comment: `${packages.join(', ')}: only in ${places.join(', ')}.`,
  severity: 'error',
  from: { pathNot: ['^test/', ...places] },
  to: { path: `(^|node_modules/)(@types/)?(${packages.join('|')})($|/)` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and that nothing imports.',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },

    folderImportsOnly('core'),
    ...['caches', 'schedulers', 'engine', 'workloads', 'metrics', 'stats', 'results', 'storage', 'plugins', 'charts'].map((folder) => folderImportsOnly(folder, 'core')),
    folderImportsOnly('testkit', 'core', 'engine', 'plugins'),
    folderImportsOnly('suites', 'core', 'caches', 'engine', 'plugins', 'schedulers', 'workloads', 'metrics', 'results', 'stats', 'backends', 'storage'),
    folderImportsOnly('result-store', 'core', 'results', 'storage'),
    folderImportsOnly('verify', 'core', 'results', 'metrics'),
    folderImportsOnly('data-frame', 'core', 'results'),
    folderImportsOnly('diff', 'core', 'results', 'stats'),
    folderImportsOnly('report', 'core', 'results', 'stats', 'diff', 'charts'),
    // Types of the report's data; what it runs is its own and that of charts.
    folderImportsOnly('page', 'charts', 'report', 'live'),
    folderImportsOnly('export', 'core', 'results'),
    folderImportsOnly('import', 'core', 'results', 'metrics'),
    folderImportsOnly('live', 'core', 'results', 'suites'),
    folderImportsOnly('doctor', 'core', 'metrics', 'storage', 'backends'),
    {
      name: 'backend-imports',
      comment: 'A backend may import core (by index.ts), itself, and what launched containers have in common (by index.ts), not another backend.',
      severity: 'error',
      from: { path: '^src/backends/([^/]+)/', pathNot: ownProcesses },
      to: { path: '^src/', pathNot: ['^src/backends/$1/', '^src/backends/launched/index\\.ts$', '^src/core/index\\.ts$', '^src/caches/index\\.ts$'] },
    },
    {
      name: 'backends-imports',
      severity: 'error',
      from: { path: '^src/backends/[^/]+\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/backends/[^/]+\\.ts$', '^src/backends/[^/]+/index\\.ts$', '^src/core/index\\.ts$'] },
    },
    ...Object.entries(ownProcess).map(([folder, path]) => ({
      name: `own-process-imports-${folder.replace('/', '-')}`,
      comment: `A program of src/${folder} may import single files of core, of its own folder, and, if it launches containers, of what those have in common.`,
      severity: 'error',
      from: { path },
      to: { path: '^src/', pathNot: ['^src/core/', `^src/${folder}/`, ...(folder.startsWith('backends/') ? ['^src/backends/launched/'] : []), ...(folder === 'runtime' ? ['^src/caches/'] : [])] },
    })),
    {
      name: 'cli-imports',
      comment: 'The command line uses other folders through their index.ts.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: ['^src/cli/', ...anyIndex] },
    },
    {
      name: 'public-api-imports',
      comment: 'src/index.ts exports what the indexes export.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/', pathNot: anyIndex },
    },
    {
      name: 'through-index',
      comment: 'From outside, a folder is used through its index.ts.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: ownProcesses },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', ...anyIndex] },
    },
    {
      name: 'src-from-outside',
      comment: 'Benches and examples use src as a reader of the docs would: through an index.ts.',
      severity: 'error',
      from: { path: '^(bench|examples|scripts)/' },
      to: { path: '^src/', pathNot: ['^src/index\\.ts$', ...anyIndex] },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { pathNot: ['^src/cli/', '^test/'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'nobody-imports-the-public-api',
      comment: 'src/index.ts is for users; inside src it would make cycles.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'functions-imports',
      comment: 'A function runs in a container: it may import single files of core, of itself, and what lies beside the folders of functions.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^(src|functions|test|bench|examples|scripts)/', pathNot: ['^src/core/', '^functions/$1/', '^functions/[^/]+\\.ts$'] },
    },
    {
      name: 'shared-by-functions-imports',
      comment: 'What functions have in common lies beside their folders, and may import single files of core.',
      severity: 'error',
      from: { path: '^functions/[^/]+\\.ts$' },
      to: { path: '^(src|functions|test|bench|examples|scripts)/', pathNot: ['^src/core/', '^functions/[^/]+\\.ts$'] },
    },
    {
      name: 'src-imports-src',
      comment: 'Product code does not import tests, benches, examples, scripts or functions.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples|scripts|functions)/' },
    },

    packageOnlyIn(['dockerode', 'tar-stream'], '^src/backends/docker/'),
    packageOnlyIn(['commander', 'cli-progress', 'cli-table3', 'picocolors'], '^src/cli/', '^src/report/'),
    packageOnlyIn(['undici'], '^src/backends/'),
    packageOnlyIn(['hono', '@hono/[^/]+'], '^src/storage/'),
    packageOnlyIn(['pidusage'], '^src/metrics/'),
    packageOnlyIn(['nano'], '^functions/'),
    packageOnlyIn(['require-in-the-middle'], '^src/runtime/'),
    packageOnlyIn(['ioredis'], '^functions/', '^src/storage/'),
    packageOnlyIn(['jstat'], '^src/stats/'),
    packageOnlyIn(['jiti'], '^src/plugins/'),
    packageOnlyIn(['fast-check'], '^src/testkit/'),
    packageOnlyIn(['hyparquet-writer'], '^src/export/'),
    packageOnlyIn(['danfojs-node'], '^src/data-frame/'),
    packageOnlyIn(['echarts', 'zrender'], '^src/page/'),
    packageOnlyIn(['playwright-core', 'axe-core'], '^bench/'),
    {
      name: 'no-dev-packages',
      comment: 'What ships must not need a development dependency; pages carry theirs in their bundle.',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/page/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: ['node_modules/@types/'] },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      from: { path: '^(src|functions|test|bench|examples)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'policy-does-no-io',
      comment: 'Schedulers and the engine decide; files, sockets and processes belong to backends.',
      severity: 'error',
      from: { path: '^src/(schedulers|engine)/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // The example is a package with dependencies of its own, which are not installed here.
    exclude: { path: '^(dist|coverage|examples/analysis)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
