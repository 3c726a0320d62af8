import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, findControllerFile } from '../../core/index.js';
import type { RealTimeBudget } from '../launched/index.js';

const budgetFile = 'cpu.rt_runtime_us';
/** Other groups beside the containers may have some of what there is. */
const sharesToTry = [1, 0.75, 0.5, 0.25];

function budgetPath(pid: number): string | undefined {
  return findControllerFile(pid, 'cpu', budgetFile);
}

function readUs(path: string): number {
  return Number(readFileSync(path, 'latin1'));
}

/** Budget files of the groups above a container's, from the outermost below the root. */
function pathsAbove(path: string): string[] {
  const above: string[] = [];
  for (let folder = dirname(dirname(path)); ; folder = dirname(folder)) {
    const file = join(folder, budgetFile);
    try {
      readUs(join(dirname(folder), budgetFile));
    } catch {
      // `folder` is the root of the hierarchy: its budget is the machine's.
      return above;
    }
    above.unshift(file);
  }
}

/**
 * Lets containers be of the real-time class where control groups of version 1 budget for it: a group without a budget of its own may have
 * no process of that class. The groups above the containers get theirs here, for the time of a run; a container gets its own together
 * with the class, an equal share for as many as there are cores.
 */
export class RealTimeGroups {
  readonly #raised: { readonly path: string; readonly beforeUs: number }[] = [];
  #containerUs = 0;

  /** `pid`: of a process in a container. Throws when the kernel refuses. */
  prepare(pid: number, cores: number): void {
    const path = budgetPath(pid);
    if (path === undefined) return;
    const above = pathsAbove(path);
    const outermost = above[0];
    if (outermost === undefined) throw new Error(`the control group of containers is not below another one (${path})`);
    const allUs = readUs(join(dirname(dirname(outermost)), budgetFile));
    for (const file of above) this.#raise(file, allUs);
    this.#containerUs = Math.floor(Math.min(...above.map(readUs)) / cores);
    if (this.#containerUs <= 0) throw new Error(`no real-time budget is left for containers (${outermost})`);
  }

  /** What a container needs beside the class. */
  budgetOf(pid: number): RealTimeBudget | undefined {
    const path = budgetPath(pid);
    return path === undefined ? undefined : { path, us: this.#containerUs };
  }

  /** Gives back what was taken; refused while containers of somebody else hold some of it. */
  restore(): void {
    for (const { path, beforeUs } of this.#raised.reverse()) {
      try {
        writeFileSync(path, String(beforeUs));
      } catch {
        // It stays as it is; a budget that nobody uses changes nothing.
      }
    }
    this.#raised.length = 0;
  }

  #raise(path: string, allUs: number): void {
    const beforeUs = readUs(path);
    for (const share of sharesToTry) {
      const us = Math.floor(share * allUs);
      if (us <= beforeUs) return;
      try {
        writeFileSync(path, String(us));
        this.#raised.push({ path, beforeUs });
        return;
      } catch (thrown) {
        if (share === sharesToTry.at(-1)) throw new Error(`a real-time budget for ${path} is refused: ${describeError(thrown)}`, { cause: thrown });
      }
    }
  }
}

function chrt(...settings: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('chrt', settings, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`chrt is refused for a container: ${stderr.trim().split('\n')[0] ?? error.message}`));
    });
  });
}

/** Moves the process of a container into the real-time class and back. Throws when that is refused. */
export async function tryRealTime(groups: RealTimeGroups, pid: number, cores: number): Promise<void> {
  groups.prepare(pid, cores);
  const budget = groups.budgetOf(pid);
  if (budget !== undefined) writeFileSync(budget.path, String(budget.us));
  await chrt('--all-tasks', '--fifo', '--pid', '1', String(pid));
  await chrt('--all-tasks', '--other', '--pid', '0', String(pid));
  if (budget !== undefined) writeFileSync(budget.path, '0');
}
