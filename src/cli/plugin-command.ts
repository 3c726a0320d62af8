import { relative } from 'node:path';
import { FbbError } from '../core/index.js';
import { readOptionValue, refuseSettings } from '../suites/index.js';
import { print, styleFor } from './output.js';
import { checkPlugin, type RuleResult } from './plugin-check.js';
import { createPluginFolder } from './plugin-folder.js';

export interface PluginCheckOptions {
  readonly runs: number;
  readonly seed: number;
  readonly timeLimit: number;
  readonly set?: readonly string[];
  readonly json?: true;
}

/** `plugin new <name>` */
export function pluginNewCommand(name: string, { into }: { into: string }): void {
  const { folder, files } = createPluginFolder(name, into);
  print(`${folder}: ${files.join(', ')}`);
  print(`Next: cd ${relative(process.cwd(), folder) || '.'} && npm install && npm test, then npm start. Your scheduler is scheduler.ts.`);
}

/** What `--set option=value` says; throws one error that lists every problem. */
function readSettings(texts: readonly string[]): Record<string, unknown> {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const text of texts) {
    const [, option = '', valueText = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
    const read = option === '' ? { problem: 'must have the form option=value' } : readOptionValue(valueText);
    if ('problem' in read) problems.push(`  --set ${text}: ${read.problem}`);
    else settings[option] = read.value;
  }
  refuseSettings(problems);
  return settings;
}

/** `plugin check <plug-in>` */
export async function pluginCheckCommand(specifier: string, options: PluginCheckOptions): Promise<void> {
  const style = styleFor(process.stdout);
  const told = new Set<string>();
  const printRule = ({ name, reason }: RuleResult): void => {
    print(reason === null ? `ok      ${name}` : style.red(`FAILED  ${name}`));
    if (reason === null) return;
    // One mistake breaks many rules: its counterexample is shown once.
    const [sentence = ''] = reason.split('\n', 1);
    print((told.has(sentence) ? '(the same)' : reason).replace(/^/gm, '        '));
    told.add(sentence);
  };
  const { plugin, rules } = await checkPlugin({
    specifier,
    fromFolder: process.cwd(),
    runs: options.runs,
    seed: options.seed,
    schedulerOptions: readSettings(options.set ?? []),
    timeLimitMs: options.timeLimit * 1_000,
    onRule: options.json === true ? () => undefined : printRule,
  });
  const failed = rules.filter(({ reason }) => reason !== null).length;
  const untried = plugin.rules.slice(rules.length);
  if (options.json === true) print(JSON.stringify({ plugin: { specifier, ...plugin }, passed: failed === 0, results: rules, untried }, undefined, 2));
  else {
    for (const name of untried) print(style.dim(`-       ${name}`));
    if (failed === 0) print(`Scheduler '${plugin.name}' keeps all ${rules.length} rules.`);
  }
  if (failed === 0) return;
  const rest = untried.length === 0 ? '' : `; ${untried.length} were not tried`;
  throw new FbbError('FBB_ERR_PLUGIN_CHECK', `Scheduler '${plugin.name}' of plug-in '${specifier}' breaks ${failed} of ${plugin.rules.length} rules${rest}.`);
}
