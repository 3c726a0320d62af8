import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe-core calls serious or critical in a page as it is now, a line each; `rules`: these alone. */
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // As an expression of the debugger: the page lets no other script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((only) => (globalThis as unknown as { axe: { run(options: axe.RunOptions): Promise<axe.AxeResults> } }).axe.run(only === undefined ? {} : { runOnly: only }), rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`));
}
