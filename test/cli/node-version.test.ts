import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workplace, runBin, type BinResult } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

/** Runs `--version` on a Node that says it is another one. */
function runAs(version: string): Promise<BinResult> {
  const preload = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } }); Object.defineProperty(process, 'version', { value: 'v${version}' });`;
  return runBin(['--version'], { cwd: place.folder, nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] });
}

it.each(['18.20.8', '20.10.0'])('on Node %s it ends with 6 and says which one it needs', async (version) => {
  expect(await runAs(version)).toEqual({
    code: 6,
    signal: null,
    stdout: '',
    stderr: `FBB_ERR_NODE_VERSION: faasbatch-bench needs Node 20.11 or newer, this is v${version}.\nInstall Node 20.11 or newer.\n`,
  });
});

it.each(['20.11.0', '24.3.1'])('on Node %s it runs', async (version) => {
  expect(await runAs(version)).toMatchObject({ code: 0, stderr: '' });
});
