import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The files in which the kernel counts what a control group uses; plain data, to be sent to whoever reads them. */
export interface CgroupFiles {
  readonly version: 1 | 2;
  readonly cpu: string;
  readonly memoryUsage: string;
  readonly memoryStat: string;
  /** Undefined where the kernel keeps none: version 2 before Linux 5.19. */
  readonly memoryPeak: string | undefined;
}

/** Parts of the memory of a control group. */
export interface MemoryParts {
  /** File pages that nobody has touched lately: the kernel takes them back before it runs short. */
  readonly inactiveFileMb: number;
  readonly anonymousMb: number;
}

interface CgroupMount {
  readonly version: 1 | 2;
  /** The group that is seen at the mount point; `/` unless the mount is of a part, as inside a container. */
  readonly root: string;
  readonly point: string;
  /** Names of controllers among others. */
  readonly options: readonly string[];
}

const mb = 1_048_576;

/** By folder of /proc: mountinfo grows with every container, the mounts of control groups stay. */
const knownMounts = new Map<string, readonly CgroupMount[]>();

/**
 * The control group that accounts for the memory of a process; undefined where there is none, or none that can be read from here. On
 * a machine with both versions the memory controller belongs to one of them.
 */
export function findCgroup(pid: number, procFolder = '/proc'): CgroupFiles | undefined {
  try {
    const groups = readFileSync(join(procFolder, String(pid), 'cgroup'), 'utf8');
    const mounts = cgroupMounts(procFolder);
    return filesOfVersion1(groups, mounts) ?? filesOfVersion2(groups, mounts);
  } catch {
    return undefined;
  }
}

/** Path of a file of a controller of version 1 in the group of a process; undefined where there is none. */
export function findControllerFile(pid: number, controller: string, file: string, procFolder = '/proc'): string | undefined {
  try {
    const folder = controllerFolder(readFileSync(join(procFolder, String(pid), 'cgroup'), 'utf8'), cgroupMounts(procFolder), { controller, file });
    return folder === undefined ? undefined : join(folder, file);
  } catch {
    return undefined;
  }
}

function controllerFolder(groups: string, mounts: readonly CgroupMount[], { controller, file }: { readonly controller: string; readonly file: string }): string | undefined {
  const path = pathOf(groups, (controllers) => controllers.split(',').includes(controller));
  return folderOf(path, mounts.filter(({ version, options }) => version === 1 && options.includes(controller)), file);
}

function filesOfVersion1(groups: string, mounts: readonly CgroupMount[]): CgroupFiles | undefined {
  const memory = controllerFolder(groups, mounts, { controller: 'memory', file: 'memory.usage_in_bytes' });
  const cpu = controllerFolder(groups, mounts, { controller: 'cpuacct', file: 'cpuacct.usage' });
  if (memory === undefined || cpu === undefined) return undefined;
  return {
    version: 1,
    cpu: join(cpu, 'cpuacct.usage'),
    memoryUsage: join(memory, 'memory.usage_in_bytes'),
    memoryStat: join(memory, 'memory.stat'),
    memoryPeak: ifThere(join(memory, 'memory.max_usage_in_bytes')),
  };
}

function filesOfVersion2(groups: string, mounts: readonly CgroupMount[]): CgroupFiles | undefined {
  const path = pathOf(groups, (controllers) => controllers === '');
  // Only groups with the memory controller have this file.
  const folder = folderOf(path, mounts.filter(({ version }) => version === 2), 'memory.current');
  if (folder === undefined) return undefined;
  return {
    version: 2,
    cpu: join(folder, 'cpu.stat'),
    memoryUsage: join(folder, 'memory.current'),
    memoryStat: join(folder, 'memory.stat'),
    memoryPeak: ifThere(join(folder, 'memory.peak')),
  };
}

/** From lines like `4:cpu,cpuacct:/docker/1f`; of version 2 `0::/docker/1f`. */
function pathOf(groups: string, isWanted: (controllers: string) => boolean): string | undefined {
  for (const line of groups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== undefined && isWanted(controllers)) return path;
  }
  return undefined;
}

function folderOf(path: string | undefined, mounts: readonly CgroupMount[], file: string): string | undefined {
  if (path === undefined) return undefined;
  for (const { root, point } of mounts) {
    const inside = insideMount(path, root);
    if (inside !== undefined && existsSync(join(point, inside, file))) return join(point, inside);
  }
  return undefined;
}

/** Undefined when the group lies outside of what is mounted; a group beside the own namespace begins with `/..`. */
function insideMount(path: string, root: string): string | undefined {
  const prefix = root === '/' ? '' : root;
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
  const inside = path.slice(prefix.length);
  return inside.split('/').includes('..') ? undefined : inside;
}

