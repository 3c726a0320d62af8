import type { Figure } from '../charts/index.js';
import type { CellSummary, Manifest, ResultSet } from '../results/index.js';
import { Clairvoyant, type Reference } from './clairvoyant.js';
import { arrivals } from './figures/arrivals.js';
import { bound } from './figures/bound.js';
import { clientReuse } from './figures/client-reuse.js';
import { containerFigures } from './figures/containers.js';
import { cost } from './figures/cost.js';
import type { FigureRow, FigureSource } from './figures/figure-rows.js';
import { latencyDistributions } from './figures/latency-distribution.js';
import { latencyParts } from './figures/latency-parts.js';
import { outlinesOf, type NamedRow, type SectionOutline, type SliceOutline } from './figures/outline.js';
import { published } from './figures/published.js';
import { readRow, type RowData } from './figures/row-data.js';
import { sensitivity } from './figures/sensitivity.js';
import { planTimelines, type PlannedTimelines } from './figures/timeline-plan.js';
import { usageOverTime } from './figures/usage-over-time.js';
import type { Section, Slice } from './report-model.js';
import { groupOf } from './repetitions.js';

/** In the order in which they are shown. */
const builders: readonly ((source: FigureSource) => Figure[])[] = [latencyDistributions, latencyParts, containerFigures, usageOverTime, arrivals, cost, clientReuse, bound, published];

type Data = ReadonlyMap<NamedRow['average'], RowData>;

const timelineHow =
  'Each lane is a container, from its launch until it was retired; invocations that ran in it at the same time lie in slots, and who waits in a slot lies behind what runs in it. Times are in ms from the start of the cell, of its first repetition that counts.';

function timelinesOf(rows: readonly FigureRow[], { rows: planned, leftOut }: PlannedTimelines, slice: SliceOutline): Figure[] {
  const figures = rows.flatMap(({ label, data }, index): Figure[] => {
    const wanted = planned.has(slice.rows[index] as NamedRow);
    return wanted && data.timeline !== undefined ? [{ id: `timeline-${index + 1}`, title: label, how: timelineHow, caveats: data.timeline.caveats, chart: data.timeline.chart }] : [];
  });
  return withCaveats(figures, leftOut);
}

/** Adds caveats to the first figure, where there is one. */
function withCaveats(figures: readonly Figure[], caveats: readonly string[]): Figure[] {
  return figures.map((figure, index) => (index === 0 && caveats.length > 0 ? { ...figure, caveats: [...figure.caveats, ...caveats] } : figure));
}

function sliceOf(slice: SliceOutline, data: Data, { manifest, reference, planned }: { readonly manifest: Manifest; readonly reference: Reference | undefined; readonly planned: PlannedTimelines }): Slice {
  const rows = slice.rows.map(({ average, label, twin }): FigureRow => ({ label, scheduler: average.scheduler, ...(twin === undefined ? {} : { twin }), average, data: data.get(average) as RowData }));
  const figures = builders.flatMap((build) => build({ manifest, rows, caveats: slice.caveats, reference }));
  const timelines = timelinesOf(rows, planned, slice);
  return { label: slice.label, figures: timelines.length > 0 ? figures : withCaveats(figures, planned.leftOut), timelines };
}

function sectionOf(outline: SectionOutline, results: ResultSet, { summaries, plan }: { readonly summaries: readonly CellSummary[]; readonly plan: ReturnType<typeof planTimelines> }): Section {
  const { id, title, slices, shownSlice } = outline;
  const { manifest } = results;
  const clairvoyant = new Clairvoyant(results, summaries.filter(({ cell, valid }) => valid && groupOf(cell) === title));
  const plannedOf = (slice: SliceOutline): PlannedTimelines => plan.slices.get(slice) as PlannedTimelines;
  const withTimeline = new Set(slices.flatMap((slice) => [...plannedOf(slice).rows].map(({ average }) => average)));
  const data = new Map(outline.rows.map(({ average, runs }) => [average, readRow(results, runs, { mostInTimeline: withTimeline.has(average) ? plan.most : undefined, clairvoyant })]));
  const reference = clairvoyant.reference();
  return { id, title, figures: sensitivity(outline, manifest), slices: slices.map((slice) => sliceOf(slice, data, { manifest, reference, planned: plannedOf(slice) })), shownSlice };
}

/**
 * The figures of a result set, a section an experiment and workload, in the order of the tables. Reads the files of each finished cell
 * once, one cell after the other. Throws FBB_ERR_RESULTS_INVALID when one is damaged; figures of files that are not there are left out.
 */
export function sectionsOf(results: ResultSet): Section[] {
  const summaries = results.readSummaries();
  const outlines = outlinesOf(summaries, results.manifest);
  const plan = planTimelines(outlines, results);
  return outlines.map((outline) => sectionOf(outline, results, { summaries, plan }));
}
