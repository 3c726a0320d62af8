import type { PriceModel } from '../../charts/index.js';
import { choice, element } from '../elements.js';

interface NumberField {
  readonly element: HTMLLabelElement;
  /** Shows another value; one that says the same is left as it was typed. */
  show(value: number): void;
}

function numberField(label: string, value: number, onChange: (value: number) => void): NumberField {
  const input = element('input', { type: 'number', min: '0', step: 'any', value: String(value) });
  const isPrice = (given: number): boolean => Number.isFinite(given) && given >= 0;
  input.addEventListener('input', () => {
    const given = input.valueAsNumber;
    input.setAttribute('aria-invalid', String(!isPrice(given)));
    if (isPrice(given)) onChange(given);
  });
  const show = (shown: number): void => {
    if (input.valueAsNumber === shown) return;
    input.value = String(shown);
    input.setAttribute('aria-invalid', 'false');
  };
  return { element: element('label', {}, `${label} `, input), show };
}

const bases = ['measured', 'provisioned'] as const;

/** What the reader pays; the charts and forms of all sections follow. */
export class PriceForm {
  readonly element: HTMLElement;
  readonly #perGbSecond: NumberField;
  readonly #perMillionInvocations: NumberField;
  readonly #memory: HTMLLabelElement;

  /** `onChange` is told what has changed. */
  constructor({ perGbSecond, perMillionInvocations, memory }: PriceModel, onChange: (changed: Partial<PriceModel>) => void) {
    this.#perGbSecond = numberField('$ a GB·s', perGbSecond, (value) => onChange({ perGbSecond: value }));
    this.#perMillionInvocations = numberField('$ a million invocations', perMillionInvocations, (value) => onChange({ perMillionInvocations: value }));
    this.#memory = choice('for memory that was', ['measured in containers', 'provisioned (the limit of a container)'], bases.indexOf(memory), (index) => onChange({ memory: bases[index] ?? 'measured' }));
    this.element = element('div', { class: 'prices', role: 'group', 'aria-label': 'Prices' }, this.#perGbSecond.element, this.#perMillionInvocations.element, this.#memory);
  }

  show({ perGbSecond, perMillionInvocations, memory }: PriceModel): void {
    this.#perGbSecond.show(perGbSecond);
    this.#perMillionInvocations.show(perMillionInvocations);
    const select = this.#memory.querySelector('select');
    if (select !== null) select.selectedIndex = bases.indexOf(memory);
  }
}
