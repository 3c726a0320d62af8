import { existsSync } from 'node:fs';
import type { ResultSet } from '../../results/index.js';
import type { NamedRow, SectionOutline, SliceOutline } from './outline.js';
import { grouping } from './rounded.js';

/** In all timelines of a report, each of about 100 bytes with what belongs to it: more would make it slow to open. */
const mostInAll = 40_000;
/** In one timeline: more nobody looks at one by one; and fewer than this show too little. */
const mostInOne = 4_000;
const leastInOne = 1_000;

/** Which rows of a slice get a timeline, and what is said of those that do not for want of room. */
export interface PlannedTimelines {
  readonly rows: ReadonlySet<NamedRow>;
  readonly leftOut: readonly string[];
}

interface TimelinePlan {
  /** How many invocations a timeline may have. */
  readonly most: number;
  readonly slices: ReadonlyMap<SliceOutline, PlannedTimelines>;
}

/** How many invocations a timeline of a row could have; 0 where there can be none. */
function sizeOf({ runs }: NamedRow, results: ResultSet): number {
  const [first] = runs;
  // Imported rows do not tell when invocations arrived.
  if (first === undefined || first.backend === 'artifact' || !existsSync(results.cellFile(first.cell.id, 'invocations.csv'))) return 0;
  return first.invocations.arrived;
}

/** Shares the room for timelines out: to the slices that are shown at first, as evenly as may be, then to the others. */
export function planTimelines(sections: readonly SectionOutline[], results: ResultSet): TimelinePlan {
  const shown = sections.flatMap(({ slices, shownSlice }) => slices[shownSlice] ?? []);
  const others = sections.flatMap(({ slices }) => slices).filter((slice) => !shown.includes(slice));
  const possible = (slice: SliceOutline): NamedRow[] => slice.rows.filter((row) => sizeOf(row, results) > 0);
  const most = Math.min(mostInOne, Math.max(leastInOne, Math.floor(mostInAll / shown.flatMap(possible).length)));
  let left = mostInAll;
  const planned = (slice: SliceOutline): PlannedTimelines => {
    const rows = new Set<NamedRow>();
    for (const row of possible(slice)) {
      const size = Math.min(most, sizeOf(row, results));
      if (size > left) continue;
      left -= size;
      rows.add(row);
    }
    const without = possible(slice).filter((row) => !rows.has(row)).map(({ label }) => label);
    return { rows, leftOut: without.length === 0 ? [] : [`no timeline of ${without.join(', ')}: a report has at most ${grouping(mostInAll)} invocations in timelines`] };
  };
  return { most, slices: new Map([...shown, ...others].map((slice) => [slice, planned(slice)])) };
}
