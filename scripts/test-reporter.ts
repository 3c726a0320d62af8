import type { Reporter, TestModule, Vitest } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What the tally looks at of a test case, a suite or a module, so that it can be tested without running vitest. */
export type CountedModule = Pick<TestModule, 'errors'> & {
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: string } }>;
    allSuites(): Iterable<{ errors(): readonly unknown[] }>;
  };
};

/**
 * Counts test cases. A file that could not be collected, a suite whose hooks failed and an error outside every test count as a failure
 * each, and so does a run that executed nothing: none of them may look like success.
 */
export function tally(modules: Iterable<CountedModule>, unhandledErrors: number, finished: boolean): Tally {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'skipped') counts.skipped += 1;
      else counts.failed += 1;
    }
  }
  if (counts.failed === 0 && (counts.passed === 0 || !finished)) counts.failed = 1;
  return counts;
}

export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** One when tests that are no part of this run have failed before it, which FBB_FAILED_BEFORE names: the closing line speaks for them too. */
export function failuresBefore({ FBB_FAILED_BEFORE: name = '' }: Readonly<Record<string, string | undefined>>): number {
  return name === '' ? 0 : 1;
}

/** Ends the output of a run with the closing line, after everything vitest itself has to say, and sees to it that the exit code agrees. */
export default class TestReporter implements Reporter {
  /** A run that is cut off before its end has failed. */
  #tally: Tally = tally([], 0, false);

  onInit(vitest: Vitest): void {
    if (vitest.config.watch) return;
    process.once('exit', () => {
      if (this.#tally.failed > 0 && (process.exitCode ?? 0) === 0) process.exitCode = 1;
      process.stdout.write(`\n${closingLine(this.#tally)}\n`);
    });
  }

  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandledErrors, reason) => {
    this.#tally = tally(modules, unhandledErrors.length + failuresBefore(process.env), reason !== 'interrupted');
  };
}
