import { CgroupReader, type CgroupFiles, type MemoryParts } from '../core/cgroup.js';
import type { ContainerSample } from '../core/measures.js';

interface Watched {
  readonly containerId: number;
  readonly reader: CgroupReader;
  /** Undefined until it was read. */
  chargedMb: number | undefined;
  chargedReadMs: number;
  cpuMs: number;
  cpuPercent: number;
  cpuReadMs: number;
  /** What memory.stat said last, when, and what was charged then. */
  parts: MemoryParts | undefined;
  partsReadMs: number;
  chargedThenMb: number;
}

/** So long a wait for a reading of memory.stat weighs as much as a change of what is charged by 1 MB. */
const msPerMb = 1_000;

/** Containers that are control groups. */
export class SampledCgroups {
  readonly #watched = new Map<number, Watched>();
  readonly #statReadsPerRound: number;

  constructor(statReadsPerRound: number) {
    this.#statReadsPerRound = statReadsPerRound;
  }

  watch(containerId: number, files: CgroupFiles, atMs: number): void {
    this.unwatch(containerId);
    const reader = new CgroupReader(files);
    this.#watched.set(containerId, {
      containerId,
      reader,
      chargedMb: undefined,
      chargedReadMs: Number.NEGATIVE_INFINITY,
      cpuMs: reader.cpuMs() ?? 0,
      cpuPercent: 0,
      cpuReadMs: atMs,
      parts: undefined,
      partsReadMs: Number.NEGATIVE_INFINITY,
      chargedThenMb: 0,
    });
  }

  unwatch(containerId: number): void {
    this.#watched.get(containerId)?.reader.close();
    this.#watched.delete(containerId);
  }

  read(atMs: number): ContainerSample[] {
    const present = [...this.#watched.values()].filter((watched) => readCounters(watched, atMs));
    for (const watched of this.#mostUrgent(present, atMs)) readParts(watched, atMs);
    return present.map(({ containerId, cpuPercent, cpuMs, parts, chargedMb }) => ({
      containerId,
      cpuPercent,
      cpuMs,
      rssMb: parts?.anonymousMb,
      memoryMb: parts === undefined || chargedMb === undefined ? undefined : Math.max(0, chargedMb - parts.inactiveFileMb),
    }));
  }

  /** Whose memory.stat is to be read: never read, changed since, longest unread. A container that starts fills the page cache first. */
  #mostUrgent(present: readonly Watched[], atMs: number): Watched[] {
    if (present.length <= this.#statReadsPerRound) return [...present];
    const urgency = ({ partsReadMs, chargedMb = 0, chargedThenMb }: Watched): number => atMs - partsReadMs + Math.abs(chargedMb - chargedThenMb) * msPerMb;
    return present
      .map((watched) => ({ watched, urgency: urgency(watched) }))
      .sort((a, b) => (a.urgency === b.urgency ? 0 : b.urgency - a.urgency))
      .slice(0, this.#statReadsPerRound)
      .map(({ watched }) => watched);
  }
}

/** Who has used no CPU time has taken no memory; but the kernel may have taken some back. */
const longestUnreadMs = 1_000;

/** False when the group is gone. */
function readCounters(watched: Watched, atMs: number): boolean {
  const cpuMs = watched.reader.cpuMs();
  if (cpuMs === undefined) return false;
  if (cpuMs !== watched.cpuMs || atMs - watched.chargedReadMs >= longestUnreadMs) {
    watched.chargedMb = watched.reader.chargedMb();
    watched.chargedReadMs = atMs;
  }
  if (atMs > watched.cpuReadMs) watched.cpuPercent = ((cpuMs - watched.cpuMs) / (atMs - watched.cpuReadMs)) * 100;
  watched.cpuMs = cpuMs;
  watched.cpuReadMs = atMs;
  return true;
}

function readParts(watched: Watched, atMs: number): void {
  watched.parts = watched.reader.memoryParts() ?? watched.parts;
  watched.partsReadMs = atMs;
  watched.chargedThenMb = watched.chargedMb ?? 0;
}
