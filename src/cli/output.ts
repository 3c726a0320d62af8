import { createColors } from 'picocolors';
import { ExitCode } from '../core/index.js';
import type { TableRoom, TableStyle } from '../report/index.js';

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

interface Screen extends TableRoom {
  readonly style: TableStyle;
}

/** Whether the locale is one of UTF-8; the first of these variables that says something counts, and without any it is `C`, which is not. */
function writesUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '');
}

/** What tables may use: on a terminal its width and bars, elsewhere neither, so that a file has everything. */
export function screenFor(stream: NodeJS.WriteStream): Screen {
  const style = styleFor(stream);
  // A file or a pipe has no isTTY at all, whatever the type says.
  if (!stream.isTTY) return { style, columns: undefined, bars: undefined };
  // A pseudo-terminal that nobody gave a size has 0 columns.
  const columns = stream.columns > 0 ? stream.columns : Number(process.env['COLUMNS']);
  return { style, columns: columns > 0 ? columns : undefined, bars: writesUtf8(process.env) && process.env['TERM'] !== 'dumb' ? 'unicode' : 'ascii' };
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

/** Ctrl-C ends what talks to a database with 130; what is there stays, for the next time. */
export async function untilInterrupted(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const { signal } = interruptible('the same command goes on where this one stopped');
  try {
    await action(signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    process.exitCode = ExitCode.interrupted;
  }
}

/** `12.3 kB`, or MB from 100 kB on. */
export function formatBytes(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
