import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSuiteFile, type Suite } from '../../src/suites/suite-file.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { names } from './suite-names.js';

/** Writes a suite file that lives as long as the test; returns its path. */
export function suiteFile(...lines: string[]): string {
  const path = join(temporaryFolder(), 'suite.yaml');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

export function suiteOf(...lines: string[]): Suite {
  return readSuiteFile(suiteFile(...lines), names);
}

/** The lines of the error that a faulty suite ends with, without the path of the file. */
export function problemsOf(...lines: string[]): string[] {
  const path = suiteFile(...lines);
  const error = thrownBy(() => readSuiteFile(path, names));
  if (error.code !== 'FBB_ERR_SUITE_INVALID') throw error;
  const [title = '', ...problems] = error.message.split('\n');
  if (!title.startsWith(path)) throw new Error(`the title does not begin with the path: ${title}`);
  return problems.map((problem) => {
    if (!problem.startsWith(`  ${path}:`)) throw new Error(`the problem does not begin with the path: ${problem}`);
    return problem.slice(`  ${path}:`.length);
  });
}
