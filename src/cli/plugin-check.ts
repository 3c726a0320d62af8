import { Worker } from 'node:worker_threads';
import { describeError, FbbError, MonotonicClock, processCpuMs, type Timer } from '../core/index.js';
import { hookNames, type CheckedPlugin, type CheckMessage, type CheckRequest } from './plugin-check-protocol.js';

/** A hook decides in microseconds: one that takes so much CPU time will not return. The wall clock would blame it for a busy machine. */
const hookPatienceCpuMs = 5_000;
const loadPatienceMs = 30_000;
const lookPeriodMs = 250;
const memoryLimitMb = 512;
/** With which Node ends a thread whose module waits at its top level when nothing is left that could go on. */
const unsettledAwait = 13;

export interface RuleResult {
  readonly name: string;
  /** What broke it; null when it holds. */
  readonly reason: string | null;
}

interface CheckReport {
  readonly plugin: CheckedPlugin;
  /** Of those that were tried; a scheduler that never returns leaves the last ones out. */
  readonly rules: readonly RuleResult[];
}

interface CheckSettings extends Omit<CheckRequest, 'pulse'> {
  readonly timeLimitMs: number;
  readonly onRule: (result: RuleResult) => void;
}

/** Watches the thread of a check, which may stop answering at any time. */
class Check {
  readonly #settings: CheckSettings;
  readonly #pulse = new Int32Array(new SharedArrayBuffer(8));
  readonly #clock = new MonotonicClock();
  readonly #rules: RuleResult[] = [];
  readonly #worker: Worker;
  #plugin: CheckedPlugin | undefined;
  #calls = 0;
  #cpuMsAtCall = 0;
  #timer: Timer | undefined;
  #over = false;
  readonly ended: Promise<CheckReport>;

  constructor(settings: CheckSettings) {
    this.#settings = settings;
    const { specifier, fromFolder, runs, seed, schedulerOptions } = settings;
    const request: CheckRequest = { specifier, fromFolder, runs, seed, schedulerOptions, pulse: this.#pulse };
    // What the plug-in prints is no result of ours: it goes to stderr.
    this.#worker = new Worker(new URL('./plugin-check-main.js', import.meta.url), { workerData: request, stdout: true, resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb } });
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.ended = new Promise((resolve, reject) => {
      const stopped = (what: string): void => {
        if (this.#over) return;
        this.#over = true;
        const report = this.#breakOff(what);
        if (report instanceof FbbError) reject(report);
        else resolve(report);
      };
      this.#worker.on('message', (message: CheckMessage) => {
        if (this.#over) return;
        if (message.kind === 'loaded') this.#plugin = message.plugin;
        else if (message.kind === 'rule') this.#add({ name: message.name, reason: message.reason });
        else {
          this.#over = true;
          if (message.kind === 'refused') reject(new FbbError(message.code, message.message, { fix: message.fix }));
          else if (this.#plugin !== undefined) resolve({ plugin: this.#plugin, rules: this.#rules });
        }
      });
      this.#worker.on('error', (error) => stopped(this.#describeCrash(error)));
      this.#worker.on('exit', (code) => stopped(this.#describeExit(code)));
      this.#watch(stopped);
    });
  }

  close(): Promise<number> {
    this.#timer?.cancel();
    return this.#worker.terminate();
  }

  #add(result: RuleResult): void {
    this.#rules.push(result);
    this.#settings.onRule(result);
  }

  /** The check cannot go on: the rule that was being tried is broken, or the plug-in cannot be loaded. */
  #breakOff(what: string): CheckReport | FbbError {
    const plugin = this.#plugin;
    if (plugin === undefined) return new FbbError('FBB_ERR_PLUGIN_LOAD', `Plug-in '${this.#settings.specifier}' ${what}`);
    const name = plugin.rules[this.#rules.length];
    if (name !== undefined) this.#add({ name, reason: `Scheduler '${plugin.name}' ${what}` });
    return { plugin, rules: this.#rules };
  }

  #describeExit(code: number): string {
    if (this.#plugin === undefined && code === unsettledAwait) return 'never finishes loading: an await at its top level waits for what cannot come any more.';
    return 'ended the thread in which it was checked; a scheduler must not call process.exit.';
  }

  #describeCrash(error: unknown): string {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return `needed more than ${memoryLimitMb} MB of memory.`;
    return `threw outside of its hooks: ${describeError(error).replace(/\.$/, '')}.`;
  }

  #watch(stopped: (what: string) => void): void {
    this.#timer = this.#clock.setTimer(lookPeriodMs, () => {
      const what = this.#stuck();
      if (what === undefined) this.#watch(stopped);
      else stopped(what);
    });
  }

  #stuck(): string | undefined {
    const calls = Atomics.load(this.#pulse, 1);
    const hook = hookNames[Atomics.load(this.#pulse, 0)] ?? '';
    const nowMs = this.#clock.nowMs();
    const cpuMs = processCpuMs();
    if (calls !== this.#calls || hook === '') this.#cpuMsAtCall = cpuMs;
    this.#calls = calls;
    const { timeLimitMs } = this.#settings;
    if (this.#plugin === undefined && nowMs > Math.min(timeLimitMs, loadPatienceMs)) return `was not loaded within ${Math.round(nowMs / 1_000)} s; does it wait or loop at its top level?`;
    if (cpuMs - this.#cpuMsAtCall > hookPatienceCpuMs) return `did not return from ${hook} within ${hookPatienceCpuMs / 1_000} s of CPU time; is there an endless loop?`;
    return nowMs > timeLimitMs ? `was not through after ${Math.round(timeLimitMs / 1_000)} s; give it longer with --time-limit, or less to do with --runs.` : undefined;
  }
}

/** Loads a plug-in in a thread of its own and tries every rule; never hangs, whatever the plug-in does. */
export async function checkPlugin(settings: CheckSettings): Promise<CheckReport> {
  const check = new Check(settings);
  try {
    return await check.ended;
  } finally {
    await check.close();
  }
}
