import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../cli/run-bin.js';
import { seriousFaults } from './accessibility.js';
import { Browser, noBrowser, type OpenOptions } from './browser.js';

/** Scrolls through the page, so that everything that waits to be seen is drawn. */
async function seeAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 500) {
      scrollTo(0, y);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    scrollTo(0, 0);
  });
  await page.waitForFunction(() => document.querySelectorAll('.plot:not([data-drawn])').length === 0);
}

async function inkOf(page: Page, figure: string): Promise<string> {
  return page.locator(`[data-figure="${figure}"] .plot svg`).first().innerHTML();
}

describe.skipIf(noBrowser !== undefined)(`the report of a run of all schedulers${noBrowser === undefined ? '' : `: ${noBrowser}`}`, () => {
  const place = new Workplace();
  const browser = new Browser();
  let url = '';

  beforeAll(async () => {
    await place.run('suite', 'icdcs', '--backend', 'simulation', '--out', place.out);
    const { code, stderr, stdout } = await place.run('report', '--results', place.out, '--out', 'report.html');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^report\.html {2}\d/);
    url = pathToFileURL(join(place.folder, 'report.html')).href;
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    place.remove();
  });

  async function open(options: OpenOptions = {}): Promise<Page> {
    const page = await browser.open(url, options);
    await page.waitForSelector('[data-ready="yes"]');
    return page;
  }

  it('draws all its charts, asks for nothing but itself, and complains of nothing', async () => {
    const page = await open();
    await seeAll(page);
    const figures = await page.locator('figure').count();
    expect(figures).toBeGreaterThan(20);
    expect(await page.locator('.plot svg path, .plot canvas').count()).toBeGreaterThan(figures);
    const empty = await page.evaluate(() => [...document.querySelectorAll('figure')].filter((figure) => figure.querySelector('svg path, svg rect, canvas') === null).map((figure) => figure.dataset['figure']));
    expect(empty).toEqual([]);
    expect(browser.complaints).toEqual([]);
    expect(browser.requests.filter((address) => !address.startsWith('data:') && address !== url)).toEqual([]);
  });

  it('answers on its first screen who won on what', async () => {
    const page = await open();
    const cards = page.locator('#answer .answers .card');
    expect(await cards.count()).toBe(2);
    const text = await cards.first().innerText();
    expect(text).toContain('mean latency');
    expect(text).toMatch(/against vanilla/);
    const box = await cards.first().boundingBox();
    expect(box!.y).toBeLessThan(900);
    expect(await page.locator('.distrust').innerText()).toContain('What to distrust');
  });

  it('has no serious fault for those who do not see or use a pointer, in either theme', async () => {
    const page = await open();
    await seeAll(page);
    await page.evaluate(() => [...document.querySelectorAll('details')].slice(0, 4).forEach((details) => (details.open = true)));
    // The second section is made as the first one is.
    expect(await seriousFaults(page, ['#figures-e2e-icdcs-io'])).toEqual([]);
    const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    await page.locator('#theme').click();
    expect(await seriousFaults(page, ['#figures-e2e-icdcs-io', '.plot'])).toEqual([]);
  }, 60_000);

  it('follows the theme of the system, switches it, and remembers', async () => {
    const page = await open({ scheme: 'dark' });
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    const figure = 'latency-cdf';
    await page.locator(`[data-figure="${figure}"]`).first().scrollIntoViewIfNeeded();
    await page.waitForSelector(`[data-figure="${figure}"] .plot[data-drawn]`);
    const darkInk = await inkOf(page, figure);
    await page.locator('#theme').click();
    expect(await background()).not.toBe(dark);
    expect(await inkOf(page, figure)).not.toBe(darkInk);
    await page.reload();
    await page.waitForSelector('[data-ready="yes"]');
    expect(await background()).not.toBe(dark);
  });

  it('fits a narrow screen', async () => {
    const page = await open({ width: 360, height: 740 });
    await seeAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(browser.complaints).toEqual([]);
  });

  it('zooms its timeline with buttons, keys and the wheel, and shows other cells', async () => {
    const page = await open();
    const timeline = page.locator('.figure-timeline').first();
    await timeline.scrollIntoViewIfNeeded();
    await page.waitForSelector('.figure-timeline .plot[data-drawn]');
    const picture = (): Promise<string> => timeline.locator('canvas').first().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const changed = async (action: () => Promise<unknown>): Promise<boolean> => {
      const before = await picture();
      await action();
      await page.waitForTimeout(150);
      return (await picture()) !== before;
    };
    const shown = (): Promise<string> => timeline.getByRole('status').innerText();
    const whole = await shown();
    expect(whole).toMatch(/^Shown: 0\.000 s to [\d.]+ s, lanes 1 to (\d+) of \1$/);
    expect(await changed(() => timeline.getByRole('button', { name: 'Zoom in' }).click())).toBe(true);
    expect(await changed(() => page.keyboard.press('ArrowRight'))).toBe(true);
    expect(await changed(() => page.keyboard.press('PageDown'))).toBe(true);
    expect(await shown()).not.toBe(whole);
    await page.keyboard.press('Home');
    await page.waitForTimeout(150);
    expect(await shown()).toBe(whole);
    await timeline.locator('canvas').first().hover();
    await page.keyboard.down('Control');
    expect(await changed(() => page.mouse.wheel(0, -300))).toBe(true);
    expect(await shown()).not.toBe(whole);
    await page.keyboard.up('Control');
    await page.getByLabel('Scheduler').first().selectOption({ label: 'batching-expanding' });
    await page.waitForFunction(() => document.querySelector('.figure-timeline h4')?.textContent === 'batching-expanding');
    expect(browser.complaints).toEqual([]);
  });

  it('tells of an invocation under the pointer', async () => {
    const page = await open();
    const timeline = page.locator('.figure-timeline').first();
    await timeline.scrollIntoViewIfNeeded();
    await page.waitForSelector('.figure-timeline .plot[data-drawn]');
    const canvas = timeline.locator('canvas').first();
    const box = (await canvas.boundingBox())!;
    const hint = timeline.locator('.hint');
    for (let step = 1; step < 40 && (await hint.count()) === 0; step += 1) await page.mouse.move(box.x + box.width * 0.6, box.y + (box.height * step) / 50);
    expect(await hint.first().innerText()).toMatch(/container|invocation/);
  });

  it('computes the cost with the prices of the reader', async () => {
    const page = await open();
    const cost = page.locator('.figure-cost').first();
    await cost.scrollIntoViewIfNeeded();
    await page.waitForSelector('.figure-cost .plot[data-drawn]');
    await cost.locator('summary').click();
    const value = async (): Promise<number> => Number(await cost.locator('tbody tr').first().locator('td').nth(1).innerText());
    const before = await value();
    const price = cost.getByLabel('$ a GB·s');
    await price.fill(String(2 * Number(await price.inputValue())));
    await cost.locator('summary').click();
    await cost.locator('summary').click();
    expect((await value()) / before).toBeCloseTo(2, 5);
    await price.fill('-1');
    expect(await price.getAttribute('aria-invalid')).toBe('true');
  });

  it('has one price, whichever section it was typed in', async () => {
    const page = await open();
    const costs = page.locator('.figure-cost');
    const [first, second] = [costs.nth(0), costs.nth(1)];
    await second.locator('summary').click();
    const value = (): Promise<string> => second.locator('tbody tr').first().locator('td').nth(1).innerText();
    const before = Number(await value());
    await first.getByLabel('$ a GB·s').fill('1');
    expect(await second.getByLabel('$ a GB·s').inputValue()).toBe('1');
    expect(Number(await value()) / before).toBeGreaterThan(1_000);
    await second.getByLabel('$ a million invocations').fill('3');
    expect(await first.getByLabel('$ a GB·s').inputValue()).toBe('1');
    expect(await first.getByLabel('$ a million invocations').inputValue()).toBe('3');
  });

  it('shows in its legends the marks that tell lines apart without colours', async () => {
    const page = await open();
    const marks = await page.locator('[data-figure="latency-cdf"]').first().locator('.legend svg path:last-child').evaluateAll((paths) => paths.map((path) => path.getAttribute('d')));
    expect(marks).toHaveLength(7);
    expect(new Set(marks).size).toBe(7);
  });

  it('keeps no figure that is no longer shown', async () => {
    const page = await open();
    await page.locator('.figure-timeline').first().scrollIntoViewIfNeeded();
    await page.waitForSelector('.figure-timeline .plot[data-drawn]');
    const session = await page.context().newCDPSession(page);
    const live = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      const { result } = await session.send('Runtime.evaluate', { expression: 'HTMLElement.prototype' });
      const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId! });
      const { result: counted } = await session.send('Runtime.callFunctionOn', { objectId: objects.objectId!, functionDeclaration: `function () { return this.filter((each) => !Object.hasOwn(each, 'constructor') && each.tagName === 'FIGURE').length; }`, returnByValue: true });
      await session.send('Runtime.releaseObject', { objectId: objects.objectId! });
      return counted.value as number;
    };
    const choice = page.getByLabel('Scheduler').first();
    const around = async (): Promise<number> => {
      for (let index = 6; index >= 0; index -= 1) {
        await choice.selectOption({ index });
        // Not by a handle, which would keep it.
        await page.locator('.figure-timeline .plot[data-drawn]').first().waitFor();
      }
      return live();
    };
    const before = await around();
    // Seven were shown meanwhile; the browser may still hold the last.
    expect(await around()).toBeLessThan(before + 4);
  });

  it('hides and shows a line from its legend', async () => {
    const page = await open();
    const figure = page.locator('[data-figure="latency-cdf"]').first();
    await figure.scrollIntoViewIfNeeded();
    await page.waitForSelector('[data-figure="latency-cdf"] .plot[data-drawn]');
    const before = await inkOf(page, 'latency-cdf');
    const button = figure.getByRole('button', { name: 'vanilla', exact: true });
    await button.click();
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await page.waitForTimeout(100);
    expect(await inkOf(page, 'latency-cdf')).not.toBe(before);
  });

  it('gives the data of a chart as CSV and the chart as SVG', async () => {
    const page = await open();
    const figure = page.locator('[data-figure="latency-parts"]').first();
    await figure.scrollIntoViewIfNeeded();
    const [csv] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: /as CSV/ }).click()]);
    expect(csv.suggestedFilename()).toMatch(/^icdcs-.*-e2e-icdcs-cpu-latency-parts\.csv$/);
    const lines = readFileSync(await csv.path(), 'utf8').trim().split('\n');
    expect(lines[0]).toBe('scheduler,lag (ms),scheduling (ms),cold start (ms),queue (ms),execution (ms),response (ms)');
    expect(lines).toHaveLength(8);
    const [svg] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: /as SVG/ }).click()]);
    expect(readFileSync(await svg.path(), 'utf8')).toMatch(/^<svg [^]*<\/svg>\s*$/);
  });

  it('prints everything, also what was never seen', async () => {
    const page = await open({ scheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    const pdf = await page.pdf();
    expect(pdf.length).toBeGreaterThan(200_000);
    expect(await page.locator('.plot:not([data-drawn])').count()).toBe(0);
    expect(browser.complaints).toEqual([]);
  });

  it('fits on paper, light, with all its rows and what was folded away', async () => {
    const page = await open({ scheme: 'dark' });
    // What a browser does to print: it tells, and then lays out anew without telling.
    await page.evaluate(() => {
      addEventListener('resize', (event) => event.stopImmediatePropagation(), { capture: true });
      dispatchEvent(new Event('beforeprint'));
    });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 717, height: 1_000 });
    const found = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      cut: [...document.querySelectorAll<HTMLElement>('.plot')].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
      folded: document.querySelectorAll('main details:not([open], .data, .manifest)').length,
      ink: getComputedStyle(document.querySelector('h2')!).color,
    }));
    expect(found).toEqual({ width: 717, cut: 0, folded: 0, ink: 'rgb(27, 31, 36)' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.locator('main details[open]').count()).toBe(0);
  });

  it('has figures for a paper, as wide as a column, each with its data', async () => {
    const { code, stderr } = await place.run('report', '--results', place.out, '--format', 'svg', '--out', 'figures');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const files = readdirSync(join(place.folder, 'figures'));
    const drawn = files.filter((name) => name.endsWith('.svg'));
    expect(drawn.length).toBeGreaterThan(15);
    expect(files.filter((name) => name.endsWith('.csv'))).toHaveLength(drawn.length);
    for (const name of drawn) expect(readFileSync(join(place.folder, 'figures', name), 'utf8')).toMatch(/^<svg width="3.5in" height="[\d.]+in" role="img" [^]*<title>[^]*<desc>[^]*<\/svg>\s*$/);
    const page = await browser.open('about:blank');
    const faults: string[] = [];
    for (const name of drawn) {
      await page.goto(pathToFileURL(join(place.folder, 'figures', name)).href);
      const found = await page.evaluate(() => {
        const whole = document.documentElement.getBoundingClientRect();
        return [...document.querySelectorAll('text')].flatMap((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          const isCut = left < whole.left - 1 || right > whole.right + 1 || top < whole.top - 1 || bottom > whole.bottom + 1;
          const points = Number.parseFloat(getComputedStyle(text).fontSize) * 0.75;
          return isCut || points < 7.99 ? [`${text.textContent}: ${points} pt${isCut ? ', cut' : ''}`] : [];
        });
      });
      faults.push(...found.map((fault) => `${name}: ${fault}`));
      if (await page.evaluate(() => document.querySelector('parsererror') !== null)) faults.push(name);
    }
    expect(faults).toEqual([]);
  });
});
