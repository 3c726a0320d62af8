import { ExitCode, type FunctionSpec } from '../core/index.js';
import { examine, type Check, type CheckState, type Trial } from '../doctor/index.js';
import { parseStorageAddress } from '../storage/index.js';
import { createRegistries } from './composition.js';
import { interruptible, print, styleFor, tell } from './output.js';
import { functionsFolder, runtimeFolder } from './package-root.js';

export interface DoctorOptions {
  readonly backend: 'docker' | 'process';
  readonly storage?: readonly string[];
  readonly json?: true;
}

const signs: Readonly<Record<CheckState, string>> = { ok: 'ok', warning: 'warn', missing: 'none', failed: 'FAIL' };
const signWidth = 4;

/** The function that every machine can run, first, and those that need more. */
function trialHere(): Trial {
  const specs = createRegistries().functions.list().map(({ name, kind, handlerPath, timeoutMs, needs }): FunctionSpec => ({ functionId: name, name, kind, handlerPath, timeoutMs, needs }));
  const isFirst = ({ name }: FunctionSpec): boolean => name === 'fib';
  return { runtimeFolder, functionsFolder, functions: [...specs.filter(isFirst), ...specs.filter((spec) => !isFirst(spec))], input: { n: 10 }, tell };
}

function isInTheWay({ state }: Check): boolean {
  return state === 'missing' || state === 'failed';
}

function summaryOf(checks: readonly Check[]): string {
  const inState = (state: CheckState, title: string): string[] => {
    const names = checks.filter((check) => check.state === state).map(({ name }) => name);
    return names.length === 0 ? [] : [`${title}: ${names.join(', ')}.`];
  };
  const bad = [...inState('failed', 'Failed'), ...inState('missing', 'Missing')];
  return [...(bad.length === 0 ? ['Everything works.'] : bad), ...inState('warning', 'Warnings')].join(' ');
}

function printChecks(checks: readonly Check[]): void {
  const style = styleFor(process.stdout);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const paint: Readonly<Record<CheckState, (text: string) => string>> = { ok: (text) => text, warning: (text) => style.bold(text), missing: (text) => style.red(text), failed: (text) => style.red(text) };
  for (const { name, state, found, mend } of checks) {
    print(`${paint[state](signs[state].padEnd(signWidth))}  ${name.padEnd(width)}  ${found}`);
    if (mend !== undefined) print(`${' '.repeat(signWidth + width + 4)}${style.dim('mend:')} ${mend}`);
  }
  print(summaryOf(checks));
}

/** `doctor`: looks at what a run needs, and says what mends what does not work. */
export async function doctorCommand({ backend, storage = [], json }: DoctorOptions): Promise<void> {
  const addresses = storage.map(parseStorageAddress);
  const { signal } = interruptible('what was tried is removed');
  const checks = await examine({ trial: backend === 'docker' ? trialHere() : undefined, storage: addresses, signal });
  const isFine = !checks.some(isInTheWay);
  if (json === true) print(JSON.stringify({ ok: isFine, checks }, undefined, 2));
  else printChecks(checks);
  if (signal.aborted) process.exitCode = ExitCode.interrupted;
  else process.exitCode = isFine ? ExitCode.done : ExitCode.missing;
}
