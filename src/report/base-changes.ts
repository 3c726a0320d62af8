import { alignSideWithin, compareAligned, metrics, type Side } from '../diff/index.js';
import { comparisonFigures } from './comparison-figures.js';
import type { Section } from './report-model.js';
import { groupOf } from './repetitions.js';
import { harmless } from './terminal-text.js';

const shownMetrics = metrics.filter(({ name }) => name === 'mean' || name === 'p98');

/**
 * Puts first into each section that has no sweep how much each scheduler changes against the base of the set, with intervals; a sweep
 * shows its curves instead.
 */
export function withBaseChanges(sections: readonly Section[], side: Side): Section[] {
  const { base, cells } = side.manifest;
  if (!cells.some(({ scheduler }) => scheduler === base)) return [...sections];
  const unswept = new Set(sections.filter(({ slices }) => slices.length === 1).map(({ title }) => title));
  const aligned = alignSideWithin(side, base);
  const diff = compareAligned({ ...aligned, rows: aligned.rows.filter((row) => unswept.has(groupOf(row))) }, { metricsOf: () => shownMetrics });
  return sections.map((section) => {
    const rows = diff.comparisons.filter(({ row }) => groupOf(row) === section.title);
    const place = `${section.title} · `;
    const leftOut = diff.leftOut.map(harmless).filter((line) => line.startsWith(place)).map((line) => line.slice(place.length));
    const figures = comparisonFigures({ ...diff, comparisons: rows }, shownMetrics, { title: ` against ${base}`, withPlace: false }).map((figure) => ({ ...figure, caveats: [...leftOut, ...figure.caveats] }));
    return { ...section, slices: section.slices.map((slice) => ({ ...slice, figures: [...figures, ...slice.figures] })) };
  });
}
