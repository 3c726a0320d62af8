import type { Figure, Of } from '../charts/index.js';

/** One sentence of the first screen: who won on a metric, by how much, and how sure that is. Values and changes are texts, as they are shown. */
export interface Answer {
  /** `mean latency`, `p98 latency`, `containers`, `memory`, `CPU time`. */
  readonly metric: string;
  /** Of the rows that can be compared, the one with the least; undefined where there is none. */
  readonly winner: (Of & { readonly value: string }) | undefined;
  /** Those of which no difference from the winner is shown, the winner left out: they may be as good. */
  readonly tied: readonly Of[];
  /** The winner against the base of the set; undefined where the base is the winner, or was not run. `interval`: 95 %. */
  readonly againstBase: { readonly base: string; readonly change: string; readonly interval: string; readonly verdict: Sureness } | undefined;
  /** The next best that is not tied with it; undefined where there is none. */
  readonly next: (Of & { readonly value: string; readonly change: string; readonly verdict: Sureness }) | undefined;
  /** How sure the winner is: `shown` when the difference from every other one is shown. */
  readonly sure: Sureness;
  /** Why it is not sure, a phrase; empty when it is. */
  readonly why: string;
}

/** `single`: there was nothing to win against. */
export type Sureness = 'shown' | 'notShown' | 'tooFew' | 'single';

export interface AnswerGroup {
  /** `e2e · icdcs-cpu`, with the value of a sweep where there is one. */
  readonly title: string;
  readonly answers: readonly Answer[];
}

/** What a reader must know before trusting the numbers. `serious`: a number may be wrong or mean something else; `note`: what is good to know. */
export interface Caveat {
  readonly severity: 'serious' | 'note';
  readonly text: string;
}

export interface Headline {
  readonly groups: readonly AnswerGroup[];
  /** Serious ones first. */
  readonly caveats: readonly Caveat[];
}

/** Figures of one workload of one experiment at one value of what is swept. */
export interface Slice {
  /** `dispatchIntervalMs = 200`; empty where nothing is swept. */
  readonly label: string;
  readonly figures: readonly Figure[];
  /** One a cell that has rows, of the same slice. */
  readonly timelines: readonly Figure[];
}

/** What is compared with each other: an experiment and a workload. */
export interface Section {
  /** Usable as an anchor: `e2e-icdcs-cpu`. */
  readonly id: string;
  readonly title: string;
  /** Over all values of what is swept; empty where nothing is. */
  readonly figures: readonly Figure[];
  /** At least one where a cell has finished. */
  readonly slices: readonly Slice[];
  /** Which slice is shown at first. */
  readonly shownSlice: number;
}


/** What the script of a report's page is given. */
export interface ReportData {
  /** Begins the names of downloads. */
  readonly fileStem: string;
  /** All of them, by which colours are given. */
  readonly schedulers: readonly string[];
  readonly sections: readonly Section[];
  /** Against another result set; empty without one. */
  readonly comparison: readonly Figure[];
}
