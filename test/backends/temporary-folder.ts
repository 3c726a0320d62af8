import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of this test alone, gone when the test is over. A concurrent test must pass its own `onTestFinished`. */
export function temporaryFolder(whenOver = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 't-'));
  whenOver(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
