import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeError } from '../core/errors.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import { processCpuMs } from '../core/process-cpu.js';
import type { ResourceUsage } from '../core/resource-cache.js';
import { modeHeader, ndjsonType, type WireInit, type WireInvocation, type WireOutcome } from '../core/wire.js';
import type { Executor } from './executors.js';
import type { Job, Run } from './invoke.js';

/** What the server serves: a function that may be loaded once and then run in either mode. */
export interface Host {
  init(init: WireInit): Promise<string | undefined>;
  executor(mode: 'serial' | 'expanded'): Executor | undefined;
  status(): object;
  /** What became of all requests for resources so far; undefined when there were none. */
  readonly resources: ResourceUsage | undefined;
}

const jsonHeaders = { 'content-type': 'application/json' };

function answer(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, jsonHeaders).end(JSON.stringify(body));
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer).toString() : Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}

/** A result that JSON cannot hold (a BigInt, a cycle) goes out as text: the invocation has completed all the same. */
function representable(result: unknown): unknown {
  try {
    JSON.stringify(result);
    return result;
  } catch {
    return String(result);
  }
}

function toWire(job: Job, run: Run, { resources }: Host, withResult: boolean): WireOutcome {
  return {
    function_id: job.invocationId,
    status: run.status,
    ...(run.errorCode === undefined ? {} : { error_code: run.errorCode }),
    ...(run.message === undefined ? {} : { message: run.message }),
    started_ms: run.startedMs,
    ended_ms: run.endedMs,
    ...(run.cpuMs === undefined ? {} : { cpu_ms: run.cpuMs }),
    ...(run.concurrency === undefined ? {} : { concurrency: run.concurrency }),
    container_cpu_ms: processCpuMs(),
    ...(resources === undefined ? {} : { resources }),
    exec_time: run.endedMs - run.startedMs,
    queue_time: run.startedMs - job.receivedMs,
    ...(withResult ? { result: representable(run.result) } : {}),
  };
}

function parseInvocations(body: string, single: boolean): WireInvocation[] {
  const parsed: unknown = JSON.parse(body);
  const items = single ? [parsed] : parsed;
  if (!Array.isArray(items) || items.some((item: Partial<WireInvocation> | null) => typeof item?.function_id !== 'string')) {
    throw new Error(single ? 'the body must be an object with function_id' : 'the body must be an array of objects with function_id');
  }
  return items as WireInvocation[];
}

/** Runs the batch and answers: a line an outcome as it comes, or one object when the last has ended. */
function runBatch({ host, executor }: { readonly host: Host; readonly executor: Executor }, invocations: readonly WireInvocation[], response: ServerResponse, format: 'stream' | 'object' | 'single'): void {
  const receivedMs = monotonicNowMs();
  const jobs = invocations.map((item): Job => ({ invocationId: item.function_id, input: item.input, receivedMs }));
  const outcomes: Record<string, WireOutcome> = {};
  let open = jobs.length;
  if (format === 'stream') response.writeHead(200, { 'content-type': ndjsonType });
  if (open === 0) {
    if (format === 'stream') response.end();
    else answer(response, 200, {});
    return;
  }
  executor.run(jobs, (job, run) => {
    open -= 1;
    const outcome = toWire(job, run, host, format !== 'stream');
    if (format === 'stream') {
      const line = `${JSON.stringify(outcome)}\n`;
      if (open === 0) response.end(line);
      else response.write(line);
      return;
    }
    outcomes[job.invocationId] = outcome;
    if (open === 0) answer(response, 200, format === 'single' ? outcome : outcomes);
  });
}

async function route(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = `${request.method ?? ''} ${request.url ?? ''}`;
  if (target === 'GET /status') {
    answer(response, 200, host.status());
    return;
  }
  const body = await readBody(request);
  if (target === 'POST /init') {
    const problem = await host.init(JSON.parse(body) as WireInit);
    if (problem === undefined) answer(response, 200, { status: 'ok' });
    else answer(response, 500, { error: problem });
    return;
  }
  if (target !== 'POST /run' && target !== 'POST /batch_run') {
    answer(response, 404, { error: `no such route: ${target}` });
    return;
  }
  const single = target === 'POST /run';
  const invocations = parseInvocations(body, single);
  const executor = host.executor(single || request.headers[modeHeader] === 'serial' ? 'serial' : 'expanded');
  if (executor === undefined) {
    answer(response, 409, { error: 'POST /init first' });
    return;
  }
  const streamed = request.headers.accept === ndjsonType;
  runBatch({ host, executor }, invocations, response, streamed ? 'stream' : single ? 'single' : 'object');
}

/** The HTTP server of a container. Bad requests are answered with 400 and what was wrong. */
export function createProtocolServer(host: Host): Server {
  const server = createServer((request, response) => {
    route(host, request, response).catch((thrown: unknown) => {
      if (!response.headersSent) answer(response, 400, { error: describeError(thrown) });
      else response.destroy();
    });
  });
  // The engine keeps its connections for the life of the container.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return server;
}
