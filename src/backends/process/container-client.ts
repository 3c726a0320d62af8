import { Pool, type Dispatcher } from 'undici';
import { describeError, modeHeader, ndjsonType, type Batch, type WireInvocation, type WireOutcome } from '../../core/index.js';

const newline = 0x0a;

/** Reads one streamed answer: a callback a line, without building the whole text. */
class OutcomeReader implements Dispatcher.DispatchHandler {
  readonly #onOutcome: (outcome: WireOutcome) => void;
  readonly #onEnd: (failure: string | undefined) => void;
  #rest: Buffer | undefined;
  #statusCode = 0;

  constructor(onOutcome: (outcome: WireOutcome) => void, onEnd: (failure: string | undefined) => void) {
    this.#onOutcome = onOutcome;
    this.#onEnd = onEnd;
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
      this.#onOutcome(JSON.parse(data.toString('utf8', 0, end)) as WireOutcome);
      data = data.subarray(end + 1);
    }
    if (data.length > 0) this.#rest = Buffer.from(data);
  }

  onResponseEnd(): void {
    this.#onEnd(this.#statusCode === 200 ? undefined : `answered ${this.#statusCode}: ${this.#rest?.toString() ?? ''}`);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#onEnd(describeError(error));
  }
}

/** The HTTP side of one container: batches go out on kept-alive connections over its socket, one connection a batch under way. */
export class ContainerClient {
  readonly #pool: Pool;
  #open = 0;
  #whenDrained: (() => void) | undefined;

  constructor(socketPath: string) {
    // undici's own timeouts are off: the engine watches for silence.
    this.#pool = new Pool('http://container', { connect: { socketPath }, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 600_000 });
  }

  /** `onEnd` comes once for each batch, after its last outcome, with what went wrong if something did. */
  runBatch(batch: Batch, inputOf: (id: number) => unknown, onOutcome: (outcome: WireOutcome) => void, onEnd: (failure: string | undefined) => void): void {
    const body = batch.invocations.map((invocation): WireInvocation => ({ function_id: String(invocation.id), input: inputOf(invocation.id) }));
    this.#open += 1;
    this.#pool.dispatch(
      {
        path: '/batch_run',
        method: 'POST',
        headers: { accept: ndjsonType, 'content-type': 'application/json', [modeHeader]: batch.mode },
        body: JSON.stringify(body),
      },
      new OutcomeReader(onOutcome, (failure) => {
        this.#open -= 1;
        onEnd(failure);
        if (this.#open === 0) this.#whenDrained?.();
      }),
    );
  }

  /**
   * Calls back when no batch is under way. Used when the process is dead: what it had written before is still in the sockets and
   * counts, and the end of the sockets ends the batches.
   */
  whenDrained(callback: () => void): void {
    if (this.#open === 0) callback();
    else this.#whenDrained = callback;
  }

  close(): void {
    void this.#pool.destroy().catch(() => undefined);
  }
}
