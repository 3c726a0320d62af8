import type { LiveCell, LiveCurrent, LiveEvents, LivePoint, LiveProgress, LiveRun, LiveRunEnd } from '../../live/index.js';

/** What is kept of a log. */
const mostLines = 500;

type EventName = keyof LiveEvents;

/** What the page knows of the run: a snapshot, and what came after it. */
export class LiveRunState {
  run: LiveRun | undefined;
  cells: readonly LiveCell[] = [];
  currentId: string | undefined;
  progress: LiveProgress | undefined;
  points: LivePoint[] = [];
  log: string[] = [];
  /** Since the last snapshot, with those in it: the log has the last of them. */
  toldLines = 0;
  ended: LiveRunEnd | undefined;

  readonly #on: { readonly [Name in EventName]: (data: LiveEvents[Name]) => void } = {
    snapshot: ({ run, cells, current, log, ended }) => {
      this.run = run;
      this.cells = cells;
      this.#setCurrent(current);
      this.log = [...log];
      this.toldLines = log.length;
      this.ended = ended;
    },
    'cell-started': ({ cellId }) => {
      this.#setCurrent({ cellId, points: [] });
      this.#setStatus(cellId, 'running');
    },
    progress: (progress) => {
      if (progress.cellId !== this.currentId) return;
      this.progress = progress;
      this.points[progress.index] = progress.point;
    },
    series: ({ cellId, points }) => {
      if (cellId === this.currentId) this.points = [...points];
    },
    'cell-ended': (cell) => this.#replace(cell),
    'cell-failed': (cell) => this.#replace(cell),
    log: ({ line }) => {
      this.log.push(line);
      this.toldLines += 1;
      if (this.log.length > mostLines) this.log.shift();
    },
    'run-ended': (end) => {
      this.ended = end;
      if (end.cut !== undefined) this.#replace(end.cut);
    },
  };

  /** Takes an event in. */
  apply<Name extends EventName>(name: Name, data: LiveEvents[Name]): void {
    this.#on[name](data);
  }

  get names(): readonly EventName[] {
    return Object.keys(this.#on) as EventName[];
  }

  get current(): LiveCell | undefined {
    return this.cells.find(({ id }) => id === this.currentId);
  }

  get endedCells(): number {
    return this.cells.filter(({ status }) => status !== 'pending' && status !== 'running').length;
  }

  #setCurrent(current: LiveCurrent | undefined): void {
    this.currentId = current?.cellId;
    this.progress = current?.progress;
    this.points = [...(current?.points ?? [])];
  }

  #setStatus(id: string, status: LiveCell['status']): void {
    this.cells = this.cells.map((cell) => (cell.id === id ? { ...cell, status } : cell));
  }

  #replace(changed: LiveCell): void {
    this.cells = this.cells.map((cell) => (cell.id === changed.id ? changed : cell));
  }
}
