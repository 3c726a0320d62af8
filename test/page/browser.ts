import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const program = process.env['FBB_CHROMIUM'] ?? 'chromium';

/** Why there is no browser to try pages in; undefined when there is one, or must be. */
export const noBrowser: string | undefined = process.env['FBB_REQUIRE_CHROMIUM'] === undefined && spawnSync(program, ['--version']).status !== 0 ? 'there is no chromium' : undefined;

function pathOf(name: string): string {
  return name.includes('/') ? name : spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
}

/** A browser of its own, with a folder of its own, that keeps what pages complain about. */
export class Browser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'test-fbb-browser-'));
  readonly #contexts: BrowserContext[] = [];
  /** Messages of the console, errors that nobody caught, and addresses that were asked for. */
  readonly complaints: string[] = [];
  readonly requests: string[] = [];

  async open(url: string, { width = 1_280, height = 900, scheme = 'light' }: OpenOptions = {}): Promise<Page> {
    const context = await chromium.launchPersistentContext(join(this.#folder, String(this.#contexts.length)), {
      executablePath: pathOf(program),
      headless: true,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      viewport: { width, height },
      colorScheme: scheme,
      acceptDownloads: true,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${String(error.stack)}`));
    page.on('dialog', (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => this.requests.push(request.url()));
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
