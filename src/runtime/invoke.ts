import { describeError, handlerCodeOf, type ErrorCode } from '../core/errors.js';
import type { FunctionModule } from '../core/function.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import type { ResourceMultiplexer } from './resource-multiplexer.js';
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

interface InvokeOptions {
  readonly module: FunctionModule;
  readonly multiplexer: ResourceMultiplexer;
  readonly signal: AbortSignal;
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

/** Runs a handler once and checks its output; never throws. */
export async function invoke(job: Job, options: InvokeOptions): Promise<Run> {
  const { module, multiplexer, signal, ownsThread } = options;
  const ctx = {
    invocationId: job.invocationId,
    signal,
    resource: <T>(kind: string, args: unknown, create: () => T | Promise<T>): Promise<T> => multiplexer.get(kind, args, create),
  };
  const refused = said(() => module.checkInput?.(job.input));
  if (refused !== undefined) {
    const atMs = monotonicNowMs();
    return { status: 'failed', startedMs: atMs, endedMs: atMs, errorCode: 'FBB_ERR_FUNCTION_INPUT', message: refused };
  }
  const cpuBefore = ownsThread ? threadCpuMs() : Number.NaN;
  const startedMs = monotonicNowMs();
  let result: unknown;
  try {
    const returned = module.handler(job.input, ctx);
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
