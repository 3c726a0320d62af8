import type { PriceModel } from '../../charts/index.js';
import { choice, element } from '../elements.js';

function numberField(label: string, value: number, onChange: (value: number) => void): HTMLLabelElement {
  const input = element('input', { type: 'number', min: '0', step: 'any', value: String(value) });
  input.addEventListener('input', () => {
    const given = input.valueAsNumber;
    const isPrice = Number.isFinite(given) && given >= 0;
    input.setAttribute('aria-invalid', String(!isPrice));
    if (isPrice) onChange(given);
  });
  return element('label', {}, `${label} `, input);
}

const bases = ['measured', 'provisioned'] as const;

/** What the reader pays; the charts of all sections follow. */
export function priceForm(initial: PriceModel, onChange: (prices: PriceModel) => void): HTMLElement {
  let prices = initial;
  const set = (changed: Partial<PriceModel>): void => {
    prices = { ...prices, ...changed };
    onChange(prices);
  };
  return element(
    'div',
    { class: 'prices', role: 'group', 'aria-label': 'Prices' },
    numberField('$ a GB·s', prices.perGbSecond, (perGbSecond) => set({ perGbSecond })),
    numberField('$ a million invocations', prices.perMillionInvocations, (perMillionInvocations) => set({ perMillionInvocations })),
    choice('for memory that was', ['measured in containers', 'provisioned (the limit of a container)'], bases.indexOf(prices.memory), (index) => set({ memory: bases[index] ?? 'measured' })),
  );
}
