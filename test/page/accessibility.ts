import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe-core calls serious or critical in a page as it is now, a line each; `without`: not in there. */
export async function seriousFaults(page: Page, without: readonly string[] = []): Promise<string[]> {
  // As an expression of the debugger: the page lets no other script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((exclude) => (globalThis as unknown as { axe: { run(context: { exclude: string[] }): Promise<axe.AxeResults> } }).axe.run({ exclude }), [...without]);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`));
}
