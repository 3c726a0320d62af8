// What a report costs: time to make it, memory, size; and how long a browser takes until its first paint and until its charts are there.
// Prints medians; nothing here passes or fails. Needs Chromium.
//
//   node bench/report.mjs                           all of it
//   node bench/report.mjs paint <result set> …      first paint of reports of these
//   node bench/report.mjs large                     a cell of a million invocations
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { median } from '../dist/src/stats/index.js';

const bin = fileURLToPath(new URL('../dist/src/cli/bin.js', import.meta.url));
const tries = 5;
const million = 1_000_000;
const megabyte = 1e6;

function simulate(folder, ...options) {
  execFileSync(process.execPath, [bin, 'suite', 'icdcs', '--backend', 'simulation', '--out', folder, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  return join(folder, readdirSync(folder)[0]);
}

/** Makes a report; resolves to its path, the time it took in seconds, and the most memory of the process in MB (0 where there is no /proc). */
function make(set, folder) {
  const path = join(folder, 'report.html');
  const startedMs = performance.now();
  const child = spawn(process.execPath, [bin, 'report', set, '--out', path], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
    } catch {
      // It has just ended, or this is no Linux.
    }
  }, 20);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ path, seconds: (performance.now() - startedMs) / 1_000, peakMb });
      else reject(new Error(`report ended with ${code}`));
    });
  });
}

async function paint(name, path) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  const paints = [];
  const readies = [];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector('[data-ready="yes"]');
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    const [paintMs, readyMs] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd]);
    paints.push(paintMs);
    readies.push(readyMs);
    await context.close();
  }
  await browser.close();
  console.log(`${name}: first paint ${median(paints).toFixed(0)} ms, scripts have run ${median(readies).toFixed(0)} ms (medians of ${tries}); file ${(statSync(path).size / megabyte).toFixed(1)} MB`);
}

/** Repeats the rows of a cell, later each time, until there are a million invocations, with what a report reads of its summary. */
function enlarge(set, cell) {
  const folder = join(set, 'cells', cell);
  const [head, ...rows] = readFileSync(join(folder, 'invocations.csv'), 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  const [idAt, intendedAt] = ['id', 'intended_ms'].map((name) => columns.indexOf(name));
  const fields = rows.map((row) => row.split(','));
  const periodMs = Math.max(...fields.map((row) => Number(row[intendedAt]))) + 1_000;
  const file = openSync(join(folder, 'invocations.csv'), 'w');
  writeSync(file, `${head}\n`);
  for (let round = 0; round * rows.length < million; round += 1) {
    const shifted = fields.map((row) => row.map((field, at) => (at === idAt ? Number(field) + round * rows.length : at === intendedAt ? Number(field) + round * periodMs : field)).join(','));
    writeSync(file, `${shifted.join('\n')}\n`);
  }
  closeSync(file);
  const path = join(folder, 'summary.json');
  const summary = JSON.parse(readFileSync(path, 'utf8'));
  const times = Math.ceil(million / rows.length);
  for (const name of ['arrived', 'completed', 'failed', 'timedOut', 'rejected']) summary.invocations[name] *= times;
  writeFileSync(path, JSON.stringify(summary));
}

async function measure(name, set, folder) {
  const made = [];
  for (let attempt = 0; attempt < 3; attempt += 1) made.push(await make(set, folder));
  console.log(`${name}: made in ${median(made.map(({ seconds }) => seconds)).toFixed(1)} s (median of 3), at most ${Math.max(...made.map(({ peakMb }) => peakMb)).toFixed(0)} MB`);
  await paint(name, made[0].path);
}

async function large(folder) {
  mkdirSync(join(folder, 'large'));
  const set = simulate(join(folder, 'large'), '--workloads', 'icdcs-cpu', '--schedulers', 'vanilla,batching-expanding');
  for (const cell of readdirSync(join(set, 'cells'))) enlarge(set, cell);
  await measure('2 cells of 1,000,000 invocations', set, folder);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-fbb-'));
try {
  const [part, ...sets] = process.argv.slice(2);
  if (part === undefined || part === 'paint') {
    const named = sets.length > 0 ? sets : [simulate(join(folder, 'e2e')), fileURLToPath(new URL('../results/published/icdcs2023', import.meta.url))];
    for (const set of named) await measure(set.split('/').at(-1), set, folder);
  }
  if (part === undefined || part === 'large') await large(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
