import { Pool, type Dispatcher } from 'undici';
import { describeError, modeHeader, monotonicNowMs, ndjsonType, type Batch, type WireInvocation, type WireOutcome } from '../../core/index.js';
import type { BatchListener, ContainerClient } from './container-client.js';
import { OpenBatches } from './open-batches.js';

const newline = 0x0a;

/** Reads one streamed answer: a callback a line, without building the whole text. */
class OutcomeReader implements Dispatcher.DispatchHandler {
  readonly #listener: BatchListener;
  #rest: Buffer | undefined;
  #statusCode = 0;

  constructor(listener: BatchListener) {
    this.#listener = listener;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number): void {
    this.#statusCode = statusCode;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    let data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    if (this.#statusCode !== 200) {
      this.#rest = data;
      return;
    }
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline)) {
      this.#listener.onOutcome(JSON.parse(data.toString('utf8', 0, end)) as WireOutcome);
      data = data.subarray(end + 1);
    }
    if (data.length > 0) this.#rest = Buffer.from(data);
  }

  onResponseEnd(): void {
    this.#listener.onEnd(this.#statusCode === 200 ? undefined : `answered ${this.#statusCode}: ${this.#rest?.toString() ?? ''}`);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#listener.onEnd(describeError(error));
  }
}

/** Where a container listens. */
type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** A pool of kept-alive connections to a container, one connection a request under way; the engine watches for silence, so nothing times out. */
export function connectionsTo(address: Address): Pool {
  const untimed = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 600_000 };
  if ('socketPath' in address) return new Pool('http://container', { ...untimed, connect: { socketPath: address.socketPath } });
  return new Pool(`http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`, untimed);
}

/** The HTTP side of one container that runs our runtime: outcomes come as they happen. */
export class StreamClient implements ContainerClient {
  readonly tellsResources = true;
  readonly #pool: Pool;
  readonly #sameClock: boolean;
  readonly #batches = new OpenBatches();

  /** `sameClock`: whether the instants that the container tells are of this machine's clock; otherwise its durations count from the sending of the batch. */
  constructor(address: Address, sameClock = true) {
    this.#pool = connectionsTo(address);
    this.#sameClock = sameClock;
  }

  runBatch(batch: Batch, inputOf: (id: number) => unknown, listener: BatchListener): void {
    const body = batch.invocations.map((invocation): WireInvocation => ({ function_id: String(invocation.id), input: inputOf(invocation.id) }));
    const sentMs = monotonicNowMs();
    this.#batches.begin();
    this.#pool.dispatch(
      {
        path: '/batch_run',
        method: 'POST',
        headers: { accept: ndjsonType, 'content-type': 'application/json', [modeHeader]: batch.mode },
        body: JSON.stringify(body),
      },
      new OutcomeReader({
        onOutcome: (outcome) => listener.onOutcome(this.#sameClock ? outcome : fromDurations(outcome, sentMs)),
        onEnd: (failure) => this.#batches.end(() => listener.onEnd(failure)),
      }),
    );
  }

  whenDrained(callback: () => void): void {
    this.#batches.whenNone(callback);
  }

  close(): void {
    void this.#pool.destroy().catch(() => undefined);
  }
}

/** Puts the durations that another clock measured onto ours: they begin when the batch was sent. */
export function fromDurations(outcome: WireOutcome, sentMs: number): WireOutcome {
  const startedMs = sentMs + outcome.queue_time;
  return { ...outcome, started_ms: startedMs, ended_ms: startedMs + outcome.exec_time };
}
