import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeError } from '../core/index.js';
import type { CellKey } from '../results/index.js';
import { artifactSchedulers, readArtifactName, type ArtifactCell, type ArtifactFile } from './artifact-names.js';
import type { ImportProblems } from './import-problems.js';

/** The files of one run of the artifact, and the cell it becomes. */
export interface ArtifactRun {
  readonly cell: CellKey;
  /** The file with a row an invocation. */
  readonly rows: string;
  /** The file with the load of the host over time. */
  readonly host: string | undefined;
  readonly containerCount: string | undefined;
}

interface FoundRuns {
  readonly runs: readonly ArtifactRun[];
  /** Files about runs of which there are no rows. */
  readonly leftOut: readonly string[];
}

/** Whether it is a file or a link to one. */
function leadsToFile(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Paths of all files below a folder, sorted; hidden folders and links to folders are passed by. */
function* walk(folder: string, problems: ImportProblems): Generator<string> {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    problems.add(`${folder} cannot be read: ${describeError(thrown)}`);
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* walk(path, problems);
    else if (leadsToFile(entry, path)) yield path;
  }
}

function inOrder(a: ArtifactCell, b: ArtifactCell): number {
  const experiments = ['e2e', 'dispatch-interval', 'slo-kraken'];
  const parameter = ({ parameters }: ArtifactCell): number => Object.values(parameters)[0] ?? 0;
  return (
    experiments.indexOf(a.experiment) - experiments.indexOf(b.experiment) ||
    (a.workload < b.workload ? -1 : a.workload > b.workload ? 1 : 0) ||
    artifactSchedulers.indexOf(a.scheduler) - artifactSchedulers.indexOf(b.scheduler) ||
    parameter(a) - parameter(b)
  );
}

/** The key of a cell, with an id like that of a cell of the suite. */
export function artifactCellKey(cell: ArtifactCell, repetition: number): CellKey {
  const { experiment, workload, scheduler, parameters } = cell;
  const options = experiment === 'e2e' ? '' : Object.entries(parameters).map(([name, value]) => `.${name}-${value}`).join('');
  return { id: `${experiment}.${workload}.${scheduler}${options}.r${repetition}`, experiment, workload, scheduler, parameters: { ...parameters }, repetition };
}

/** Finds the runs below a folder, in the order of tables; the same cell in several folders is repeated, in the order of their paths. */
export function findArtifactRuns(folder: string, problems: ImportProblems): FoundRuns {
  const files: ArtifactFile[] = [];
  const root = resolve(folder);
  for (const path of walk(root, problems)) {
    const file = readArtifactName(path, root);
    if (typeof file === 'string') problems.add(file);
    else if (file !== undefined) files.push(file);
  }
  const found = files.filter(({ content }) => content === 'rows').sort((a, b) => inOrder(a.cell, b.cell));
  if (found.length === 0 && !problems.any) problems.add('there is no file latency_amplification_<strategy>_<cpu|io>[_<seconds>].csv in it');
  const beside = (run: string, content: ArtifactFile['content']): string | undefined => files.find((file) => file.run === run && file.content === content)?.path;
  const repetitions = new Map<string, number>();
  const runs = found.map(({ path, cell, run }) => {
    const same = JSON.stringify(cell);
    const repetition = (repetitions.get(same) ?? 0) + 1;
    repetitions.set(same, repetition);
    return { cell: artifactCellKey(cell, repetition), rows: path, host: beside(run, 'host'), containerCount: beside(run, 'containerCount') };
  });
  const withRows = new Set(found.map(({ run }) => run));
  return { runs, leftOut: files.filter(({ run }) => !withRows.has(run)).map(({ path }) => path) };
}
