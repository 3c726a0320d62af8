import type { BlockFile } from './block-file.js';

type Args = Readonly<Record<string, unknown>>;

/** Times of all events in whole µs. Each cell is a process of its own, in a file of its own. */
const pid = 1;

/** Writes the events of a trace in Chrome's JSON format, one a line. */
export class TraceEvents {
  readonly #file: BlockFile;
  #first = true;

  /** `about`: what is true of the whole trace. */
  constructor(file: BlockFile, about: Args) {
    this.#file = file;
    file.text(`{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[`);
  }

  nameProcess(name: string): void {
    this.#write({ ph: 'M', pid, name: 'process_name', args: { name } });
  }

  /** Lanes are drawn in the order of their numbers where a viewer lets a trace choose. */
  nameLane(tid: number, name: string): void {
    this.#write({ ph: 'M', pid, tid, name: 'thread_name', args: { name } });
    this.#write({ ph: 'M', pid, tid, name: 'thread_sort_index', args: { sort_index: tid } });
  }

  slice(tid: number, { startUs, endUs }: { readonly startUs: number; readonly endUs: number }, { cat, name, args }: { readonly cat: string; readonly name: string; readonly args: Args }): void {
    this.#write({ ph: 'X', pid, tid, ts: startUs, dur: endUs - startUs, cat, name, args });
  }

  instant(tid: number, ts: number, { cat, name, args }: { readonly cat: string; readonly name: string; readonly args: Args }): void {
    this.#write({ ph: 'i', s: 't', pid, tid, ts, cat, name, args });
  }

  /** `unit` becomes the name of the value. */
  counter(name: string, ts: number, [unit, value]: readonly [unit: string, value: number]): void {
    this.#write({ ph: 'C', pid, ts, name, args: { [unit]: value } });
  }

  end(): void {
    this.#file.text('\n]}\n');
  }

  #write(event: Args): void {
    this.#file.text(`${this.#first ? '' : ','}\n${JSON.stringify(event)}`);
    this.#first = false;
  }
}
