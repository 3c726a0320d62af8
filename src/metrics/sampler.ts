import { fork, type ChildProcess } from 'node:child_process';
import { monotonicNowMs, type ContainerObserver, type ContainerPlace, type ContainerReading, type SampleRound, type SamplerCost } from '../core/index.js';
import { samplerConfigVariable, unpackSamples, type SamplerConfig, type SamplerMessage, type SamplerRequest } from './sampler-protocol.js';
import { ToldReadings } from './told-readings.js';

const stopGraceMs = 2_000;

interface SamplerOptions extends SamplerConfig {
  readonly programPath: string;
  readonly onRound: (round: SampleRound) => void;
}

/** Starts the sampling process and passes its rounds on. Its death costs samples, never the cell. */
export class Sampler implements ContainerObserver {
  readonly #process: ChildProcess;
  readonly #told = new ToldReadings();
  /** Of the first container; those of a cell are all of one kind. */
  #kind: ContainerPlace['kind'] = 'process';
  #hasContainers = false;
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
      if (message.type === 'cost') this.#cost = { ...message.cost, memorySource: this.#memorySource(message.cost.memorySource) };
      else onRound({ atMs: message.atMs, host: message.host, containers: [...unpackSamples(message.samples), ...this.#told.take()] });
    });
  }

  containerStarted(containerId: number, place: ContainerPlace): void {
    if (!this.#hasContainers) this.#kind = place.kind;
    this.#hasContainers = true;
    if (place.kind === 'told') this.#told.started(containerId, monotonicNowMs());
    else this.#send({ type: 'watch', containerId, place });
  }

  containerRead(containerId: number, reading: ContainerReading): void {
    this.#told.read(containerId, reading, monotonicNowMs());
  }

  containerStopped(containerId: number): void {
    this.#told.stopped(containerId);
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

  #memorySource(ofProcesses: SamplerCost['memorySource']): SamplerCost['memorySource'] {
    if (this.#kind === 'process') return ofProcesses;
    return this.#kind === 'cgroup' ? 'cgroup' : 'docker-stats';
  }

  #send(request: SamplerRequest): void {
    if (this.#process.connected) this.#process.send(request);
  }
}
