import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Many tests start processes and watch the clock: more workers than this disturb each other.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A forgotten `.only` would leave the others out unseen.
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', './scripts/test-reporter.ts'],
  },
});
