import { basename, dirname, relative, sep } from 'node:path';

/** What the artifact calls its strategies, in lower case, and the schedulers that they are here. */
const schedulers: ReadonlyMap<string, string> = new Map([
  ['basebatching', 'vanilla'],
  ['sfs', 'sfs'],
  ['kraken', 'kraken'],
  ['batching', 'batching-expanding'],
  // As later versions of the artifact write it.
  ['faasbatch', 'batching-expanding'],
]);
const strategyNames = 'BaseBatching, SFS, Kraken, Batching (or FaaSBatch)';

const contents = { latency_amplification: 'rows', utilization: 'host', num_containers: 'containerCount' } as const;
const fileName = /^(latency_amplification|utilization|num_containers)_([^_]+)(?:_(cpu|io))?(?:_(\d+(?:\.\d+)?))?\.csv$/i;
const likeArtifact = /^(?:latency_amplification|utilization|num_containers)_.*\.csv$/i;
/** A folder of the runs in which the number at the end of a name is the SLO of Kraken, not a dispatch interval. */
const sloFolder = /(?:^|[_-])slo(?:[_-]|$)/i;

const e2eIntervalMs = 200;

/** The cell that a file belongs to; without its repetition, which the folders tell together. */
export interface ArtifactCell {
  readonly experiment: 'e2e' | 'dispatch-interval' | 'slo-kraken';
  readonly workload: 'icdcs-cpu' | 'icdcs-io';
  readonly scheduler: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** A file of the artifact by its name. */
export interface ArtifactFile {
  readonly path: string;
  readonly content: (typeof contents)[keyof typeof contents];
  readonly cell: ArtifactCell;
  /** Files of one run have the same. */
  readonly run: string;
}

/** cpu or io: as the name says, or else the nearest folder of that name. */
function kindOf(named: string | undefined, folders: readonly string[]): string | undefined {
  return (named ?? folders.findLast((folder) => /^(?:cpu|io)$/i.test(folder)))?.toLowerCase();
}

/** Seconds to ms, without the noise of floating point. */
function toMs(seconds: string): number {
  return Math.round(Number(seconds) * 1e6) / 1e3;
}

function experimentOf(number: string | undefined, folders: readonly string[]): Pick<ArtifactCell, 'experiment' | 'parameters'> {
  if (number === undefined) return { experiment: 'e2e', parameters: { dispatchIntervalMs: e2eIntervalMs } };
  if (folders.some((folder) => sloFolder.test(folder))) return { experiment: 'slo-kraken', parameters: { sloQuantile: Number(number) } };
  return { experiment: 'dispatch-interval', parameters: { dispatchIntervalMs: toMs(number) } };
}

/**
 * What the absolute path of a file says: a file of the artifact, a text that says why it should be one and is not, or undefined for any
 * other file. `root`: the folder that was named; it and those below it may tell, not those that it happens to lie in.
 */
export function readArtifactName(path: string, root: string): ArtifactFile | string | undefined {
  const name = basename(path);
  if (!likeArtifact.test(name)) return undefined;
  const [, content = '', strategy = '', named, number] = fileName.exec(name) ?? [];
  if (content === '') return `${path}: the name is not <content>_<strategy>_<cpu|io>[_<seconds>].csv`;
  const scheduler = schedulers.get(strategy.toLowerCase());
  if (scheduler === undefined) return `${path}: there is no strategy '${strategy}'; there are ${strategyNames}`;
  const folder = dirname(path);
  const folders = relative(dirname(root), folder).split(sep);
  const kind = kindOf(named, folders);
  if (kind === undefined) return `${path}: neither the name nor a folder says whether it is of cpu or io`;
  const cell: ArtifactCell = { ...experimentOf(number, folders), workload: kind === 'cpu' ? 'icdcs-cpu' : 'icdcs-io', scheduler };
  return {
    path,
    content: contents[content.toLowerCase() as keyof typeof contents],
    cell,
    run: JSON.stringify([folder, strategy.toLowerCase(), kind, Number(number ?? Number.NaN)]),
  };
}

/** The order of schedulers in tables. */
export const artifactSchedulers: readonly string[] = [...new Set(schedulers.values())];
