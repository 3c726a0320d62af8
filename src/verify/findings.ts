import { describeError, FbbError } from '../core/index.js';

/** Something that is wrong in a result set, and where. */
export interface Finding {
  /** Below the folder of the result set. */
  readonly file: string;
  /** `line 5`, or the place in a JSON file; null where the file as a whole is meant. */
  readonly place: string | null;
  readonly what: string;
}

/** Lines of one kind that are shown of a file: a wrong column would name a million. */
const shownOfAKind = 3;

/** What was found in one file. */
export class FileFindings {
  readonly path: string;
  readonly #file: string;
  readonly #problems: Finding[];
  readonly #linesByKind = new Map<string, number>();

  /** `path`: as it is opened; `file`: as it is shown. */
  constructor(path: string, file: string, problems: Finding[]) {
    this.path = path;
    this.#file = file;
    this.#problems = problems;
  }

  add(place: string | null, what: string): void {
    this.#problems.push({ file: this.#file, place, what });
  }

  /** `kind`: what is wrong with this line, as it is said of all lines of the kind; `what`: of this one. */
  addLine(line: number, kind: string, what = kind): void {
    const known = this.#linesByKind.get(kind) ?? 0;
    this.#linesByKind.set(kind, known + 1);
    if (known < shownOfAKind) this.add(`line ${line}`, what);
  }

  /** What made reading the file end. */
  addThrown(thrown: unknown): void {
    const { path } = this;
    const message = describeError(thrown).replace(/\.$/, '');
    if (!(thrown instanceof FbbError) || !message.startsWith(path)) {
      this.add(null, `cannot be read: ${message}`);
      return;
    }
    const [, line, what] = /^, (line \d+): (.*)$/s.exec(message.slice(path.length)) ?? [];
    this.add(line ?? null, what ?? message.slice(path.length).trim());
  }

  /** Says how many lines of each kind were left out. */
  close(): void {
    for (const [kind, lines] of this.#linesByKind) if (lines > shownOfAKind) this.add(null, `${lines - shownOfAKind} more lines: ${kind}`);
    this.#linesByKind.clear();
  }
}
