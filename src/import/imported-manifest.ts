import { schemaVersion, type CellKey, type Manifest } from '../results/index.js';
import { artifactSchedulers } from './artifact-names.js';
import { mostLostShare, sharesClients } from './imported-summary.js';
import { describeArtifactScheduler, testbed, workloadHashOf } from './paper.js';

/** What an imported set says of itself besides its cells. */
interface ImportedSet extends Pick<Manifest, 'id' | 'createdAt' | 'command'> {
  readonly tool: Omit<Manifest['tool'], 'name'>;
  readonly imported: NonNullable<Manifest['imported']>;
  /** Stands for the files that were read. */
  readonly hash: string;
  /** Whether there is a row for each invocation. */
  readonly rows: boolean;
}

type ManifestCell = Manifest['cells'][number];
/** What a manifest says of a cell; `expected` invocations were sent. */
interface ImportedCell extends Pick<ManifestCell, 'status'> {
  readonly cell: CellKey;
  readonly expected: number;
}

function describeCell({ cell, status, expected }: ImportedCell, position: number): ManifestCell {
  return { ...cell, status, workloadHash: workloadHashOf(cell.workload, expected), multiplexing: sharesClients(cell), position };
}

/** The manifest of results of the artifact; what it does not tell of its runs is null. */
export function importedManifest(set: ImportedSet, cells: readonly ImportedCell[]): Manifest {
  const { id, createdAt, command, imported, tool, hash, rows } = set;
  const used = new Set(cells.map(({ cell }) => cell.scheduler));
  return {
    schema: schemaVersion,
    id,
    createdAt,
    status: 'complete',
    tool: { name: 'artifact import', ...tool },
    command,
    suite: { name: 'icdcs2023-artifact', hash, source: imported.from },
    backend: 'artifact',
    fib30Ms: null,
    settings: {
      keepAliveMs: null, launchLimit: null, containerMemoryMb: null, containerCores: null, baseImage: null, images: {}, maxContainers: null, maxAttempts: null, maxLagMs: null,
      maxFailedShare: mostLostShare, warmupInvocations: 0, storage: [], rows,
    },
    host: { ...testbed },
    workloads: Object.fromEntries(
      cells.map(({ cell: { workload }, expected }) => [workload, { hash: workloadHashOf(workload, expected), functionKind: workload === 'icdcs-io' ? 'io' : 'cpu', invocations: expected }]),
    ),
    schedulers: artifactSchedulers.filter((name) => used.has(name)).map(describeArtifactScheduler),
    selection: { experiments: null, workloads: null, schedulers: null, repeat: Math.max(1, ...cells.map(({ cell }) => cell.repetition)), limit: null, load: null, seed: null, reseed: false, set: null, cache: null, plugins: null },
    base: 'vanilla',
    published: null,
    imported,
    cells: cells.map(describeCell),
  };
}
