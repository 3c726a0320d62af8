import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** The built command, as users run it; `npm run build` makes it. */
export const binPath = join(import.meta.dirname, '../../dist/src/cli/bin.js');

/** Longer than any of these runs may take: one that hangs is ended, and its test fails. */
const patienceMs = 60_000;

export interface BinOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself, before the program. */
  readonly nodeOptions?: readonly string[];
}

export interface BinResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningBin {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has said so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<BinResult>;
}

export function startBin(args: readonly string[], { cwd, env = {}, nodeOptions = [] }: BinOptions): RunningBin {
  const child = spawn(process.execPath, [...nodeOptions, binPath, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (data: string) => (text[stream] += data));
  }
  const ended = new Promise<BinResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return { process: child, stdout: () => text.stdout, stderr: () => text.stderr, ended };
}

export function runBin(args: readonly string[], options: BinOptions): Promise<BinResult> {
  return startBin(args, options).ended;
}

/** A folder to run in, with a folder for temporary files of its own so that a test can look at what is left there. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'test-fbb-'));
  readonly temporary = join(this.folder, 't');
  readonly out = join(this.folder, 'out');

  constructor() {
    mkdirSync(this.temporary);
  }

  start(args: readonly string[]): RunningBin {
    return startBin(args, { cwd: this.folder, env: { TMPDIR: this.temporary } });
  }

  run(...args: readonly string[]): Promise<BinResult> {
    return this.start(args).ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
