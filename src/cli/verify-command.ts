import { FbbError } from '../core/index.js';
import { findResultFolder } from '../results/index.js';
import { verifyResults, type Finding, type Verification } from '../verify/index.js';
import { print, styleFor } from './output.js';
import { shippedResultsFolder } from './package-root.js';
import { checkStoredHere } from './stored-here.js';

function describe({ file, place, what }: Finding): string {
  return `${file}${place === null ? '' : `, ${place}`}: ${what}`;
}

function printVerification({ folder, checked, cells, files, rows, problems, notes }: Verification): void {
  const style = styleFor(process.stdout);
  print(`${folder}: ${checked} of ${cells} cells, ${files} checksums, ${rows} rows of invocations`);
  for (const note of notes) print(style.dim(`  ${note}`));
  for (const problem of problems) print(style.red(`! ${describe(problem)}`));
  if (problems.length === 0) print('All that is there is whole.');
}

/** `results verify [result]`: ends with FBB_ERR_RESULTS_INVALID when something of it is wrong. */
export function verifyCommand(result: string, { out, json }: { readonly out: string; readonly json?: true }): void {
  checkStoredHere(result, 'files here are verified');
  const verification = verifyResults(findResultFolder(result, out, shippedResultsFolder));
  const { folder, problems } = verification;
  if (json === true) print(JSON.stringify({ ...verification, ok: problems.length === 0 }, undefined, 2));
  else printVerification(verification);
  if (problems.length === 0) return;
  throw new FbbError('FBB_ERR_RESULTS_INVALID', `${folder} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`, {
    fix: 'Bring the files that are named back from a copy ("faasbatch-bench results pull"), or run the suite again.',
  });
}
