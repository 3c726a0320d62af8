import { stylesOf, usualPrices, type LineChart } from '../../charts/index.js';
import type { LiveCell, LiveEvents } from '../../live/index.js';
import type { MountedChart } from '../charts/global.js';
import { shortNumber, withUnit } from '../charts/numbers.js';
import { element } from '../elements.js';
import { currentLook, ThemeSwitch } from '../theme.js';
import { liveCharts } from './live-charts.js';
import { LiveRunState } from './live-state.js';

const state = new LiveRunState();
let styles = stylesOf([]);
let look = currentLook(styles);

function place(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

/** A chart that is drawn anew as its data come. */
class LiveChart {
  readonly #plot = element('div', { class: 'plot', role: 'img' });
  #mounted: MountedChart | undefined;

  constructor(host: HTMLElement, title: string, about: string) {
    this.#plot.setAttribute('aria-label', `${title}. ${about}`);
    host.append(element('figure', { class: 'figure' }, element('h4', {}, title), this.#plot, element('figcaption', {}, about)));
  }

  draw(chart: LineChart): void {
    const drawing = { look: { ...look, legend: true }, widthPx: Math.max(240, this.#plot.clientWidth), heightPx: 260, prices: usualPrices };
    if (this.#mounted === undefined) this.#mounted = new FbbCharts.MountedChart(this.#plot, chart, drawing);
    else this.#mounted.redraw(drawing, chart);
    this.#plot.dataset['drawn'] = 'yes';
  }
}

const latencyChart = new LiveChart(place('charts'), 'Latency', 'p50, mean and greatest of the invocations that completed in each half second, in long cells in a second or more; few complete in that time, so that p98 stands above for the whole cell.');
const containerChart = new LiveChart(place('charts'), 'Containers', 'Containers that were launched and have not ended.');
const memoryChart = new LiveChart(place('charts'), 'Memory', 'All containers together, at their last readings; in simulations as the model has it.');
const cpuChart = new LiveChart(place('charts'), 'CPU of the host', 'Of all cores, everything that runs on the machine; nothing in simulations.');

/** Does not tell a screen reader again what it has told. */
function say(id: string, text: string): void {
  if (place(id).textContent !== text) place(id).textContent = text;
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : shortNumber(value);
}

function cellRow({ id, status, numbers, problems }: LiveCell): HTMLElement {
  const said = problems.length === 0 ? '' : `: ${problems.join('; ')}`;
  const values = [numbers?.latency.meanMs, numbers?.latency.p50Ms, numbers?.latency.p98Ms, numbers?.containers].map(numberText);
  const completed = numbers === undefined ? '–' : `${numbers.completed} of ${numbers.arrived}`;
  return element('tr', { 'data-status': status }, element('th', { scope: 'row' }, id), element('td', { class: 'left' }, `${status}${said}`), ...[...values, completed].map((text) => element('td', {}, text)));
}

/** A chart of many points is drawn anew when some of them have come: one alone would not be seen. */
const pointsToSee = 300;

function drawState(): void {
  const { current, progress } = state;
  say('cell', current === undefined ? 'No cell is running' : `${current.id}${current.status === 'running' ? '' : `: ${current.status}`}`);
  const bar = place('cell-progress') as HTMLProgressElement;
  bar.max = Math.max(1, progress?.total ?? 1);
  bar.value = progress?.ended ?? 0;
  const ms = { name: '', unit: 'ms', scale: 'linear' } as const;
  const named = (name: string, valueMs: number | null): string => `${name} ${valueMs === null ? '–' : withUnit(valueMs, ms)}`;
  say(
    'cell-state',
    progress === undefined
      ? ''
      : [`${progress.ended} of ${progress.total} invocations`, ...(progress.failed > 0 ? [`${progress.failed} failed`] : []), named('mean', progress.latency.meanMs), named('p50', progress.latency.p50Ms), named('p98', progress.latency.p98Ms), `${progress.point.containers} containers, ${progress.launchedContainers} launched`].join(' · '),
  );
}

function drawCharts(): void {
  const { latency, containers, memory, cpu } = liveCharts(state.points, state.current?.scheduler ?? '');
  latencyChart.draw(latency);
  containerChart.draw(containers);
  memoryChart.draw(memory);
  cpuChart.draw(cpu);
}

let connection: string | undefined = 'connecting';

function runState(): string {
  const { run, ended } = state;
  const words = { complete: 'The run is complete.', interrupted: 'The run was interrupted.', lost: 'The run has gone without saying how it ended.' };
  if (ended !== undefined) return `${words[ended.status]}${ended.folder === undefined ? '' : ` Stored in ${ended.folder}.`}`;
  return connection ?? (run === undefined ? 'waiting for the run to begin' : 'running');
}

function drawRun(): void {
  const { run, cells, endedCells } = state;
  say('title', run === undefined ? 'faasbatch-bench' : `${run.suite}, ${run.backend}`);
  say('about', run === undefined ? '' : `${run.id}: ${run.command}`);
  say('state', runState());
  const bad = (['invalid', 'failed', 'skipped', 'interrupted'] as const).flatMap((status) => {
    const count = cells.filter((cell) => cell.status === status).length;
    return count === 0 ? [] : [`, ${count} ${status}`];
  });
  say('done', run === undefined ? '' : `${endedCells} of ${cells.length} cells${bad.join('')}`);
  const bar = place('run-progress') as HTMLProgressElement;
  bar.max = Math.max(1, cells.length);
  bar.value = endedCells;
}

let drawnCells: readonly LiveCell[] = [];

/** Draws the rows of the cells that have changed: what a reader has selected in others stays so. */
function drawCells(): void {
  const rows = place('cells');
  if (drawnCells.length !== state.cells.length) {
    rows.replaceChildren();
    drawnCells = [];
  }
  for (const [index, cell] of state.cells.entries()) {
    const before = rows.children[index];
    if (before === undefined) rows.append(cellRow(cell));
    else if (drawnCells[index] !== cell) before.replaceWith(cellRow(cell));
  }
  drawnCells = state.cells;
}

/** More lines at a time than these nobody wants read to them. */
const mostReadLines = 5;
let drawnLines = 0;

/** Appends: a screen reader tells what is new, and no more. */
function drawLog(): void {
  const log = place('log');
  const lines = state.log.slice(Math.max(0, state.log.length - (state.toldLines - drawnLines)));
  drawnLines = state.toldLines;
  if (lines.length === 0) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  log.setAttribute('aria-live', lines.length > mostReadLines ? 'off' : 'polite');
  log.append(...lines.map((line) => element('div', {}, line)));
  while (log.children.length > state.log.length) log.firstElementChild?.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function drawLook(): void {
  styles = stylesOf(state.cells.map(({ scheduler }) => scheduler));
  look = currentLook(styles);
  drawCharts();
}

/** Four times a second at most, and never while nobody sees it. */
const leastFrameMs = 250;
const due = new Set<() => void>();
let lastFrameMs = Number.NEGATIVE_INFINITY;

function drawSoon(...draws: readonly (() => void)[]): void {
  if (due.size === 0) requestAnimationFrame(drawDue);
  for (const draw of draws) due.add(draw);
}

function drawDue(atMs: number): void {
  if (atMs - lastFrameMs < leastFrameMs) {
    requestAnimationFrame(drawDue);
    return;
  }
  lastFrameMs = atMs;
  const draws = [...due];
  due.clear();
  for (const draw of draws) draw();
}

/** What is no longer as it was drawn. */
const changedBy: Readonly<Record<keyof LiveEvents, () => readonly (() => void)[]>> = {
  snapshot: () => [drawRun, drawState, drawCells, drawLog, drawLook],
  'cell-started': () => [drawRun, drawState, drawCells, drawCharts],
  progress: () => [drawState, ...((state.progress?.index ?? 0) % Math.ceil(state.points.length / pointsToSee) === 0 ? [drawCharts] : [])],
  series: () => [drawCharts],
  'cell-ended': () => [drawRun, drawState, drawCells, drawCharts],
  'cell-failed': () => [drawRun, drawState, drawCells, drawCharts],
  log: () => [drawLog],
  'run-ended': () => [drawRun, drawState, drawCells, drawCharts],
};

new ThemeSwitch(place('theme') as HTMLButtonElement, () => drawSoon(drawLook));
addEventListener('resize', () => drawSoon(drawCharts));

const source = new EventSource('events');

for (const name of state.names) {
  source.addEventListener(name, (event: MessageEvent<string>) => {
    state.apply(name, JSON.parse(event.data) as LiveEvents[typeof name]);
    if (name === 'snapshot') {
      place('log').replaceChildren();
      drawnLines = 0;
    }
    drawSoon(...changedBy[name]());
    // Also of a page that nobody sees.
    document.title = `${state.endedCells}/${state.cells.length} ${state.run?.suite ?? ''} · faasbatch-bench`;
    // Nobody is there any more: what is on the page stays, and is not asked for again.
    if (state.ended !== undefined) source.close();
  });
}

source.addEventListener('open', () => {
  connection = undefined;
  drawSoon(drawRun);
});
source.addEventListener('error', () => {
  // After a refusal, as of one reader too many, a browser does not come again by itself.
  connection = source.readyState === EventSource.CLOSED ? 'not connected; reload the page to try again' : 'not connected; trying again';
  drawSoon(drawRun);
});
