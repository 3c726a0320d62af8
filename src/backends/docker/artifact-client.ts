import type { Pool } from 'undici';
import { describeError, monotonicNowMs, type Batch, type ExecutionMode, type WireOutcome } from '../../core/index.js';
import { connectionsTo, fromDurations, OpenBatches, type BatchListener, type ContainerClient } from '../launched/index.js';

type Answer = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/**
 * What a container of another maker says of one invocation. All that must be there is its `function_id` as a key; `exec_time` and
 * `queue_time` (ms) are the artifact's, `status` and `error_code` ours. Without times, the whole exchange counts as execution.
 */
function outcomeOf(id: string, said: unknown, exchange: { readonly sentMs: number; readonly answeredMs: number }): WireOutcome {
  const answer = isObject(said) ? said : {};
  const queueMs = numberOf(answer['queue_time']) ?? 0;
  const executionMs = numberOf(answer['exec_time']) ?? Math.max(0, exchange.answeredMs - exchange.sentMs - queueMs);
  const status = answer['status'] === 'failed' || answer['status'] === 'timedOut' ? answer['status'] : 'completed';
  const cpuMs = numberOf(answer['cpu_ms']);
  return fromDurations(
    {
      function_id: id,
      status,
      ...(status === 'completed' ? {} : { error_code: status === 'failed' ? 'FBB_ERR_FUNCTION_THREW' : 'FBB_ERR_FUNCTION_TIMEOUT' }),
      ...(typeof answer['message'] === 'string' ? { message: answer['message'] } : {}),
      ...(cpuMs === undefined ? {} : { cpu_ms: cpuMs }),
      started_ms: 0,
      ended_ms: 0,
      exec_time: executionMs,
      queue_time: queueMs,
    },
    exchange.sentMs,
  );
}

type OnOutcome = (outcome: WireOutcome) => void;

interface Request {
  readonly id: string;
  readonly body: object;
}

/** A fault of the listener is not one of the container. */
function tell(listener: BatchListener, outcome: WireOutcome): void {
  try {
    listener.onOutcome(outcome);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}

/**
 * The HTTP side of a container that only speaks the protocol of the paper's artifact: it answers a batch in one piece, and runs one batch
 * expanded; a serial batch is sent one invocation after another.
 */
export class ArtifactClient implements ContainerClient {
  readonly tellsResources = false;
  readonly #pool: Pool;
  readonly #batches = new OpenBatches();
  /** Serial batches wait for each other, as inside a container of ours. */
  #serial: Promise<unknown> = Promise.resolve();

  constructor(host: string, port: number) {
    this.#pool = connectionsTo({ host, port });
  }

  runBatch(batch: Batch, inputOf: (id: number) => unknown, listener: BatchListener): void {
    this.#batches.begin();
    void this.#send(batch.mode, batch, inputOf, (outcome) => tell(listener, outcome))
      .then(() => undefined, (thrown: unknown) => describeError(thrown))
      .then((failure) => this.#batches.end(() => listener.onEnd(failure)));
  }

  whenDrained(callback: () => void): void {
    this.#batches.whenNone(callback);
  }

  close(): void {
    void this.#pool.destroy().catch(() => undefined);
  }

  #send(mode: ExecutionMode, batch: Batch, inputOf: (id: number) => unknown, onOutcome: OnOutcome): Promise<void> {
    const requests = batch.invocations.map(({ id }) => ({ id: String(id), body: requestOf(String(id), inputOf(id)) }));
    if (mode === 'expanded') return this.#expand(requests, onOutcome);
    const sent = this.#serial.then(() => this.#oneByOne(requests, onOutcome));
    this.#serial = sent.catch(() => undefined);
    return sent;
  }

  async #oneByOne(requests: readonly Request[], onOutcome: OnOutcome): Promise<void> {
    for (const { id, body } of requests) {
      const sentMs = monotonicNowMs();
      const answer = await this.#post('/run', body);
      // Some answer with the outcome, some with an object that has it under the invocation's id.
      onOutcome(outcomeOf(id, answer[id] ?? answer, { sentMs, answeredMs: monotonicNowMs() }));
    }
  }

  async #expand(requests: readonly Request[], onOutcome: OnOutcome): Promise<void> {
    const sentMs = monotonicNowMs();
    const answer = await this.#post('/batch_run', requests.map(({ body }) => body));
    const answeredMs = monotonicNowMs();
    const missing = requests.filter(({ id }) => answer[id] === undefined).map(({ id }) => id);
    for (const { id } of requests) if (answer[id] !== undefined) onOutcome(outcomeOf(id, answer[id], { sentMs, answeredMs }));
    if (missing.length > 0) throw new Error(`its answer to /batch_run lacks invocation ${missing.slice(0, 5).join(', ')}`);
  }

  async #post(path: string, body: object): Promise<Answer> {
    const { statusCode, body: answer } = await this.#pool.request({ path, method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`answered ${path} with ${statusCode}: ${text.slice(0, 200)}`);
    const parsed = parse(text);
    if (!isObject(parsed)) throw new Error(`answered ${path} with something other than a JSON object: ${text.slice(0, 200)}`);
    return parsed;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The input stands in a field of its own, and its own fields beside it, where functions of the artifact look for theirs. */
function requestOf(id: string, input: unknown): object {
  return { ...(isObject(input) ? input : {}), function_id: id, input };
}
