import { createColors } from 'picocolors';
import { ExitCode } from '../core/index.js';
import type { TableStyle } from '../report/index.js';

/** The terminal, as commands see it: results to stdout, everything else to stderr. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Colours when the stream is a terminal and neither NO_COLOR nor a dumb terminal says otherwise. */
export function styleFor(stream: NodeJS.WriteStream): TableStyle {
  // A file or a pipe has no isTTY at all, and `undefined` would leave it to picocolors, which says yes on CI.
  const wanted = process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
  const colours = createColors(stream.isTTY ? wanted : false);
  return { bold: colours.bold, dim: colours.dim, red: colours.red };
}

/** Ctrl-C once ends the running cell and keeps the finished ones; twice ends everything at once. */
export function interruptible(meanwhile = 'finished cells are kept'): AbortController {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    tell(`\nStopping; ${meanwhile}. Again to stop at once.`);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller;
}
