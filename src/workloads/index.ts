import { Registry } from '../core/index.js';
import { bursts } from './bursts.js';
import { icdcsCpu } from './icdcs-cpu.js';
import { icdcsIo, icdcsIoPlain } from './icdcs-io.js';
import { tcIo } from './tc-io.js';
import type { WorkloadDefinition } from './workload-definition.js';

export { measureFib30Ms } from './fib-calibration.js';
export { readFunctionFolders, type FunctionFolder } from './function-catalog.js';
export { LoadGenerator } from './load-generator.js';
export type { WorkloadDefinition } from './workload-definition.js';

/** The workloads that ship with the harness. */
export function builtinWorkloads(): Registry<WorkloadDefinition> {
  return new Registry('workload', 'FBB_ERR_WORKLOAD_UNKNOWN', [icdcsCpu, icdcsIo, icdcsIoPlain, tcIo, ...bursts]);
}
