import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that belongs to the running test and is removed with it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'test-fbb-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
