import { ExitCode, FbbError, wallClockIso } from '../core/index.js';
import { importArtifact } from '../import/index.js';
import { tell } from './output.js';
import { packageCommit, packageVersion } from './package-root.js';
import { resultId } from './result-id.js';
import { printResult } from './show-command.js';

export interface ImportArtifactOptions {
  readonly out: string;
  readonly id?: string;
  /** Invocations that were sent in each run. */
  readonly expected?: number;
  readonly json?: true;
}

/** An id names a folder, which a listing must not pass by and `latest` must not hide. */
function checkId(id: string): void {
  if (/^[A-Za-z0-9][\w.-]*$/.test(id) && id !== 'latest') return;
  throw new FbbError('FBB_ERR_USAGE', `--id ${id} is no name of a folder.`, { fix: 'Use letters, digits, points, dashes and underscores, beginning with a letter or a digit.' });
}

/** `import artifact <folder>`: reads, stores, prints. */
export function importArtifactCommand(folder: string, { out, id, expected, json }: ImportArtifactOptions): void {
  if (id !== undefined) checkId(id);
  const createdAt = wallClockIso();
  const command = ['faasbatch-bench', ...process.argv.slice(2)].join(' ');
  const tool = { version: packageVersion, commit: packageCommit() };
  const { results, leftOut } = importArtifact({ folder, out, id: id ?? resultId('artifact', createdAt), createdAt, command, tool, expected });
  const { cells, imported } = results.manifest;
  tell(`${results.folder}: ${cells.length} cells from ${imported?.files.length ?? 0} files`);
  if (leftOut.length > 0) tell(`left out, for there are no rows beside them: ${leftOut.join(', ')}`);
  printResult(results, json === true);
  process.exitCode = cells.every(({ status }) => status === 'valid') ? ExitCode.done : ExitCode.invalidCell;
}
