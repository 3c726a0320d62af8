import { spawnSync } from 'node:child_process';
import { chromium, type Browser as Chromium, type Page } from 'playwright-core';

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

/** A browser of its own, with a new folder for its user, that keeps what pages complain about. */
export class Browser {
  #started: Promise<Chromium> | undefined;
  /** Messages of the console, errors that nobody caught, and dialogs. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];

  /** Opens a page that shares nothing with earlier ones. */
  async open(url: string, { width = 1_280, height = 900, scheme = 'light' }: OpenOptions = {}): Promise<Page> {
    this.#started ??= chromium.launch({
      executablePath: pathOf(program),
      headless: true,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    const context = await (await this.#started).newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true });
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
    await (await this.#started)?.close();
  }
}
