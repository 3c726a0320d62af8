import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { onTestFinished } from 'vitest';
import { modeHeader, ndjsonType, type ContainerConfig, type ExecutionMode, type FunctionSpec, type ResourceCache, type WireInvocation, type WireOutcome } from '../../src/core/index.js';
import { runtimeFolder } from './built-programs.js';

interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: unknown;
}

export interface RuntimeOptions {
  /** The function it loads by itself at its start; without one it waits for `/init`. */
  readonly spec?: FunctionSpec;
  readonly multiplexing?: boolean;
  /** Instead of `multiplexing`. */
  readonly resourceCache?: ResourceCache;
  readonly env?: Readonly<Record<string, string>>;
  /** Listens there instead of on a socket of its own. */
  readonly port?: number;
}

/** The runtime program in a process of its own, as a launcher starts it, and an HTTP client to it. */
export class RuntimeProcess {
  /** A folder of this test for whatever files it needs; the socket is in it. */
  readonly folder: string;
  readonly process: ChildProcess;
  readonly control: Socket;
  readonly #client: Pool;
  #stderr = '';

  constructor({ spec, multiplexing = false, resourceCache = { policy: multiplexing ? 'unbounded' : 'off' }, env = {}, port }: RuntimeOptions = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'fbb-runtime-test-'));
    const socketPath = join(this.folder, 'socket');
    const config: ContainerConfig = {
      ...(port === undefined ? { socketPath } : { port }),
      controlFd: 3,
      memoryLimitMb: 512,
      ...(spec === undefined ? {} : { init: { function: spec.functionId, spec, resourceCache } }),
    };
    this.process = spawn(process.execPath, [join(runtimeFolder, 'main.cjs')], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, FBB_CONTAINER: JSON.stringify(config) },
    });
    this.process.stderr?.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    this.control = this.process.stdio[3] as Socket;
    this.control.on('error', () => undefined);
    this.#client = port === undefined ? new Pool('http://container', { connect: { socketPath } }) : new Pool(`http://127.0.0.1:${port}`);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when it has said that it is ready, rejects when it ends before. */
  async ready(): Promise<void> {
    let text = '';
    await new Promise<void>((resolve, reject) => {
      this.process.once('close', (code) => reject(new Error(`the runtime ended with code ${String(code)}: ${this.#stderr}`)));
      this.control.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('ready\n')) resolve();
      });
    });
  }

  get(path: string): Promise<Answer> {
    return this.#request('GET', path, undefined, {});
  }

  /** A text goes out as it is, anything else as JSON. */
  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#request('POST', path, typeof body === 'string' ? body : JSON.stringify(body), headers);
  }

  init(spec: FunctionSpec, multiplexing = false): Promise<Answer> {
    return this.post('/init', { function: spec.functionId, spec, resourceCache: { policy: multiplexing ? 'unbounded' : 'off' } });
  }

  /** Outcomes of a batch in the order of its inputs, from the answer that is one object. */
  async batch(mode: ExecutionMode, inputs: readonly unknown[]): Promise<WireOutcome[]> {
    const { body } = await this.post('/batch_run', toWire(inputs), { [modeHeader]: mode });
    const outcomes = body as Record<string, WireOutcome>;
    return inputs.map((_input, index) => outcomes[`i${index}`] as WireOutcome);
  }

  /** The lines of a streamed answer, each as soon as it has come. */
  async *stream(mode: ExecutionMode, inputs: readonly unknown[], signal?: AbortSignal): AsyncGenerator<WireOutcome, void, undefined> {
    const { body } = await this.#client.request({
      method: 'POST',
      path: '/batch_run',
      body: JSON.stringify(toWire(inputs)),
      headers: { accept: ndjsonType, [modeHeader]: mode },
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const line of createInterface({ input: body })) yield JSON.parse(line) as WireOutcome;
  }

  /** Ends it and all it started, whatever they are doing. */
  async end(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      process.kill(-(this.process.pid as number), 'SIGKILL');
      await exited;
    }
    await this.#client.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #request(method: 'GET' | 'POST', path: string, body: string | undefined, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await this.#client.request({ method, path, headers: { ...headers }, ...(body === undefined ? {} : { body }) });
    const text = await response.body.text();
    return { statusCode: response.statusCode, contentType: String(response.headers['content-type']), body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
}

function toWire(inputs: readonly unknown[]): WireInvocation[] {
  return inputs.map((input, index) => ({ function_id: `i${index}`, input }));
}

/** A runtime that is ready, and ended when the test is over. */
export async function startRuntime(options: RuntimeOptions = {}): Promise<RuntimeProcess> {
  const runtime = new RuntimeProcess(options);
  onTestFinished(() => runtime.end());
  await runtime.ready();
  return runtime;
}
