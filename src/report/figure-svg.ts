import { createContext, runInContext } from 'node:vm';
import { stylesOf, type Chart, type Figure, type Look } from '../charts/index.js';
import { escapeHtml } from './html/markup.js';

/** What the chart program (dist/page/charts.js) offers outside of a page. */
interface ChartProgram {
  svgOf(chart: Chart, drawing: { readonly look: Look; readonly widthPx: number; readonly plotHeightPx?: number }): string;
}

/** One column of a paper, in inches, and the least size of its letters that can be read, in points. */
const columnIn = 3.5;
const letterPt = 8;
const pxPerIn = 96;
const ptPerIn = 72;

/** Black on white, for print. */
function paperLook(schedulers: readonly string[]): Look {
  return { ink: '#000000', quietInk: '#333333', grid: '#dddddd', surface: '#ffffff', fontFamily: 'Helvetica, Arial, sans-serif', fontSize: (letterPt * pxPerIn) / ptPerIn, lineWidth: 1.3, styles: stylesOf(schedulers), legend: true };
}

/** Draws figures with the program that draws them in pages, so that both look the same. */
export class FigureDrawer {
  readonly #program: ChartProgram;
  readonly #look: Look;

  /** `chartProgram`: the text of dist/page/charts.js. */
  constructor(chartProgram: string, schedulers: readonly string[]) {
    // Its frames of animation never come: a figure is drawn at once.
    this.#program = runInContext(`${chartProgram};FbbCharts`, createContext({ console, setTimeout: () => 0 })) as ChartProgram;
    this.#look = paperLook(schedulers);
  }

  /** A figure as an SVG as wide as a column, with its title and how it was computed inside, for readers and screen readers. */
  svg({ title, how, chart }: Figure): string {
    const widthPx = columnIn * pxPerIn;
    const drawn = this.#program.svgOf(chart, { look: this.#look, widthPx, ...(chart.kind === 'lines' ? { plotHeightPx: widthPx * 0.6 } : {}) });
    const heightPx = Number(/height="([\d.]+)"/.exec(drawn)?.[1] ?? widthPx);
    return drawn
      .replace(/width="[\d.]+" height="[\d.]+"/, `width="${columnIn}in" height="${(heightPx / pxPerIn).toFixed(3)}in" role="img"`)
      // A function, because `$` means something in a text.
      .replace('>', () => `>\n<title>${escapeHtml(title)}</title>\n<desc>${escapeHtml(how)}</desc>`);
  }
}
