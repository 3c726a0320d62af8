import type { Row } from './align.js';
import { BlockTable, type RowsOfRun } from './block-table.js';

type RowSide = Row['first'];

/** Two runs of the same work are cut at the same times, unless one of them does not say when its invocations arrived. */
function sameCuts(one: Float64Array, other: Float64Array): boolean {
  return one.every((ms, index) => Object.is(ms, other[index]));
}

/** The blocks of what is compared, each read once however often it stands beside another, and forgotten after the last time. */
export class BlockTables {
  readonly #uses = new Map<RowSide, number>();
  readonly #tables = new Map<RowSide, BlockTable>();

  /** `rows`: all that will be compared. */
  constructor(rows: readonly Row[]) {
    for (const side of rows.flatMap(({ first, second }) => [first, second])) this.#uses.set(side, (this.#uses.get(side) ?? 0) + 1);
  }

  /** `cuts`: of the table it is compared with. Throws FBB_ERR_RESULTS_INVALID when the rows of the runs cannot be read. */
  of(side: RowSide, runs: readonly RowsOfRun[], cuts?: Float64Array): BlockTable {
    const known = this.#tables.get(side);
    if (known !== undefined && (cuts === undefined || sameCuts(cuts, known.cuts))) return known;
    const table = new BlockTable(runs, cuts === undefined ? {} : { cuts });
    this.#tables.set(side, table);
    return table;
  }

  /** After a row has been compared. */
  release({ first, second }: Row): void {
    for (const side of [first, second]) {
      const left = (this.#uses.get(side) ?? 0) - 1;
      this.#uses.set(side, left);
      if (left <= 0) this.#tables.delete(side);
    }
  }
}
