import { FbbError } from '../core/index.js';

const mostListed = 20;
/** A file with more wrong lines than this is wrong as a whole; the rest of it is not read. */
const mostPerFile = 20;

/** What is wrong with the files of an import, gathered so that the user sees all of it at once. */
export class ImportProblems {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
  }

  get any(): boolean {
    return this.#lines.length > 0;
  }

  /** Runs a scan of a file; what it throws because of the file becomes a problem. The function it is given does the same for one record. */
  scanning(scan: (ofRecord: (read: () => void) => void) => void): void {
    let inFile = 0;
    try {
      scan((read) => {
        try {
          read();
        } catch (thrown) {
          this.#addThrown(thrown);
          inFile += 1;
          if (inFile >= mostPerFile) throw new FbbError('FBB_ERR_RESULTS_INVALID', 'that file has more lines like these; the rest of it was not read');
        }
      });
    } catch (thrown) {
      this.#addThrown(thrown);
    }
  }

  /** Throws FBB_ERR_IMPORT_INVALID with every problem, a line each, when there are any. */
  throwIfAny(folder: string): void {
    const count = this.#lines.length;
    if (count === 0) return;
    const listed = this.#lines.slice(0, mostListed).map((line) => `\n  ${line}`);
    const leftOut = count > mostListed ? `\n  and ${count - mostListed} more` : '';
    throw new FbbError('FBB_ERR_IMPORT_INVALID', `${folder} cannot be imported, and nothing was stored:${listed.join('')}${leftOut}`);
  }

  #addThrown(thrown: unknown): void {
    if (!(thrown instanceof FbbError) || thrown.code !== 'FBB_ERR_RESULTS_INVALID') throw thrown;
    this.add(thrown.message);
  }
}
