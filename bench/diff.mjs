// How often `diff` is wrong, and what it costs. Prints shares, ratios and medians; nothing here passes or fails.
//
//   node bench/diff.mjs                        all of it
//   node bench/diff.mjs alarms|power|speed     one part
//   node bench/diff.mjs live <result set>      false alarms among the repetitions of a live run
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRng } from '../dist/src/core/index.js';
import { alignSides, compareAligned } from '../dist/src/diff/index.js';
import { readResultSet } from '../dist/src/results/index.js';
import { median } from '../dist/src/stats/index.js';

const bin = fileURLToPath(new URL('../dist/src/cli/bin.js', import.meta.url));
const testbed = fileURLToPath(new URL('../hosts/icdcs2023-testbed.yaml', import.meta.url));
const tries = 20;
const slowdown = 1.1;
const load = 0.35;

const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** Runs a suite in simulation and gives its folder. */
function simulate(folder, options) {
  mkdirSync(folder, { recursive: true });
  const before = new Set(readdirSync(folder));
  execFileSync(process.execPath, [bin, 'suite', 'icdcs', '--backend', 'simulation', '--experiments', 'e2e', '--out', folder, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  return join(folder, readdirSync(folder).find((name) => !before.has(name)));
}

function diff(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'diff', ...args, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (![0, 3].includes(status)) throw new Error(stderr);
  return JSON.parse(stdout).comparisons;
}

const isShown = ({ verdict }) => verdict === 'better' || verdict === 'worse';

/** Pairs of runs of one scheduler with different seeds: nothing that is shown is there. */
function alarms(folder) {
  for (const scheduler of ['vanilla', 'batching-expanding', 'continuous']) {
    let pairs = 0;
    let comparisons = 0;
    let shown = 0;
    for (let pair = 0; pair < tries; pair += 1) {
      const [one, other] = [1, 2].map((side) => simulate(folder, ['--host', 'icdcs2023-testbed', '--workloads', 'icdcs-cpu', '--schedulers', scheduler, '--repeat', '5', '--reseed', '--seed', String(1000 * side + pair)]));
      const found = diff(one, other);
      comparisons += found.length;
      shown += found.filter(isShown).length;
      if (found.some(isShown)) pairs += 1;
    }
    console.log(`A with A, ${scheduler}: ${tries} pairs of 5 repetitions, other seeds: a difference shown in ${pairs} of ${tries} pairs, in ${shown} of ${comparisons} comparisons (${percent(shown / comparisons)})`);
  }
}

/** The same work on a host whose functions take 10 % longer. */
function power(folder) {
  const slower = join(folder, 'slower.yaml');
  writeFileSync(slower, readFileSync(testbed, 'utf8').replace('fib30Ms: 480', `fib30Ms: ${480 * slowdown}`));
  for (const scheduler of ['vanilla', 'batching-expanding', 'continuous']) {
    const ran = ['--workloads', 'icdcs-cpu', '--schedulers', scheduler, '--repeat', '5', '--reseed'];
    const found = { mean: 0, 'execution.mean': 0, p50: 0, p98: 0 };
    for (let seed = 1; seed <= tries; seed += 1) {
      const one = simulate(folder, ['--host', testbed, ...ran, '--seed', String(seed)]);
      // A load that is higher by as much gives every invocation the same n.
      const other = simulate(folder, ['--host', slower, ...ran, '--seed', String(seed), '--load', String(load * slowdown)]);
      const comparisons = diff(one, other, '--force');
      for (const name of Object.keys(found)) if (comparisons.find(({ metric }) => metric === name).verdict === 'worse') found[name] += 1;
    }
    console.log(`functions 10 % slower, ${scheduler}, --repeat 5, the same seeds: shown of ${tries}: ${Object.entries(found).map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
}

/** Rows of a run of so many invocations, and a summary that says the same. */
function writeLargeCell(cell, invocations, seed) {
  const rng = createRng(seed);
  const path = join(cell, 'invocations.csv');
  const header = readFileSync(path, 'utf8').split('\n', 1)[0];
  const fd = openSync(path, 'w');
  let block = `${header}\n`;
  let sum = 0;
  for (let id = 0; id < invocations; id += 1) {
    const executionMs = -Math.log(1 - rng.next()) * 100;
    const total = executionMs + 12;
    sum += total;
    block += `${id},0409,${id % 50},${id},1,${(id * 0.7).toFixed(3)},0,10.000,0,1.000,${executionMs.toFixed(3)},1.000,${total.toFixed(3)},${executionMs.toFixed(3)},completed,\n`;
    if (block.length > 1 << 20) {
      writeSync(fd, block);
      block = '';
    }
  }
  writeSync(fd, block);
  closeSync(fd);
  const summaryPath = join(cell, 'summary.json');
  const summary = JSON.parse(readFileSync(summaryPath, 'utf8'));
  Object.assign(summary.invocations, { arrived: invocations, completed: invocations });
  summary.latencyMs.total.mean = sum / invocations;
  writeFileSync(summaryPath, JSON.stringify(summary));
}

function speed(folder) {
  const [one, other] = [1, 2].map((seed) => {
    const set = simulate(join(folder, `large-${seed}`), ['--host', testbed, '--workloads', 'icdcs-cpu', '--schedulers', 'continuous']);
    writeLargeCell(join(set, 'cells', readdirSync(join(set, 'cells'))[0]), 1_000_000, seed);
    return set;
  });
  const runs = Array.from({ length: 5 }, () => {
    const began = process.hrtime.bigint();
    const measured = spawnSync(process.execPath, ['--import', 'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS))', bin, 'diff', one, other], { encoding: 'utf8' });
    if (measured.status !== 0) throw new Error(measured.stderr);
    return { seconds: Number(process.hrtime.bigint() - began) / 1e9, peakMb: Number(/peak (\d+)/.exec(measured.stderr)[1]) / 1024 };
  });
  console.log(`1,000,000 invocations a side, one run each: median ${median(runs.map(({ seconds }) => seconds)).toFixed(2)} s, peak ${Math.max(...runs.map(({ peakMb }) => peakMb)).toFixed(0)} MB (5 runs)`);
}

/** Splits the repetitions of a live run at random and compares the halves, which are of the same: 5 with 5, and 1 with 1. */
function live(name) {
  const { manifest, summaries, folder } = readResultSet(name);
  const rng = createRng(1);
  const side = (part, label) => ({ name: label, manifest, summaries: part, fileOf: (cell, file) => join(folder, 'cells', cell, file), scheduler: undefined });
  for (const scheduler of new Set(summaries.map(({ cell }) => cell.scheduler))) {
    const runs = summaries.filter(({ cell, valid }) => valid && cell.scheduler === scheduler);
    for (const size of [5, 1]) {
      if (runs.length < 2 * size) continue;
      const count = size === 1 ? 100 : 200;
      let alarmed = 0;
      let found = 0;
      for (let attempt = 0; attempt < count; attempt += 1) {
        const drawn = rng.shuffle([...runs]);
        const aligned = alignSides(side(drawn.slice(0, size), 'one'), side(drawn.slice(size, 2 * size), 'other'));
        if (compareAligned(aligned).comparisons.some(isShown)) alarmed += 1;
        if (compareAligned(aligned, slowdown).comparisons.some(({ metric, verdict }) => metric.name === 'mean' && verdict === 'worse')) found += 1;
      }
      if (size === 5) {
        const groups = Array.from({ length: Math.floor(runs.length / size) }, (_, group) => runs.slice(group * size, (group + 1) * size));
        const pairs = groups.flatMap((one, i) => groups.slice(i + 1).map((other) => compareAligned(alignSides(side(one, 'one'), side(other, 'other')))));
        console.log(`${basename(folder)}, ${scheduler}: five in a row with another five in a row of the same: a difference shown in ${pairs.filter(({ comparisons }) => comparisons.some(isShown)).length} of ${pairs.length} pairs`);
      }
      console.log(`${basename(folder)}, ${scheduler}, ${runs.length} runs, ${size} with ${size} of the same at random: a difference shown in ${percent(alarmed / count)} of ${count} tries; 10 % injected into the mean found in ${percent(found / count)}`);
    }
  }
}

const [part, argument] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'fbb-bench-diff-'));
try {
  if (part === 'live') live(argument);
  else for (const [name, run] of Object.entries({ alarms, power, speed })) if (part === undefined || part === name) run(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
