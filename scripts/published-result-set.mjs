// Makes results/published/icdcs2023 of the figures that were computed from the authors' files, or another folder:
// node scripts/published-result-set.mjs <json> [folder]
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifactCellKey, artifactSchedulers, importedManifest, importedSummary, invocationsOf } from '../dist/src/import/index.js';

const [source, elsewhere] = process.argv.slice(2);
if (source === undefined) throw new Error('Give the path of the JSON file with the figures.');
const id = 'icdcs2023';
const folder = elsewhere ?? fileURLToPath(new URL(`../results/published/${id}`, import.meta.url));
const text = readFileSync(source, 'utf8');
const published = JSON.parse(text);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const notes = ['figures alone, without rows: those that were not published are unknown'];
const schedulers = { vanilla: 'vanilla', sfs: 'sfs', kraken: 'kraken', faasbatch: 'batching-expanding' };

/** Cells that a key like interval/cpu/vanilla/0.2 stands for: the interval of 0.2 s is that of the end-to-end experiment, too. */
function cellsOf(key) {
  const [group, kind, name, number] = key.split('/');
  const cell = { workload: `icdcs-${kind}`, scheduler: schedulers[name] };
  if (group === 'slo') return [{ ...cell, experiment: 'slo-kraken', parameters: { sloQuantile: Number(number) } }];
  const parameters = { dispatchIntervalMs: Number(number) * 1000 };
  return [...(number === '0.2' ? ['e2e'] : []), 'dispatch-interval'].map((experiment) => ({ ...cell, experiment, parameters }));
}

const latency = (count, given) => ({ count, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null, ...given });

function summaryOf(cell, { records: count, containers, total_ms: total, mean_ms: mean, host }) {
  const part = (ms) => latency(count, { mean: Number(ms.toFixed(1)) });
  return importedSummary({
    cell: artifactCellKey(cell, 1),
    expected: invocationsOf[cell.workload],
    latencyMs: {
      total: latency(count, total),
      // The artifact counts the cold start into the time until an invocation was sent.
      scheduling: part(mean.schedule - mean.cold),
      coldStart: part(mean.cold),
      queue: part(mean.queue),
      execution: part(mean.exec),
    },
    containers,
    host: {
      meanUtilization: host.cpu_percent_mean / 100,
      figures: { cpuCoreSeconds: host.cpu_core_seconds_32, memoryFirstMb: host.memory_mb_first, memoryMeanMb: host.memory_mb_mean, memoryMaxMb: host.memory_mb_max },
    },
    notes,
  });
}

function write(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

const order = ({ cell }) => [['e2e', 'dispatch-interval', 'slo-kraken'].indexOf(cell.experiment), cell.workload, artifactSchedulers.indexOf(cell.scheduler)].join(' ');
const summaries = Object.entries(published.cells)
  .flatMap(([key, figures]) => cellsOf(key).map((cell) => summaryOf(cell, figures)))
  .sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
const sha256 = createHash('sha256').update(text).digest('hex');
const manifest = importedManifest(
  {
    id,
    // When the paper was presented; the files do not say when they were measured.
    createdAt: '2023-07-18T00:00:00.000Z',
    command: 'node scripts/published-result-set.mjs',
    tool: { version, commit: null },
    hash: sha256,
    rows: false,
    imported: { from: published.source, files: [{ path: 'icdcs2023-published.json', bytes: Buffer.byteLength(text), sha256 }] },
  },
  summaries.map((summary) => ({ cell: summary.cell, status: summary.valid ? 'valid' : 'invalid', expected: summary.invocations.arrived })),
);
rmSync(folder, { recursive: true, force: true });
for (const summary of summaries) write(join(folder, 'cells', summary.cell.id, 'summary.json'), summary);
write(join(folder, 'manifest.json'), manifest);
console.log(`${folder}: ${summaries.length} cells`);
