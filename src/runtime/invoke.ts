import { describeError, handlerCodeOf, type ErrorCode } from '../core/errors.js';
import type { FunctionContext, FunctionModule } from '../core/function.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import type { Lease, ResourceMultiplexer } from './resource-multiplexer.js';
import { threadCpuMs } from './thread-cpu.js';

/** How one run of a handler ended, on the host's monotonic clock. */
export interface Run {
  readonly status: 'completed' | 'failed' | 'timedOut';
  readonly startedMs: number;
  readonly endedMs: number;
  readonly cpuMs?: number;
  /** Handlers running in this container when it ended, itself included. */
  readonly concurrency?: number;
  readonly errorCode?: ErrorCode;
  readonly message?: string;
  readonly result?: unknown;
}

/** One invocation to run, and when the container received it. */
export interface Job {
  readonly invocationId: string;
  readonly input: unknown;
  readonly receivedMs: number;
}

/** Where constructors that are intercepted see whose invocation calls them. */
export interface Scope {
  /** Calls what is given inside an invocation, so that everything that comes of it belongs there. */
  readonly enter: <T>(lease: Lease, call: () => T) => T;
  /** Calls it outside of any. */
  readonly outside: <T>(call: () => T) => T;
}

interface InvokeOptions {
  readonly module: FunctionModule;
  readonly multiplexer: ResourceMultiplexer;
  readonly signal: AbortSignal;
  /** Undefined where no constructors are intercepted. */
  readonly scope?: Scope | undefined;
  /** Whether this thread runs nothing else meanwhile, so that its CPU time is the handler's. */
  readonly ownsThread: boolean;
}

/** What a function's own check says; a check that throws has found something too. */
function said(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (thrown) {
    return `its check threw: ${describeError(thrown)}`;
  }
}

/** Runs a handler once and checks its output; never throws. Its resources are its own until the handler has really ended, whoever has given it up before. */
export async function invoke(job: Job, options: InvokeOptions): Promise<Run> {
  const lease = options.multiplexer.lease();
  try {
    return await invokeWith(lease, job, options);
  } finally {
    lease.end();
  }
}

async function invokeWith(lease: Lease, job: Job, { module, signal, ownsThread, scope }: InvokeOptions): Promise<Run> {
  const ctx: FunctionContext = { invocationId: job.invocationId, signal, resource: (kind, args, create, more) => lease.resource(kind, args, create, more) };
  const refused = said(() => module.checkInput?.(job.input));
  if (refused !== undefined) {
    const atMs = monotonicNowMs();
    return { status: 'failed', startedMs: atMs, endedMs: atMs, errorCode: 'FBB_ERR_FUNCTION_INPUT', message: refused };
  }
  const cpuBefore = ownsThread ? threadCpuMs() : Number.NaN;
  const startedMs = monotonicNowMs();
  let result: unknown;
  try {
    const returned = scope === undefined ? module.handler(job.input, ctx) : scope.enter(lease, () => module.handler(job.input, ctx));
    result = returned instanceof Promise ? await returned : returned;
  } catch (thrown) {
    return { status: 'failed', startedMs, endedMs: monotonicNowMs(), errorCode: handlerCodeOf(thrown), message: describeError(thrown) };
  }
  const endedMs = monotonicNowMs();
  const cpuMs = ownsThread ? threadCpuMs() - cpuBefore : Number.NaN;
  const wrong = said(() => module.checkOutput?.(job.input, result));
  if (wrong !== undefined) return { status: 'failed', startedMs, endedMs, errorCode: 'FBB_ERR_FUNCTION_OUTPUT', message: wrong };
  return { status: 'completed', startedMs, endedMs, result, ...(Number.isNaN(cpuMs) ? {} : { cpuMs }) };
}

/** The end of an invocation that ran over its time. */
export function timedOutRun(startedMs: number, timeoutMs: number): Run {
  return {
    status: 'timedOut',
    startedMs,
    endedMs: monotonicNowMs(),
    errorCode: 'FBB_ERR_FUNCTION_TIMEOUT',
    message: `still running after ${timeoutMs} ms`,
  };
}