function cgroupMounts(procFolder: string): readonly CgroupMount[] {
  const known = knownMounts.get(procFolder);
  if (known !== undefined) return known;
  const mounts = readFileSync(join(procFolder, 'self', 'mountinfo'), 'utf8').split('\n').flatMap(cgroupMount);
  knownMounts.set(procFolder, mounts);
  return mounts;
}

/** From a line like `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory`. */
function cgroupMount(line: string): CgroupMount[] {
  const [, root, point, type, options] = /^\S+ \S+ \S+ (\S+) (\S+) .*- (cgroup2?) \S+ (\S+)$/.exec(line) ?? [];
  if (root === undefined || point === undefined || options === undefined) return [];
  return [{ version: type === 'cgroup2' ? 2 : 1, root: unescaped(root), point: unescaped(point), options: options.split(',') }];
}

/** Blanks and backslashes stand in mountinfo as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function ifThere(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** Shared by all readers: a reading is over before the next begins. memory.stat, the longest, has less than 3 kB. */
const buffer = Buffer.alloc(16_384);

const newline = 0x0a;

/** The number that begins at a place of the buffer, without a string being made of it. */
function numberAt(start: number, end: number): number | undefined {
  let value = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = (buffer[at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === start ? undefined : value;
}

/** The number after a key and its blank at the beginning of a line. */
function numberAfter(key: Buffer, end: number): number | undefined {
  for (let at = buffer.indexOf(key); at >= 0 && at < end; at = buffer.indexOf(key, at + 1)) {
    if (at === 0 || buffer[at - 1] === newline) return numberAt(at + key.length, end);
  }
  return undefined;
}

const keys = {
  1: { inactiveFile: Buffer.from('total_inactive_file '), anonymous: Buffer.from('total_rss ') },
  2: { inactiveFile: Buffer.from('inactive_file '), anonymous: Buffer.from('anon ') },
} as const;
const cpuKey = Buffer.from('usage_usec ');
const nanosecondsPerMs = 1_000_000;
const microsecondsPerMs = 1_000;

/** A file that is read again and again, opened once. */
class KeptFile {
  readonly #path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Fills the buffer from its beginning; the number of bytes, 0 when the file cannot be read: its group is gone. */
  read(): number {
    try {
      this.#fd ??= openSync(this.#path, 'r');
      return readSync(this.#fd, buffer, 0, buffer.length, 0);
    } catch {
      this.close();
      return 0;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Reads what a control group uses, many times a second: a read costs 2 µs, one of memory.stat 10. Undefined once the group is gone. */
export class CgroupReader {
  readonly #version: 1 | 2;
  readonly #cpu: KeptFile;
  readonly #usage: KeptFile;
  readonly #stat: KeptFile;
  readonly #peak: KeptFile | undefined;

  constructor({ version, cpu, memoryUsage, memoryStat, memoryPeak }: CgroupFiles) {
    this.#version = version;
    this.#cpu = new KeptFile(cpu);
    this.#usage = new KeptFile(memoryUsage);
    this.#stat = new KeptFile(memoryStat);
    this.#peak = memoryPeak === undefined ? undefined : new KeptFile(memoryPeak);
  }

  /** CPU time of all that ever ran in it. */
  cpuMs(): number | undefined {
    const end = this.#cpu.read();
    const value = this.#version === 1 ? numberAt(0, end) : numberAfter(cpuKey, end);
    return value === undefined ? undefined : value / (this.#version === 1 ? nanosecondsPerMs : microsecondsPerMs);
  }

  /** The working set, as Docker counts it: what is charged, less the file pages that nobody has touched lately. */
  memoryMb(): number | undefined {
    const chargedMb = this.chargedMb();
    const parts = this.memoryParts();
    return chargedMb === undefined || parts === undefined ? undefined : Math.max(0, chargedMb - parts.inactiveFileMb);
  }

  rssMb(): number | undefined {
    return this.memoryParts()?.anonymousMb;
  }

  /** The highest that was ever charged. */
  peakMb(): number | undefined {
    return this.#peak === undefined ? undefined : megabytes(numberAt(0, this.#peak.read()));
  }

  /** All that it is charged for: also the page cache of files that it was the first to touch. */
  chargedMb(): number | undefined {
    return megabytes(numberAt(0, this.#usage.read()));
  }

  memoryParts(): MemoryParts | undefined {
    const end = this.#stat.read();
    const { inactiveFile, anonymous } = keys[this.#version];
    const inactiveFileMb = megabytes(numberAfter(inactiveFile, end));
    const anonymousMb = megabytes(numberAfter(anonymous, end));
    return inactiveFileMb === undefined || anonymousMb === undefined ? undefined : { inactiveFileMb, anonymousMb };
  }

  close(): void {
    for (const file of [this.#cpu, this.#usage, this.#stat, this.#peak]) file?.close();
  }
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / mb;
}
