import { ExitCode } from './exit-codes.js';

interface CatalogueEntry {
  readonly exitCode: ExitCode;
  /** What the user can do about it; an error may say something more specific. */
  readonly fix: string;
}

/**
 * Every error code a user can meet. Two kinds share the table: errors that end a command (they have an exit code), and codes that
 * end one invocation or one cell (their exit code is that of an invalid cell). docs/errors.md lists the same codes; a test checks it.
 */
export const errorCatalogue = {
  FBB_ERR_NODE_VERSION: { exitCode: ExitCode.missing, fix: 'Install Node 20.11 or newer.' },
  FBB_ERR_USAGE: { exitCode: ExitCode.usage, fix: 'Run the command with --help to see what it takes.' },
  FBB_ERR_REGISTRY_DUPLICATE: { exitCode: ExitCode.bug, fix: 'Rename one of the two.' },
  FBB_ERR_SUITE_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Name a built-in suite or the path of a YAML file.' },
  FBB_ERR_SUITE_INVALID: { exitCode: ExitCode.usage, fix: 'Mend the places listed; docs/suites.md describes every field.' },
  FBB_ERR_SUITE_EMPTY: { exitCode: ExitCode.usage, fix: 'Loosen --experiments, --workloads or --schedulers.' },
  FBB_ERR_EXPERIMENT_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Name an experiment of the suite.' },
  FBB_ERR_SCHEDULER_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Run "faasbatch-bench list schedulers".' },
  FBB_ERR_SCHEDULER_ACTION: { exitCode: ExitCode.invalidCell, fix: 'Mend the scheduler; docs/plugins.md lists what each action needs.' },
  FBB_ERR_SCHEDULER_THREW: { exitCode: ExitCode.invalidCell, fix: 'Mend the scheduler; hooks must not throw.' },
  FBB_ERR_SCHEDULER_STUCK: { exitCode: ExitCode.invalidCell, fix: 'Mend the scheduler; "faasbatch-bench plugin check" finds most endless loops. Finished cells are kept; continue with --resume.' },
  FBB_ERR_SCHEDULER_STALLED: { exitCode: ExitCode.invalidCell, fix: 'Every invocation passed to onArrival must be assigned in the end.' },
  FBB_ERR_PLUGIN_NOT_FOUND: { exitCode: ExitCode.usage, fix: 'Give the path of a file that exists (beginning with ./ or /), or the name of an installed package.' },
  FBB_ERR_PLUGIN_LOAD: { exitCode: ExitCode.usage, fix: 'Mend the place named; the file must load without errors.' },
  FBB_ERR_PLUGIN_INVALID: { exitCode: ExitCode.usage, fix: 'Export by default what defineScheduler returns; docs/plugins.md describes every part of it.' },
  FBB_ERR_PLUGIN_CHECK: { exitCode: ExitCode.usage, fix: 'Mend the scheduler and check it again; docs/plugins.md describes the rules.' },
  FBB_ERR_PLUGIN_NEW: { exitCode: ExitCode.usage, fix: 'Choose another name, or another folder with --into.' },
  FBB_ERR_CAPABILITY_MISSING: { exitCode: ExitCode.missing, fix: 'Choose a backend that has it, or leave the scheduler out.' },
  FBB_ERR_PROFILE_MISSING: { exitCode: ExitCode.usage, fix: 'Let the scheduler that it learns from run on the same workload, and run again with --resume when that cell was invalid.' },
  FBB_ERR_OPTION_INVALID: { exitCode: ExitCode.usage, fix: 'Run "faasbatch-bench list schedulers --verbose" to see the options of each scheduler.' },
  FBB_ERR_PLUGIN_NAME: { exitCode: ExitCode.usage, fix: 'Give the scheduler of the plug-in another name.' },
  FBB_ERR_WORKLOAD_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Run "faasbatch-bench list workloads".' },
  FBB_ERR_FUNCTION_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Run "faasbatch-bench list functions".' },
  FBB_ERR_CALIBRATION_FAILED: { exitCode: ExitCode.invalidCell, fix: 'Close what else runs on this machine and calibrate again.' },
  FBB_ERR_NOT_COMPARABLE: { exitCode: ExitCode.usage, fix: 'docs/simulation.md says what can be compared with what.' },
  FBB_ERR_HOST_PROFILE: { exitCode: ExitCode.usage, fix: 'Mend the host profile; docs/simulation.md describes it.' },
  FBB_ERR_FUNCTION_MANIFEST: { exitCode: ExitCode.usage, fix: 'Mend the function manifest; docs/functions.md describes it.' },
  FBB_ERR_FUNCTION_THREW: { exitCode: ExitCode.invalidCell, fix: 'Mend the function.' },
  FBB_ERR_FUNCTION_EXITED: { exitCode: ExitCode.invalidCell, fix: 'The function ended its own thread; return instead.' },
  FBB_ERR_FUNCTION_TIMEOUT: { exitCode: ExitCode.invalidCell, fix: 'Raise timeoutMs in the manifest, or make the function shorter.' },
  FBB_ERR_FUNCTION_INPUT: { exitCode: ExitCode.invalidCell, fix: 'The workload gives this function an input it does not take; mend the workload.' },
  FBB_ERR_FUNCTION_OUTPUT: { exitCode: ExitCode.invalidCell, fix: 'The handler returned a wrong result; mend the function.' },
  FBB_ERR_CONTAINER_LOST: { exitCode: ExitCode.invalidCell, fix: 'The container ended while it ran this; see the problems of the cell.' },
  FBB_ERR_CONTAINER_MEMORY: { exitCode: ExitCode.invalidCell, fix: 'Raise --container-memory, or make the function smaller.' },
  FBB_ERR_CONTAINER_UNRESPONSIVE: { exitCode: ExitCode.invalidCell, fix: 'The function blocked its container; see timeoutMs in its manifest.' },
  FBB_ERR_CONTAINER_LAUNCH: { exitCode: ExitCode.invalidCell, fix: 'See the message of the container; is there memory and may processes be started?' },
  FBB_ERR_BACKEND_TEMP_FOLDER: { exitCode: ExitCode.missing, fix: 'Set TMPDIR to a folder that exists and is writable.' },
  FBB_ERR_BACKEND_SOCKET_PATH: { exitCode: ExitCode.missing, fix: 'Set TMPDIR to a shorter path.' },
  FBB_ERR_BACKEND_FAILED: { exitCode: ExitCode.invalidCell, fix: 'Run the cell again with --resume; if it happens again, report it.' },
  FBB_ERR_DOCKER_UNREACHABLE: { exitCode: ExitCode.missing, fix: 'Is the daemon running? "faasbatch-bench doctor" says what is wrong. Finished cells are kept; continue with --resume.' },
  FBB_ERR_DOCKER_PERMISSION: { exitCode: ExitCode.missing, fix: 'Run as a user who may use Docker (a member of the group docker, or root).' },
  FBB_ERR_DOCKER_IMAGE: { exitCode: ExitCode.missing, fix: 'The next cell makes the function image again; an image named with --image must be there.' },
  FBB_ERR_DOCKER_DISK_FULL: { exitCode: ExitCode.missing, fix: 'Free space where Docker keeps its images ("faasbatch-bench doctor" names the folder), for example with "faasbatch-bench clean --images".' },
  FBB_ERR_DOCKER_REFUSED: { exitCode: ExitCode.missing, fix: 'See what the daemon says; "faasbatch-bench doctor" checks what a run needs.' },
  FBB_ERR_DOCKER_REMOTE_SERVICE: { exitCode: ExitCode.usage, fix: 'Use a daemon on this machine, or leave this workload out.' },
  FBB_ERR_HOST_MEMORY: { exitCode: ExitCode.missing, fix: 'Lower --max-containers or --container-memory.' },
  FBB_ERR_STORAGE_FAILED: { exitCode: ExitCode.missing, fix: 'Run the suite again; if it happens again, report it.' },
  FBB_ERR_STORAGE_MISSING: { exitCode: ExitCode.missing, fix: 'Give a Redis with --storage redis://127.0.0.1:6379 ("apt-get install redis-server" brings one), or a CouchDB with --storage couchdb=http://user:password@127.0.0.1:5984.' },
  FBB_ERR_STORAGE_UNREACHABLE: { exitCode: ExitCode.missing, fix: 'Is it running where --storage says? "faasbatch-bench doctor --storage <address>" looks at it.' },
  FBB_ERR_STORAGE_DENIED: { exitCode: ExitCode.missing, fix: 'Give --storage a user and a password that may do this.' },
  FBB_ERR_STORAGE_LOST: { exitCode: ExitCode.invalidCell, fix: 'The connection to the storage dropped and the second try failed too; see the log of the storage.' },
  FBB_ERR_STORAGE_SLOW: { exitCode: ExitCode.invalidCell, fix: 'The storage did not answer in time; see what else it does. docs/storage.md gives the limits.' },
  FBB_ERR_STORAGE_FULL: { exitCode: ExitCode.invalidCell, fix: 'Free memory or disk of the storage, or raise its limit (maxmemory of Redis).' },
  FBB_ERR_STORAGE_TOO_LARGE: { exitCode: ExitCode.invalidCell, fix: 'Raise the limit of the storage for one value (max_attachment_size of CouchDB, proto-max-bulk-len of Redis), or write less.' },
  FBB_ERR_LIVE_LISTEN: { exitCode: ExitCode.missing, fix: 'Give another address with --live host:port, or --live alone for a free port.' },
  FBB_ERR_CELL_INTERRUPTED: { exitCode: ExitCode.interrupted, fix: 'Finished cells are kept; continue with --resume.' },
  FBB_ERR_CELL_LOST_INVOCATIONS: { exitCode: ExitCode.invalidCell, fix: 'This is a bug in the engine; please report it with the result set.' },
  FBB_ERR_CELL_FAILED_INVOCATIONS: { exitCode: ExitCode.invalidCell, fix: 'invocations.csv of the cell names each with its code.' },
  FBB_ERR_CELL_LATE_LOAD: { exitCode: ExitCode.invalidCell, fix: 'Quiet the machine, lower --load, or raise maxLagMs in the suite.' },
  FBB_ERR_RESULTS_NOT_WRITABLE: { exitCode: ExitCode.missing, fix: 'Choose a writable folder with --out.' },
  FBB_ERR_RESULTS_WRITE: { exitCode: ExitCode.missing, fix: 'Is the disk full, or the folder gone? Finished cells are kept; continue with --resume.' },
  FBB_ERR_RESULTS_UNKNOWN: { exitCode: ExitCode.usage, fix: 'Give the folder of a result set, its id, or "latest".' },
  FBB_ERR_RESULTS_INVALID: { exitCode: ExitCode.usage, fix: 'The file was changed or written by another version: "faasbatch-bench results verify" names all that is wrong. Bring it back from a copy, or run the suite again.' },
  FBB_ERR_RESULTS_CONFLICT: { exitCode: ExitCode.usage, fix: 'Nothing was overwritten. Use another database, or another folder with --out.' },
  FBB_ERR_IMPORT_INVALID: { exitCode: ExitCode.usage, fix: 'Mend the files listed, or import a folder without them; docs/results.md says what is read.' },
  FBB_ERR_IMPORT_LOST: { exitCode: ExitCode.invalidCell, fix: 'What was imported has no row for this invocation; nothing can bring it back.' },
  FBB_ERR_RESULTS_KEPT: { exitCode: ExitCode.usage, fix: 'Nothing was removed. Leave out what is named, or wait until its run has ended.' },
  FBB_ERR_RESULTS_RESUME: { exitCode: ExitCode.usage, fix: 'Resume with the suite and options of the first run, or start a new one.' },
  FBB_ERR_DIFF_THRESHOLD: { exitCode: ExitCode.usage, fix: 'Name a metric that both sides have; docs/diff.md lists them, and "diff --metrics all" shows which have values.' },
  FBB_ERR_DIFF_SELF_TEST: { exitCode: ExitCode.notComparable, fix: 'Run the suite with --repeat 5 or more on a quiet machine, or choose a wider threshold.' },
  FBB_ERR_EXPORT_EMPTY: { exitCode: ExitCode.usage, fix: 'docs/export.md says what each format needs.' },
  FBB_ERR_EXPORT_EXISTS: { exitCode: ExitCode.usage, fix: 'Nothing was written. Choose another folder with --into, or overwrite with --force.' },
  FBB_ERR_EXPORT_WRITE: { exitCode: ExitCode.missing, fix: 'Is the disk full, or the folder not writable? Choose another one with --into.' },
  FBB_ERR_DATAFRAME_MISSING: { exitCode: ExitCode.missing, fix: 'Write "overrides": { "xlsx": "0.18.5", "@tensorflow/tfjs-node": "npm:@tensorflow/tfjs@^4.22.0" } into your package.json, then run "npm install danfojs-node"; docs/analysis.md says what the overrides are for.' },
  FBB_ERR_DATAFRAME_CELLS: { exitCode: ExitCode.usage, fix: 'Name cells that have finished and have such rows; with --no-rows there are none of invocations.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** What a handler may call its own failure, as `code` of what it throws; any other failure is FBB_ERR_FUNCTION_THREW. */
const handlerCodes = [
  'FBB_ERR_STORAGE_UNREACHABLE',
  'FBB_ERR_STORAGE_DENIED',
  'FBB_ERR_STORAGE_LOST',
  'FBB_ERR_STORAGE_SLOW',
  'FBB_ERR_STORAGE_FULL',
  'FBB_ERR_STORAGE_TOO_LARGE',
] as const satisfies readonly ErrorCode[];
export type HandlerCode = (typeof handlerCodes)[number];

/** The code of what a handler threw. */
export function handlerCodeOf(thrown: unknown): HandlerCode | 'FBB_ERR_FUNCTION_THREW' {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return handlerCodes.find((known) => known === code) ?? 'FBB_ERR_FUNCTION_THREW';
}

interface FbbErrorOptions {
  readonly fix?: string;
  readonly cause?: unknown;
  /** Where a code that usually ends an invocation ends a command. */
  readonly exitCode?: ExitCode;
}

/** An error a user can meet: a code, what happened, and what to do. */
export class FbbError extends Error {
  override readonly name = 'FbbError';
  readonly code: ErrorCode;
  readonly fix: string;
  readonly exitCode: ExitCode;

  constructor(code: ErrorCode, what: string, options: FbbErrorOptions = {}) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fix = options.fix ?? errorCatalogue[code].fix;
    this.exitCode = options.exitCode ?? errorCatalogue[code].exitCode;
  }
}

/** The text of anything that was thrown, in one line. */
export function describeError(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.split('\n', 1)[0] ?? '';
}
