// The thread in which `plugin check` runs a plug-in: a scheduler that never returns stops this thread and not the command.
import { parentPort, workerData } from 'node:worker_threads';
import { describeError, FbbError, schedulerOptions } from '../core/index.js';
import { loadPlugin, type LoadedPlugin } from '../plugins/index.js';
import { conformanceRuleNames, conformanceTests } from '../testkit/index.js';
import { hookNames, type CheckMessage, type CheckRequest } from './plugin-check-protocol.js';

const { specifier, fromFolder, runs, seed, schedulerOptions: set, pulse } = workerData as CheckRequest;

function say(message: CheckMessage): void {
  parentPort?.postMessage(message);
}

function onHook(hook: string | undefined): void {
  Atomics.store(pulse, 0, Math.max(0, hookNames.findIndex((name) => name === hook)));
  if (hook !== undefined) Atomics.add(pulse, 1, 1);
}

/** What was set, with or without the name of the scheduler in front, as the command `suite` wants it. */
function givenOptions({ definition: { name, options } }: LoadedPlugin): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(set).map(([option, value]) => [option.startsWith(`${name}.`) ? option.slice(name.length + 1) : option, value]));
  const parsed = options.safeParse(given);
  if (parsed.success || Object.keys(given).length === 0) return given;
  // A mistake of the command line and no fault of the plug-in.
  const problems = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  const known = Object.entries(schedulerOptions(options)).map(([option, value]) => `${option} (${String(value)})`);
  throw new FbbError('FBB_ERR_USAGE', `Scheduler '${name}' does not take these options: ${problems.join('; ')}.`, {
    fix: known.length === 0 ? 'It has no options: leave --set out.' : `Its options and their defaults: ${known.join(', ')}.`,
  });
}

function refused(thrown: unknown): void {
  const error = thrown instanceof FbbError ? thrown : new FbbError('FBB_ERR_PLUGIN_LOAD', `Plug-in '${specifier}' could not be loaded: ${describeError(thrown)}.`);
  say({ kind: 'refused', code: error.code, message: error.message, fix: error.fix });
}

async function check(): Promise<void> {
  let plugin: LoadedPlugin;
  let options: Record<string, unknown>;
  try {
    plugin = await loadPlugin(specifier, fromFolder);
    options = givenOptions(plugin);
  } catch (thrown) {
    refused(thrown);
    return;
  }
  const { definition, path, version, hash } = plugin;
  const tests = conformanceTests(definition, { options, runs, seed, onHook });
  say({ kind: 'loaded', plugin: { name: definition.name, description: definition.description, path, version, hash, rules: conformanceRuleNames } });
  for (const { name, run } of tests) {
    let reason: string | null = null;
    try {
      run();
    } catch (thrown) {
      reason = thrown instanceof FbbError ? thrown.message : `Scheduler '${definition.name}' could not be tried: ${describeError(thrown)}.`;
    }
    // What it left to be thrown later comes up now, and counts for this rule.
    await new Promise((resolve) => setImmediate(resolve));
    say({ kind: 'rule', name, reason });
  }
  say({ kind: 'done' });
}

await check();
