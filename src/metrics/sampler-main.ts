import { readFileSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import type { SampleRound } from '../core/measures.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import { processCpuMs } from '../core/process-cpu.js';
import { SampledCgroups } from './sampler-cgroups.js';
import { SampledProcesses } from './sampler-processes.js';
import { packSamples, samplerConfigVariable, type SamplerConfig, type SamplerMessage, type SamplerRequest } from './sampler-protocol.js';

/** Samples memory and CPU in a process of its own, so that reading never delays the engine and its cost can be told apart. */

const mb = 1_048_576;

/** Busy and total CPU time of all cores so far, in ms. */
function hostCpu(): { busyMs: number; allMs: number } {
  let busyMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    allMs += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busyMs, allMs };
}

/** CPU time of all cores so far, and how much of it other machines had instead, in ticks; undefined where there is no /proc. */
function hostTicks(): { stolen: number; all: number } | undefined {
  try {
    const fields = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]?.split(' ').map(Number) ?? [];
    // user nice system idle iowait irq softirq steal; guests are part of user.
    const ticks = fields.slice(0, 8);
    return ticks.length < 8 ? undefined : { stolen: ticks[7] as number, all: ticks.reduce((sum, value) => sum + value, 0) };
  } catch {
    return undefined;
  }
}

class Sampler {
  readonly #processes: SampledProcesses;
  readonly #cgroups: SampledCgroups;
  readonly #ticksAtStart = hostTicks();
  #host = hostCpu();
  #rounds = 0;
  #missedRounds = 0;
  #busy = false;

  constructor({ intervalMs, pssReadsPerRound, statReadsPerRound }: SamplerConfig) {
    this.#processes = new SampledProcesses(pssReadsPerRound);
    this.#cgroups = new SampledCgroups(statReadsPerRound);
    setInterval(() => {
      if (this.#busy) this.#missedRounds += 1;
      else void this.#round();
    }, intervalMs);
  }

  handle(request: SamplerRequest): void {
    if (request.type === 'stop') this.#stop();
    else if (request.type === 'unwatch') this.#unwatch(request.containerId);
    else if (request.place.kind === 'cgroup') this.#cgroups.watch(request.containerId, request.place.files, monotonicNowMs());
    else this.#processes.watch(request.containerId, request.place.pid);
  }

  #unwatch(containerId: number): void {
    this.#cgroups.unwatch(containerId);
    this.#processes.unwatch(containerId);
  }

  async #round(): Promise<void> {
    this.#busy = true;
    const atMs = monotonicNowMs();
    const samples = this.#cgroups.read(atMs);
    if (this.#processes.count > 0) samples.push(...(await this.#processes.read(atMs)));
    this.#rounds += 1;
    this.#busy = false;
    post({ type: 'round', atMs, host: this.#sampleHost(), samples: packSamples(samples) });
  }

  #sampleHost(): SampleRound['host'] {
    const before = this.#host;
    this.#host = hostCpu();
    const allMs = this.#host.allMs - before.allMs;
    return { memoryMb: (totalmem() - freemem()) / mb, cpuPercent: allMs > 0 ? ((this.#host.busyMs - before.busyMs) / allMs) * 100 : 0 };
  }

  #stolenShare(): number | null {
    const before = this.#ticksAtStart;
    const now = hostTicks();
    if (before === undefined || now === undefined || now.all === before.all) return null;
    return (now.stolen - before.stolen) / (now.all - before.all);
  }

  #stop(): void {
    const message: SamplerMessage = {
      type: 'cost',
      cost: {
        cpuMs: processCpuMs(),
        rounds: this.#rounds,
        missedRounds: this.#missedRounds,
        stolenShare: this.#stolenShare(),
        memorySource: this.#processes.hasPss ? 'pss' : 'rss',
      },
    };
    process.send?.(message, () => process.exit(0));
  }
}

/** The callback takes the error of a harness that has just died; 'disconnect' follows. */
function post(message: SamplerMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}

const sampler = new Sampler(JSON.parse(process.env[samplerConfigVariable] ?? '{"intervalMs":1000,"pssReadsPerRound":20,"statReadsPerRound":30}') as SamplerConfig);
process.on('message', (request: SamplerRequest) => sampler.handle(request));
process.on('disconnect', () => process.exit(0));
