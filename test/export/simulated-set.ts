import { findResultSet, type ResultSet } from '../../src/results/index.js';
import { Workplace } from '../cli/run-bin.js';

/** A result set of a few simulated invocations, the same on every run but for its id. Remove `place` afterwards. */
export async function simulate(...options: readonly string[]): Promise<{ readonly place: Workplace; readonly results: ResultSet }> {
  const place = new Workplace();
  const suite = ['suite', 'icdcs', '--backend', 'simulation', '--host', 'icdcs2023-testbed', '--experiments', 'e2e', '--workloads', 'icdcs-cpu', '--out', place.out];
  const { code, stderr } = await place.run(...suite, ...options);
  if (code !== 0) throw new Error(`the simulation ended with ${code}: ${stderr}`);
  return { place, results: findResultSet('latest', place.out) };
}
