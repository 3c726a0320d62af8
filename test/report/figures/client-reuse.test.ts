import { describe, expect, it } from 'vitest';
import { cellOf, chart, figure, figuresOf } from './reported.js';

const asked = { hits: 30, misses: 10, idealHits: 36, idealRequests: 40 };

describe('the figure of reused clients', () => {
  it('has the share of requests that found a client, beside what optimal replacement would reach', () => {
    const figures = figuresOf([{ summary: cellOf('batching', { resources: asked }) }, { summary: cellOf('batching-expanding', { resources: { hits: 10, misses: 10 } }) }]);
    expect(chart(figures, 'client-reuse', 'bars').series).toEqual([
      { label: 'found one', role: 'own', values: [0.75, 0.5] },
      { label: 'optimal replacement', role: 'reference', values: [0.9, null] },
    ]);
    expect(figure(figures, 'client-reuse').how).toMatch(/optimal replacement/);
  });

  it('takes the requests of all repetitions together', () => {
    const repetitions = [asked, { hits: 0, misses: 120 }].map((resources, index) => ({ summary: cellOf('batching', { resources, cell: { repetition: index + 1 } }) }));
    expect(chart(figuresOf(repetitions), 'client-reuse', 'bars').series[0]!.values).toEqual([30 / 160]);
  });

  it('is not there where nobody asked for a client', () => {
    expect(figuresOf([{ summary: cellOf('batching') }]).map(({ id }) => id)).not.toContain('client-reuse');
  });
});
