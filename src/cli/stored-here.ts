import { FbbError } from '../core/index.js';
import { isResultAddress, parseResultAddress } from '../storage/index.js';

/** Throws FBB_ERR_USAGE, without the password, when the name of a result set is an address of a database. `why`: what needs it here. */
export function checkStoredHere(name: string, why: string): void {
  if (!isResultAddress(name)) return;
  const { shown } = parseResultAddress(name);
  throw new FbbError('FBB_ERR_USAGE', `${shown} is an address of a database, and ${why}.`, { fix: `Pull it first: faasbatch-bench results pull ${shown}, with user and password; then give its id.` });
}
