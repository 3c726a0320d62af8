import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rules of eslint itself that find mistakes; the compiler and typescript-eslint cover the rest of what eslint calls recommended. */
const mistakes = {
  'array-callback-return': 'error',
  eqeqeq: 'error',
  'for-direction': 'error',
  'no-async-promise-executor': 'error',
  'no-case-declarations': 'error',
  'no-compare-neg-zero': 'error',
  'no-cond-assign': 'error',
  'no-constant-binary-expression': 'error',
  'no-constant-condition': 'error',
  'no-constructor-return': 'error',
  'no-control-regex': 'error',
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-duplicate-case': 'error',
  'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
  'no-empty': 'error',
  'no-empty-character-class': 'error',
  'no-empty-pattern': 'error',
  'no-extend-native': 'error',
  'no-fallthrough': 'error',
  'no-global-assign': 'error',
  'no-irregular-whitespace': 'error',
  'no-loss-of-precision': 'error',
  'no-misleading-character-class': 'error',
  'no-new-wrappers': 'error',
  'no-prototype-builtins': 'error',
  'no-regex-spaces': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-sequences': 'error',
  'no-shadow-restricted-names': 'error',
  'no-sparse-arrays': 'error',
  'no-template-curly-in-string': 'error',
  'no-unexpected-multiline': 'error',
  'no-unmodified-loop-condition': 'error',
  'no-unreachable-loop': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-unused-labels': 'error',
  'no-useless-backreference': 'error',
  'no-useless-catch': 'error',
  'no-useless-escape': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'require-yield': 'error',
  'use-isnan': 'error',
  'valid-typeof': 'error',
};

const typed = {
  '@typescript-eslint/consistent-type-imports': 'error',
  // `() => queue.push(item)` where nobody looks at the value is how callbacks are written here.
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-shadow': ['error', { ignoreTypeValueShadow: true, builtinGlobals: false }],
  // Takes the chained routes of hono for a foreign class.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // An async method may be async because its interface says so.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };

/** Time and randomness come in through Clock and Rng (src/core), so that a cell can be replayed; see CONTRIBUTING.md. */
const wallClock = 'Take a Clock; only the files listed in eslint.config.js read the time or set timers themselves.';
const clockAndRandomSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: wallClock },
  { selector: "CallExpression[callee.name='Date']", message: wallClock },
];
const clockAndRandom = {
  'no-restricted-syntax': ['error', defaultExport, ...clockAndRandomSyntax],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: wallClock },
    { object: 'performance', property: 'now', message: wallClock },
    { object: 'process', property: 'hrtime', message: wallClock },
    { object: 'Math', property: 'random', message: 'Take an Rng (src/core/rng.ts).' },
  ],
  'no-restricted-globals': [
    'error',
    {
      globals: [
        { name: 'setTimeout', message: wallClock },
        { name: 'setInterval', message: wallClock },
      ],
      checkGlobalObject: true,
    },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: ['node:timers', 'node:timers/promises', 'timers', 'timers/promises', 'node:perf_hooks', 'perf_hooks'].map((name) => ({ name, message: wallClock })),
    },
  ],
};

const mayReadClocks = [
  // The refresh of a progress bar is no measured time.
  'src/cli/progress.ts',
  'src/core/monotonic-clock.ts',
  'src/core/rng.ts',
  'src/backends/{launched,process,docker}/**/*.ts',
  'src/runtime/**/*.ts',
  'src/storage/**/*.ts',
  // How long a database may be silent.
  'src/result-store/connection.ts',
  'src/metrics/sampler*.ts',
  'src/live/live-{server,process}.ts',
  'src/workloads/pacer*.ts',
  'src/workloads/load-generator*.ts',
];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'results/', 'node_modules/'] },
  {
    // Comments cannot switch a rule off: an exception is made here, where it is seen.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: mistakes,
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typed,
  },
  {
    files: ['functions/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', defaultExport] },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...clockAndRandom,
      complexity: ['error', 15],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
    },
  },
  // Examples are plug-ins: they keep the rules of those, and export by default as loadPlugin wants it.
  { files: ['examples/**/*.ts'], rules: { ...clockAndRandom, 'no-restricted-syntax': ['error', ...clockAndRandomSyntax] } },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  // Bundled as CommonJS, where `require` spares a container the start of the ES module loader.
  { files: ['src/runtime/function-loader.ts'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  // The mechanism is one class on purpose: its state changes only together.
  { files: ['src/engine/engine.ts'], rules: { 'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }] } },
  {
    files: mayReadClocks,
    rules: {
      'no-restricted-syntax': ['error', defaultExport],
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
