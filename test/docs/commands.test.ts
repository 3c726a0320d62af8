import { afterAll, describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/core/errors.js';
import { Workplace } from '../cli/run-bin.js';
import { readDoc, userDocs } from './markdown.js';

const place = new Workplace();
afterAll(() => place.remove());

/** The arguments of every `faasbatch-bench` that a text shows, up to a quote, a comment, a pipe or the end of the line. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\bfaasbatch-bench ((?:suite|list|show|report|diff|export|import|results|plugin|doctor|clean|--)[^`"'\n#|&;>]*)/g)].map(([, args = '']) => args.trim());
}

const sources = [...userDocs().map((name) => readDoc(name)), ...Object.values(errorCatalogue).map(({ fix }) => fix)];
const commands = [...new Set(sources.flatMap(commandsIn))];
const harmless = commands.filter((command) => /^(list|show|--help|--version)\b/.test(command) && !command.includes('<'));

describe('commands that the docs and errors show', () => {
  it('include some that only look, and some that run', () => {
    expect(harmless).toContain('list schedulers --verbose');
    expect(commands.some((command) => command.startsWith('suite '))).toBe(true);
  });

  it.each(harmless)('can be run: %s', async (command) => {
    const { code, stderr } = await place.run(...command.split(/\s+/));
    // Here nothing is stored yet that could be shown.
    if (command.startsWith('show')) expect(stderr === '' || stderr.startsWith('FBB_ERR_RESULTS_UNKNOWN')).toBe(true);
    else expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('use options of suite, report, diff, export, import, results, plugin, doctor and clean that there are', async () => {
    const helps = await Promise.all([['suite'], ['report'], ['diff'], ['export'], ['import', 'artifact'], ['results', 'push'], ['results', 'pull'], ['results', 'list'], ['results', 'show'], ['results', 'verify'], ['results', 'rm'], ['plugin', 'new'], ['plugin', 'check'], ['doctor'], ['clean']].map((command) => place.run(...command, '--help')));
    const stdout = helps.map((help) => help.stdout).join('\n');
    const used = commands.filter((command) => /^(suite|report|diff|export|import|results|plugin|doctor|clean) /.test(command)).flatMap((command) => command.match(/--[a-z-]+/g) ?? []);
    const advised = Object.values(errorCatalogue).flatMap(({ fix }) => fix.match(/--[a-z-]+/g) ?? []);
    const known = [...(stdout.match(/--[a-z-]+/g) ?? []), '--verbose'];
    expect([...used, ...advised].filter((option) => !known.includes(option))).toEqual([]);
    expect(advised).toContain('--resume');
  });
});
