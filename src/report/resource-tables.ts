import { grouped } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { groupOf, meanOverRepetitions, type CellAverage } from './repetitions.js';
import { formatAmount, formatCount, formatMs } from './formats.js';
import { renderTable, type TableStyle } from './summary-table.js';
import { harmless } from './terminal-text.js';

/** Bursts have a table of their own. */
const burstSize = /-burst-(\d+)$/;

type Sharing = CellAverage & { readonly resources: NonNullable<CellAverage['resources']> };

function usesResources(cell: CellAverage): cell is Sharing {
  return cell.resources !== undefined;
}

function formatRate(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(1)} %`;
}

function invalidMark({ comparable }: CellAverage, style: TableStyle): string {
  return comparable ? '' : style.red(' invalid');
}

/** How many times as much as the row has that it is compared with. */
function ratio(value: number | null, base: number | null): string {
  return value === null || base === null || base === 0 ? '' : ` (${formatAmount(value / base)}×)`;
}

function resourceRow(cell: Sharing, base: Sharing, style: TableStyle): string[] {
  const { label, resources, partsMs, mbPerContainer } = cell;
  const against = (value: number | null, baseValue: number | null): string => (cell === base ? '' : ratio(value, baseValue));
  return [
    `${label}${invalidMark(cell, style)}`,
    resources.capacity === undefined ? resources.policy : `${resources.policy}:${resources.capacity}`,
    formatCount(resources.requests),
    `${formatCount(resources.made)}${against(resources.made, base.resources.made)}`,
    formatRate(resources.hitRate),
    formatRate(resources.idealHitRate),
    formatCount(resources.evictions),
    formatMs(resources.creationMs),
    resources.savedMb === 0 ? '–' : formatAmount(resources.savedMb),
    `${formatMs(partsMs.execution)}${against(partsMs.execution, base.partsMs.execution)}`,
    `${formatAmount(mbPerContainer)}${against(mbPerContainer, base.mbPerContainer)}`,
  ];
}

const resourceColumns = ['scheduler', 'cache', 'requests', 'made', 'hits', 'ideal', 'evicted', 'each ms', 'saved MB', 'exec ms', 'MB/cont.'];

/** The row that another one is compared with: of the same scheduler with the same options, the one that shares nothing. */
function baseOf(cell: Sharing, cells: readonly Sharing[]): Sharing {
  return cells.find((other) => other.resources.policy === 'off' && runOf(other) === runOf(cell)) ?? cell;
}

/** What the multiplexer did, a row a cell. */
function resourceBlock(title: string, cells: readonly Sharing[], style: TableStyle): string {
  const ratios = cells.some((cell) => baseOf(cell, cells) !== cell) ? ', × against the same without sharing' : '';
  return `${style.bold(title)}   clients that invocations asked for and containers made${ratios}${untoldOf(cells)}\n${renderTable(resourceColumns, cells.map((cell) => resourceRow(cell, baseOf(cell, cells), style)))}\n`;
}

/** What is the same in all rows of a curve: the scheduler with its options. */
function runOf({ label }: Sharing): string {
  return label.split(' ').filter((part) => !part.startsWith('cache=') && !part.startsWith('cacheCapacity=')).join(' ');
}

function untoldOf(cells: readonly Sharing[]): string {
  const untold = cells.reduce((sum, { resources }) => sum + resources.untoldContainers, 0);
  return untold === 0 ? '' : `; ${untold} containers tell nothing`;
}

/** Hit rates by policy and capacity, and under them what optimal replacement reaches in the same containers: the best over the policies. */
function curveBlock(title: string, cells: readonly Sharing[], style: TableStyle): string {
  const capacities = [...new Set(cells.flatMap(({ resources }) => resources.capacity ?? []))].sort((a, b) => a - b);
  const policies = [...new Set(cells.map(({ resources }) => resources.policy))];
  const rateOf = (policy: string, capacity: number): string => {
    const cell = cells.find(({ resources }) => resources.policy === policy && (resources.capacity ?? capacity) === capacity);
    return cell === undefined ? '–' : `${formatRate(cell.resources.hitRate)}${invalidMark(cell, style)}`;
  };
  const rows = policies.map((policy) => [policy, ...capacities.map((capacity) => rateOf(policy, capacity))]);
  const ideal = capacities.map((capacity) => {
    const rates = cells.flatMap(({ resources }) => (resources.capacity === capacity && resources.idealHitRate !== null ? [resources.idealHitRate] : []));
    return rates.length === 0 ? '–' : formatRate(Math.max(...rates));
  });
  const head = ['hit rate', ...capacities.map(String)];
  return `${style.bold(title)}   share of requests that found a client, by policy and capacity of the cache of a container${untoldOf(cells)}\n${renderTable(head, [...rows, ['ideal', ...ideal]])}\n`;
}

/** Tables of what containers shared, for each experiment and workload in which invocations asked for clients. */
export function renderResources(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle): string[] {
  const groups = grouped(meanOverRepetitions(summaries, manifest).filter(usesResources).filter(({ workload }) => !burstSize.test(workload)), groupOf);
  return [...groups].flatMap(([title, cells]) => {
    const capacities = new Set(cells.flatMap(({ resources }) => resources.capacity ?? []));
    if (capacities.size < 3) return [resourceBlock(title, cells, style)];
    return [...grouped(cells, runOf)].map(([run, ofRun]) => curveBlock(`${title} · ${run}`, ofRun, style));
  });
}

/** Of containers that lived too short to be read, the kernel's record, which counts shared pages in each. */
function peakOf({ peakMb, kernelPeakMb }: CellAverage): string {
  return peakMb === null && kernelPeakMb !== null ? `${formatAmount(kernelPeakMb)} RSS` : formatAmount(peakMb);
}

/** Experiments of bursts of several sizes: a row a size, for each way of running it the mean, the makespan and the memory. */
export function renderBursts(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle): string[] {
  const bursts = meanOverRepetitions(summaries, manifest).filter(({ workload, skipped }) => burstSize.test(workload) && skipped === undefined);
  const experiments = grouped(bursts, ({ experiment }) => experiment);
  return [...experiments].map(([experiment, cells]) => {
    const workloads = [...new Set(cells.map(({ workload }) => workload))];
    const labels = [...new Set(cells.map(({ label }) => label))];
    const withClients = cells.some(usesResources);
    const columns = labels.flatMap((label) => [`${label}: exec ms`, 'all done ms', 'peak MB', ...(withClients ? ['clients'] : [])]);
    const rows = workloads.map((workload) => [
      burstSize.exec(workload)?.[1] ?? harmless(workload),
      ...labels.flatMap((label) => {
        const cell = cells.find((other) => other.workload === workload && other.label === label);
        const numbers = cell === undefined ? ['', '', ''] : [`${formatMs(cell.partsMs.execution)}${invalidMark(cell, style)}`, formatMs(cell.maxMs), peakOf(cell)];
        return withClients ? [...numbers, cell?.resources === undefined ? '' : formatCount(cell.resources.made)] : numbers;
      }),
    ]);
    return `${style.bold(harmless(experiment))}   invocations at once: mean execution, from their arrival to the end of the last, peak memory of all containers\n${renderTable(['at once', ...columns], rows)}\n`;
  });
}
