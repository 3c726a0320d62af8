import { fork, type ChildProcess } from 'node:child_process';
import type { SampleRound, SamplerCost } from '../core/index.js';
import { samplerConfigVariable, type SamplerConfig, type SamplerMessage, type SamplerRequest } from './sampler-protocol.js';

const stopGraceMs = 2_000;

interface SamplerOptions extends SamplerConfig {
  readonly programPath: string;
  readonly onRound: (round: SampleRound) => void;
}

/** Starts the sampling process and passes its rounds on. Its death costs samples, never the cell. */
export class Sampler {
  readonly #process: ChildProcess;
  #cost: SamplerCost | undefined;

  constructor({ programPath, onRound, ...config }: SamplerOptions) {
    this.#process = fork(programPath, {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, [samplerConfigVariable]: JSON.stringify(config) },
    });
    this.#process.on('error', () => undefined);
    this.#process.on('message', (message: SamplerMessage) => {
      if (message.type === 'round') onRound(message);
      else this.#cost = message;
    });
  }

  processStarted(containerId: number, pid: number): void {
    this.#send({ type: 'watch', containerId, pid });
  }

  processEnded(containerId: number): void {
    this.#send({ type: 'unwatch', containerId });
  }

  /** Ends it; resolves to what it cost, or undefined when it did not live to tell. */
  async stop(): Promise<SamplerCost | undefined> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
      this.#send({ type: 'stop' });
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopGraceMs);
      await ended;
      clearTimeout(timer);
    }
    return this.#cost;
  }

  #send(request: SamplerRequest): void {
    if (this.#process.connected) this.#process.send(request);
  }
}
