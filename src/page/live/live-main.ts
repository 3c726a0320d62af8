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

const latencyChart = new LiveChart(place('charts'), 'Latency', 'p50, mean and greatest of the invocations that completed in each half second; too few complete in that time to name a p98, which stands above for the whole cell.');
const containerChart = new LiveChart(place('charts'), 'Containers', 'Containers that were launched and have not ended.');

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : shortNumber(value);
}

function cellRow({ id, status, numbers, problems }: LiveCell): HTMLElement {
  const said = problems.length === 0 ? '' : `: ${problems.join('; ')}`;
  const values = [numbers?.latency.meanMs, numbers?.latency.p50Ms, numbers?.latency.p98Ms, numbers?.containers].map(numberText);
  const completed = numbers === undefined ? '–' : `${numbers.completed} of ${numbers.arrived}`;
  return element('tr', { 'data-status': status }, element('th', { scope: 'row' }, id), element('td', { class: 'left' }, `${status}${said}`), ...[...values, completed].map((text) => element('td', {}, text)));
}

function drawCurrent(): void {
  const { current, progress, points } = state;
  place('cell').textContent = current === undefined ? 'No cell is running' : current.id;
  const bar = place('cell-progress') as HTMLProgressElement;
  bar.max = progress?.total ?? 1;
  bar.value = progress?.ended ?? 0;
  const ms = { name: '', unit: 'ms', scale: 'linear' } as const;
  const named = (name: string, valueMs: number | null): string => `${name} ${valueMs === null ? '–' : withUnit(valueMs, ms)}`;
  place('cell-state').textContent =
    progress === undefined
      ? ''
      : [`${progress.ended} of ${progress.total} invocations`, ...(progress.failed > 0 ? [`${progress.failed} failed`] : []), named('mean', progress.latency.meanMs), named('p50', progress.latency.p50Ms), named('p98', progress.latency.p98Ms), `${progress.point.containers} containers, ${progress.launchedContainers} launched`].join(' · ');
  const { latency, containers } = liveCharts(points, current?.scheduler ?? '');
  latencyChart.draw(latency);
  containerChart.draw(containers);
}

function drawRun(): void {
  const { run, cells, ended, endedCells } = state;
  place('title').textContent = run === undefined ? 'faasbatch-bench' : `${run.suite}, ${run.backend}`;
  place('about').textContent = run === undefined ? '' : `${run.id}: ${run.command}`;
  document.title = `${endedCells}/${cells.length} ${run?.suite ?? ''} · faasbatch-bench`;
  const words = { complete: 'The run is complete.', interrupted: 'The run was interrupted.', lost: 'The run has gone without saying how it ended.' };
  place('state').textContent = ended === undefined ? 'running' : `${words[ended.status]}${ended.folder === undefined ? '' : ` Stored in ${ended.folder}.`}`;
  place('done').textContent = `${endedCells} of ${cells.length} cells`;
  const bar = place('run-progress') as HTMLProgressElement;
  bar.max = Math.max(1, cells.length);
  bar.value = endedCells;
  place('cells').replaceChildren(...cells.map(cellRow));
}

function drawLog(): void {
  const log = place('log');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  log.textContent = state.log.join('\n');
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function drawAll(): void {
  styles = stylesOf(state.cells.map(({ scheduler }) => scheduler));
  look = currentLook(styles);
  drawRun();
  drawCurrent();
  drawLog();
}

new ThemeSwitch(place('theme') as HTMLButtonElement, drawAll);
addEventListener('resize', drawCurrent);

const source = new EventSource('events');
for (const name of state.names) {
  source.addEventListener(name, (event: MessageEvent<string>) => {
    state.apply(name, JSON.parse(event.data) as LiveEvents[typeof name]);
    if (name === 'progress' || name === 'series') drawCurrent();
    else if (name === 'log') drawLog();
    else drawAll();
    // Nobody is there any more: what is on the page stays, and is not asked for again.
    if (state.ended !== undefined) source.close();
  });
}
source.addEventListener('error', () => {
  if (state.ended === undefined) place('state').textContent = 'not connected; trying again';
});
