import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../cli/run-bin.js';
import { stored, writeTinySuite, type Stored } from '../cli/tiny-suite.js';
import { Browser, noBrowser } from './browser.js';

const hostile = [`<img src=x onerror=alert(1)>${'x'.repeat(80)}`, '</script><script>alert(2)</script>', `"><svg onload=alert('3')>`, `{a|b} \${x} \u202e=1+1`] as const;

interface Changes {
  readonly manifest?: (text: string) => string;
  readonly summary?: (text: string, cell: string) => string;
}

describe.skipIf(noBrowser !== undefined)(`reports of result sets that are not as they should be${noBrowser === undefined ? '' : `: ${noBrowser}`}`, () => {
  const place = new Workplace();
  const browser = new Browser();
  let made: Stored;
  let copies = 0;

  beforeAll(async () => {
    const suite = writeTinySuite(place.folder);
    const { code } = await place.run('suite', suite, '--backend', 'simulation', '--out', place.out);
    expect(code).toBe(0);
    made = stored(place.out);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    place.remove();
  });

  /** A copy of the set in which something was changed; returns its folder. */
  function changed({ manifest, summary }: Changes): string {
    copies += 1;
    const folder = join(place.folder, `set-${copies}`);
    cpSync(made.folder, folder, { recursive: true });
    const edit = (path: string, change: (text: string) => string): void => writeFileSync(path, change(readFileSync(path, 'utf8')));
    if (manifest !== undefined) edit(join(folder, 'manifest.json'), manifest);
    for (const cell of readdirSync(join(folder, 'cells'))) if (summary !== undefined) edit(join(folder, 'cells', cell, 'summary.json'), (text) => summary(text, cell));
    return folder;
  }

  async function reportOf(folder: string): Promise<Page> {
    const out = `${folder}.html`;
    const { code, stderr } = await place.run('report', folder, '--out', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const page = await browser.open(pathToFileURL(out).href);
    await page.waitForSelector('[data-ready="yes"]');
    return page;
  }

  it('never run what a name smuggles in, and show it as it is', async () => {
    const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
    const rename = (text: string): string => text.replaceAll('"baseline"', `"${quoted(hostile[0])}"`).replaceAll('"batching-expanding"', `"${quoted(hostile[1])}"`).replaceAll('"icdcs-io"', `"${quoted(hostile[2])}"`).replaceAll('"one"', `"${quoted(hostile[3])}"`);
    const folder = changed({
      manifest: (text) => rename(text).replace('"command": "', `"command": "${quoted(hostile[1])}`),
      summary: (text) => rename(text).replace('"problems": []', `"problems": ["${quoted(hostile[0])}"]`),
    });
    const cells = join(folder, 'cells');
    for (const cell of readdirSync(cells)) {
      const path = join(cells, cell, 'invocations.csv');
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('kv-redis', hostile[0]).replaceAll('blob-couchdb', hostile[0]));
    }
    const page = await reportOf(folder);
    await page.evaluate(async () => {
      for (let y = 0; y < document.body.scrollHeight; y += 300) {
        scrollTo(0, y);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    // What appears under the pointer is made of names, too.
    for (const plot of await page.locator('.plot').all()) {
      const box = await plot.boundingBox();
      if (box === null) continue;
      await plot.scrollIntoViewIfNeeded();
      await plot.hover({ position: { x: box.width * 0.6, y: Math.min(box.height, 200) * 0.5 }, force: true });
    }
    expect(await page.evaluate(() => document.querySelectorAll('img, svg[onload], script:not([type]):nth-of-type(n+4)').length)).toBe(0);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('#answer').innerText()).toContain(hostile[0]);
    expect(await page.locator('pre[data-copy]').innerText()).toContain('</script><script>alert(2)</script>');
    expect(browser.complaints).toEqual([]);
  }, 60_000);

  it('draw figures that are XML, whatever is in a name', async () => {
    const names = [String.raw`$\` $& $' $$`, '__proto__'];
    const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
    const rename = (text: string): string => text.replaceAll('"baseline"', () => `"${quoted(names[0]!)}"`).replaceAll('"batching-expanding"', `"${names[1]}"`).replaceAll('"icdcs-io"', '"a \\u0001\\ud800 ]]>"');
    const folder = changed({ manifest: rename, summary: rename });
    const { code, stderr } = await place.run('report', folder, '--format', 'svg', '--out', `${folder}-figures`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const page = await browser.open('about:blank');
    const faults: string[] = [];
    for (const file of readdirSync(`${folder}-figures`).filter((name) => name.endsWith('.svg'))) {
      const text = readFileSync(join(`${folder}-figures`, file), 'utf8');
      const parsed = await page.evaluate((svg) => {
        const parsedSvg = new DOMParser().parseFromString(svg, 'image/svg+xml');
        return { fault: parsedSvg.querySelector('parsererror')?.textContent, title: parsedSvg.querySelector('title')?.textContent };
      }, text);
      // What `__proto__` would have leaked into all objects.
      if (parsed.fault !== undefined || / (prev|next)="/.test(text)) faults.push(`${file}: ${parsed.fault}`);
      if (file.endsWith('timeline-1.svg')) expect(parsed.title).toContain(names[0]);
    }
    expect(faults).toEqual([]);
  });

  it('do not let a name turn the numbers behind it', async () => {
    const rename = (text: string): string => text.replaceAll('"batching-expanding"', '"good\\u202e9"');
    const page = await reportOf(changed({ manifest: rename, summary: rename }));
    const texts = await page.evaluate(() => `${document.body.innerText}${document.getElementById('report-data')!.textContent}`);
    expect(texts).toContain('good\ufffd9');
    expect(texts).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  it('say so when there is no cell, and draw nothing', async () => {
    const folder = changed({ manifest: (text) => text.replaceAll('"valid"', '"pending"').replace('"complete"', '"interrupted"') });
    rmSync(join(folder, 'cells'), { recursive: true });
    const page = await reportOf(folder);
    expect(await page.locator('.warning').first().innerText()).toContain('No cell of this run has finished');
    expect(await page.locator('figure').count()).toBe(0);
    expect(browser.complaints).toEqual([]);
  });

  it('say so when every cell was skipped', async () => {
    const folder = changed({ manifest: (text) => text.replaceAll('"valid"', '"skipped"'), summary: (text) => text.replace('"valid": true', '"valid": true, "skipped": "no <b>real-time</b> class"') });
    const page = await reportOf(folder);
    expect(await page.locator('.warning').first().innerText()).toContain('skipped');
    expect(await page.locator('main').innerText()).toContain('no <b>real-time</b> class');
    expect(browser.complaints).toEqual([]);
  });

  it('name invalid cells first of all, and mark their rows', async () => {
    const folder = changed({
      manifest: (text) => text.replaceAll('"valid"', '"invalid"'),
      summary: (text, cell) => (cell.includes('expanding') ? text.replace('"valid": true', '"valid": false').replace('"problems": []', '"problems": ["the load generator was late by 80 ms"]') : text),
    });
    const page = await reportOf(folder);
    expect(await page.locator('.distrust-serious').innerText()).toMatch(/invalid/);
    expect(await page.locator('.numbers').first().innerText()).toMatch(/batching-expanding\s+invalid/);
    expect(browser.complaints).toEqual([]);
  });

  it('take one cell alone', async () => {
    const folder = changed({});
    const [first] = made.manifest.cells;
    rmSync(join(folder, 'cells', first!.id), { recursive: true });
    const page = await reportOf(folder);
    expect(await page.locator('figure').count()).toBeGreaterThan(5);
    expect(await page.locator('#answer').innerText()).toContain('no rival');
    expect(browser.complaints).toEqual([]);
  });

  it('have an error with a place, and no page, when a file is damaged', async () => {
    const folder = changed({});
    const path = join(folder, 'cells', made.manifest.cells[0]!.id, 'invocations.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\n0,/, '\nnull,').slice(0, -40));
    const { code, stderr } = await place.run('report', folder, '--out', `${folder}.html`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FBB_ERR_RESULTS_INVALID: .*invocations\.csv, line \d+/);
    expect(readdirSync(place.folder).filter((name) => name.startsWith(`set-${copies}.html`) || name.endsWith('.partial'))).toEqual([]);
  });

  it('compare with another set, and say that it must not be compared where it must not', async () => {
    const { code, stderr } = await place.run('report', made.folder, '--against', 'published/icdcs2023', '--out', join(place.folder, 'against.html'));
    expect(code).toBe(4);
    expect(stderr).toMatch(/^FBB_ERR_NOT_COMPARABLE/);
    const other = changed({ manifest: (text) => text.replace('"backend": "simulation"', '"backend": "docker"') });
    const forced = await place.run('report', made.folder, '--against', other, '--force', '--out', join(place.folder, 'forced.html'));
    expect(forced.code).toBe(0);
    expect(readFileSync(join(place.folder, 'forced.html'), 'utf8')).toMatch(/badge-serious">serious<\/span><span>must not be compared with [^<]* because of --force: backend: docker and simulation/);
    expect((await place.run('report', 'published/icdcs2023', '--against', 'published/icdcs2023', '--out', join(place.folder, 'against.html'))).code).toBe(0);
    const without = await browser.open(pathToFileURL(join(place.folder, 'against.html')).href);
    expect(await without.locator('section:has(#comparison) .warning').innerText()).toContain('nothing to draw');
    const same = await place.run('report', made.folder, '--against', made.folder, '--out', join(place.folder, 'against.html'));
    expect(same.code).toBe(0);
    const page = await browser.open(pathToFileURL(join(place.folder, 'against.html')).href);
    await page.waitForSelector('#figures-comparison .plot[data-drawn]');
    expect(await page.locator('#figures-comparison figure').count()).toBeGreaterThan(1);
    expect(browser.complaints).toEqual([]);
  });

  it('have one sentence, and leave nothing, where they cannot be written', async () => {
    const file = join(place.folder, 'a-file');
    writeFileSync(file, 'mine');
    mkdirSync(join(place.folder, 'a-folder'));
    const before = readdirSync(place.folder).sort();
    const attempts = [
      { args: ['--out', 'a-folder'], code: 2, says: /^FBB_ERR_USAGE: a-folder is a folder/ },
      { args: ['--out', 'a-folder', '--force'], code: 2, says: /^FBB_ERR_USAGE: a-folder is a folder/ },
      { args: ['--out', '/dev/null', '--force'], code: 2, says: /^FBB_ERR_USAGE: \/dev\/null is no ordinary file/ },
      { args: ['--format', 'markdown', '--out', 'a-folder', '--force'], code: 2, says: /^FBB_ERR_USAGE: a-folder is a folder/ },
      { args: ['--out', 'a-file/report.html'], code: 6, says: /^FBB_ERR_RESULTS_WRITE: a-file\/report\.html could not be written/ },
      { args: ['--format', 'svg', '--out', 'a-file'], code: 6, says: /^FBB_ERR_RESULTS_WRITE: a-file\/.* could not be written/ },
    ];
    for (const { args, code, says } of attempts) {
      const done = await place.run('report', made.folder, ...args);
      expect({ args, code: done.code }).toEqual({ args, code });
      expect(done.stderr).toMatch(says);
      expect(done.stderr).not.toMatch(/\n +at |--resume/);
    }
    expect(readdirSync(place.folder).sort()).toEqual(before);
  });

  it('do not overwrite tables of others in a folder of figures', async () => {
    const folder = join(place.folder, 'figures');
    mkdirSync(folder);
    writeFileSync(join(folder, 'one-icdcs-io-latency-cdf.csv'), 'mine');
    const { code, stderr } = await place.run('report', made.folder, '--format', 'svg', '--out', folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/latency-cdf\.csv is there already/);
    expect(readdirSync(folder)).toEqual(['one-icdcs-io-latency-cdf.csv']);
  });

  it('do not overwrite what is no report', async () => {
    const path = join(place.folder, 'thesis.html');
    writeFileSync(path, '<p>mine</p>');
    const { code, stderr } = await place.run('report', made.folder, '--out', path);
    expect({ code, kept: readFileSync(path, 'utf8') }).toEqual({ code: 2, kept: '<p>mine</p>' });
    expect(stderr).toMatch(/^FBB_ERR_USAGE: .*thesis\.html is there already/);
    expect((await place.run('report', made.folder, '--out', path, '--force')).code).toBe(0);
    expect((await place.run('report', made.folder, '--out', path)).code).toBe(0);
    expect(statSync(path).size).toBeGreaterThan(500_000);
  });
});
