import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { LiveServer } from '../../src/live/live-server.js';
import { cellEnded, cellStarted, countsOf, runEnded, theRun, tick } from '../live/live-messages.js';
import { seriousFaults } from './accessibility.js';
import { Browser, noBrowser } from './browser.js';

const pageFolder = join(import.meta.dirname, '../../dist/page');

describe.skipIf(noBrowser !== undefined)(`the page of a running suite${noBrowser === undefined ? '' : `: ${noBrowser}`}`, () => {
  const browser = new Browser();
  afterAll(() => browser.close());

  async function serve(given: { readonly mostClients?: number } = {}): Promise<{ readonly server: LiveServer; readonly url: string }> {
    const server = new LiveServer({ host: '127.0.0.1', port: 0, pageFolder, heartbeatMs: 60_000, ...given });
    const { port } = await server.listen();
    onTestFinished(() => server.finish());
    return { server, url: `http://127.0.0.1:${port}/` };
  }

  it('shows what runs as it comes, and keeps it when the run has ended', async () => {
    const { server, url } = await serve();
    server.take(theRun);
    server.take(cellStarted);
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('cell')?.textContent === 'a');
    expect(await page.locator('#state').innerText()).toBe('running');
    for (let half = 1; half <= 4; half += 1) server.take(tick({ elapsedMs: half * 500, ended: half, latencies: countsOf(20 * half) }));
    await page.waitForFunction(() => document.getElementById('cell-state')?.textContent.startsWith('4 of 10 invocations'));
    expect(await page.locator('#charts .plot svg path').count()).toBeGreaterThan(4);
    server.take({ type: 'log', line: 'a: 10 completed' });
    server.take(cellEnded);
    await page.waitForFunction(() => document.querySelector('#cells tr')?.getAttribute('data-status') === 'valid');
    expect(await page.locator('#cells tr').first().innerText()).toMatch(/valid\s+20\s+19\s+–\s+2\s+10 of 10/);
    expect(await page.locator('#log').innerText()).toContain('a: 10 completed');
    expect(await seriousFaults(page)).toEqual([]);
    server.take(runEnded);
    await page.waitForFunction(() => document.getElementById('state')?.textContent.startsWith('The run is complete. Stored in /results/tiny-1'));
    await server.finish();
    await page.waitForTimeout(300);
    expect(await page.locator('#cells tr').count()).toBe(2);
    expect(browser.complaints).toEqual([]);
    expect(browser.requests.every((address) => address.startsWith(url) || address.startsWith('data:'))).toBe(true);
  }, 60_000);

  it('shows what happened before it was opened', async () => {
    const { server, url } = await serve();
    for (const message of [theRun, cellStarted, tick({ elapsedMs: 500 }), tick({ elapsedMs: 1_000, ended: 2 }), { type: 'log', line: 'earlier' } as const]) server.take(message);
    const page = await browser.open(url, { scheme: 'dark', width: 380 });
    await page.waitForFunction(() => document.getElementById('cell-state')?.textContent.startsWith('2 of 10 invocations'));
    expect(await page.locator('#log').innerText()).toContain('earlier');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
    expect(browser.complaints).toEqual([]);
  });

  it('waits for a run that has not begun', async () => {
    const { server, url } = await serve();
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('state')?.textContent === 'waiting for the run to begin');
    expect(await page.locator('#done').innerText()).toBe('');
    server.take(theRun);
    await page.waitForFunction(() => document.getElementById('state')?.textContent === 'running');
  });

  it('shows latencies of a half second that stands alone, where no line goes', async () => {
    const { server, url } = await serve();
    for (const message of [theRun, cellStarted]) server.take(message);
    for (let half = 1; half <= 30; half += 1) server.take(tick({ elapsedMs: half * 500, ended: Math.ceil(half / 3), latencies: half % 3 === 1 ? countsOf(20) : countsOf() }));
    const page = await browser.open(url);
    const shapes = page.locator('#charts .plot').first().locator('svg path');
    // The mean and the greatest of ten half seconds, and three in the legend.
    await expect.poll(() => shapes.evaluateAll((paths) => paths.map((path) => path.getBoundingClientRect()).filter(({ width, height }) => Math.min(width, height) > 3 && Math.max(width, height) < 20).length)).toBeGreaterThanOrEqual(20);
  });

  it('draws no shape for each of many points', async () => {
    const { server, url } = await serve();
    for (const message of [theRun, cellStarted]) server.take(message);
    for (let half = 1; half <= 1_000; half += 1) server.take(tick({ elapsedMs: half * 500, ended: half }));
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('cell-state')?.textContent.startsWith('1000 of'));
    expect(await page.locator('#charts svg path').count()).toBeLessThan(300);
  });

  it('shows memory and CPU over time, and says how many cells came to no good end', async () => {
    const { server, url } = await serve();
    for (const message of [theRun, cellStarted, tick({ host: { cpuPercent: 50, memoryMb: 900 } })]) server.take(message);
    server.take({ type: 'cell-failed', cellId: 'a', end: { status: 'failed', problems: ['FBB_ERR_X: y'] } });
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('done')?.textContent === '1 of 2 cells, 1 failed');
    expect(await page.locator('#charts h4').allInnerTexts()).toEqual(['Latency', 'Containers', 'Memory', 'CPU of the host']);
  });

  it('leaves in place what has not changed: lines of the log, rows of other cells', async () => {
    const { server, url } = await serve();
    for (const message of [theRun, { type: 'log', line: 'first' } as const]) server.take(message);
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('log')?.textContent === 'first');
    await page.evaluate(() => {
      for (const element of [document.querySelector('#log > *'), document.querySelectorAll('#cells tr')[1]]) (element as HTMLElement).dataset['seen'] = 'yes';
    });
    for (const message of [{ type: 'log', line: 'second' } as const, cellStarted]) server.take(message);
    await page.waitForFunction(() => document.querySelector('#cells tr')?.getAttribute('data-status') === 'running');
    await page.waitForFunction(() => document.querySelectorAll('#log > *').length === 2);
    expect(await page.locator('[data-seen]').count()).toBe(2);
    for (let n = 0; n < 600; n += 1) server.take({ type: 'log', line: String(n) });
    await page.waitForFunction(() => document.querySelector('#log > :last-child')?.textContent === '599');
    expect(await page.locator('#log > *').count()).toBe(500);
  });

  it('says when it does not come again by itself', async () => {
    const { url } = await serve({ mostClients: 0 });
    const page = await browser.open(url);
    await page.waitForFunction(() => document.getElementById('state')?.textContent === 'not connected; reload the page to try again');
    browser.complaints.length = 0;
  });

  it('runs nothing that a name or a problem smuggles in', async () => {
    const hostile = '<img src=x onerror=alert(1)></script><script>alert(2)</script>';
    const { server, url } = await serve();
    const { run, cells } = theRun;
    server.take({ ...theRun, run: { ...run, suite: hostile, command: hostile }, cells: cells.map((cell) => ({ ...cell, scheduler: hostile, id: `${cell.id}${hostile}` })) });
    server.take({ type: 'cell-started', cellId: `a${hostile}` });
    server.take(tick());
    server.take({ type: 'log', line: hostile });
    server.take({ type: 'cell-ended', cellId: `a${hostile}`, end: { status: 'invalid', problems: [hostile] } });
    const page = await browser.open(url);
    await page.waitForFunction(() => document.querySelector('#cells tr')?.getAttribute('data-status') === 'invalid');
    expect(await page.locator('#cells tr').first().innerText()).toContain(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(browser.complaints).toEqual([]);
  });
});
