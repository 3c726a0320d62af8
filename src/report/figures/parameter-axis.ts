import type { Axis } from '../../charts/index.js';

const acronyms: Readonly<Record<string, string>> = { slo: 'SLO', cpu: 'CPU', ewma: 'EWMA' };

/** `dispatchIntervalMs` is the dispatch interval in ms. */
export function parameterAxis(parameter: string): Axis {
  const [, name = parameter, unit = ''] = /^(.+?)(Ms|Mb)?$/s.exec(parameter) ?? [];
  const words = name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`).split(' ');
  return { name: words.map((word) => acronyms[word] ?? word).join(' '), unit: unit === 'Mb' ? 'MB' : unit.toLowerCase(), scale: 'linear' };
}
