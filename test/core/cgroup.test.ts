import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { CgroupReader, findCgroup, type CgroupFiles } from '../../src/core/index.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { removeFiles, version1, version2, writeFiles, type Files } from '../support/cgroup-tree.js';

const pid = 42;
const usage = { cpuMs: 1_234.5, chargedMb: 70, inactiveFileMb: 50, anonymousMb: 5 };

interface Mount {
  /** Below the folder of the machine. */
  readonly at: string;
  readonly options: string;
  readonly root?: string;
}

/** A machine in a folder: what it mounts, the groups of process 42, and files. */
function machine(mounts: readonly Mount[], groups: readonly string[], files: Files, folder = temporaryFolder()): { folder: string; found: CgroupFiles | undefined } {
  const lines = mounts.map(({ at, options, root = '/' }, i) => {
    const type = options === '' ? 'cgroup2' : 'cgroup';
    return `${30 + i} 24 0:${i} ${root} ${join(folder, at).replaceAll(' ', '\\040')} rw,relatime shared:${i} - ${type} ${type} rw${options === '' ? '' : `,${options}`}`;
  });
  const others = ['22 1 254:0 / / rw,relatime - ext4 /dev/vda rw', '90 22 0:50 / /overlay rw - overlay overlay rw,lowerdir=/a:/b'];
  writeFiles(folder, { 'proc/self/mountinfo': [...others, ...lines, ''].join('\n'), [`proc/${pid}/cgroup`]: [...groups, ''].join('\n'), ...files });
  return { folder, found: findCgroup(pid, join(folder, 'proc')) };
}

/** Files of a group, below the folder that holds them. */
function group(at: string, files: Files, names = Object.keys(files)): Files {
  return Object.fromEntries(names.map((name) => [`${at}/${name}`, files[name] as string]));
}

const memoryNames = ['memory.usage_in_bytes', 'memory.max_usage_in_bytes', 'memory.stat'];
const separate: readonly Mount[] = [
  { at: 'cg/cpu', options: 'cpu' },
  { at: 'cg/cpuacct', options: 'cpuacct' },
  { at: 'cg/memory', options: 'memory' },
  { at: 'cg/systemd', options: 'name=systemd' },
];

it('finds a group of version 1 with a hierarchy for each controller, and another path in each', () => {
  const { folder, found } = machine(separate, ['9:name=systemd:/', '4:memory:/docker/1f', '2:cpuacct:/other', '1:cpu:/', '0::/docker/1f'], {
    ...group('cg/cpuacct/other', version1(usage), ['cpuacct.usage']),
    ...group('cg/memory/docker/1f', version1(usage), memoryNames),
  });
  const memory = join(folder, 'cg/memory/docker/1f');
  expect(found).toEqual({
    version: 1,
    cpu: join(folder, 'cg/cpuacct/other/cpuacct.usage'),
    memoryUsage: join(memory, 'memory.usage_in_bytes'),
    memoryStat: join(memory, 'memory.stat'),
    memoryPeak: join(memory, 'memory.max_usage_in_bytes'),
  });
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

it('finds a group of version 1 where controllers share a hierarchy', () => {
  const { folder, found } = machine(
    [{ at: 'cg/cpu,cpuacct', options: 'cpu,cpuacct' }, { at: 'cg/memory', options: 'memory' }],
    ['5:cpu,cpuacct:/docker/1f', '4:memory:/docker/1f'],
    { ...group('cg/cpu,cpuacct/docker/1f', version1(usage), ['cpuacct.usage']), ...group('cg/memory/docker/1f', version1(usage), memoryNames) },
  );
  expect(found?.cpu).toBe(join(folder, 'cg/cpu,cpuacct/docker/1f/cpuacct.usage'));
});

it.each([true, false])('finds a group of version 2; that the kernel keeps its peak: %s', (hasPeak) => {
  const files = version2(usage);
  const names = Object.keys(files).filter((name) => hasPeak || name !== 'memory.peak');
  const at = 'cg/system.slice/docker-1f.scope';
  const { folder, found } = machine([{ at: 'cg', options: '' }], ['0::/system.slice/docker-1f.scope'], group(at, files, names));
  expect(found).toEqual({
    version: 2,
    cpu: join(folder, at, 'cpu.stat'),
    memoryUsage: join(folder, at, 'memory.current'),
    memoryStat: join(folder, at, 'memory.stat'),
    memoryPeak: hasPeak ? join(folder, at, 'memory.peak') : undefined,
  });
});

describe('on a machine with both versions', () => {
  const both: readonly Mount[] = [{ at: 'cg/unified', options: '' }, ...separate];

  it('takes version 1 where it has the memory controller', () => {
    const { found } = machine(both, ['4:memory:/docker/1f', '2:cpuacct:/docker/1f', '0::/docker/1f'], {
      ...group('cg/unified/docker/1f', version2(usage), ['cpu.stat']),
      ...group('cg/cpuacct/docker/1f', version1(usage), ['cpuacct.usage']),
      ...group('cg/memory/docker/1f', version1(usage), memoryNames),
    });
    expect(found?.version).toBe(1);
  });

  it('takes version 2 where that has it', () => {
    const { found } = machine([{ at: 'cg/unified', options: '' }, { at: 'cg/cpuacct', options: 'cpuacct' }], ['2:cpuacct:/docker/1f', '0::/docker/1f'], {
      ...group('cg/unified/docker/1f', version2(usage)),
      ...group('cg/cpuacct/docker/1f', version1(usage), ['cpuacct.usage']),
    });
    expect(found?.version).toBe(2);
  });
});

describe('where a part of a hierarchy is mounted, as inside a container', () => {
  it('leaves the part out of the path', () => {
    const { folder, found } = machine([{ at: 'cg', options: '', root: '/docker/ab' }], ['0::/docker/ab/inner'], group('cg/inner', version2(usage)));
    expect(found?.memoryUsage).toBe(join(folder, 'cg/inner/memory.current'));
  });

  it('finds the group of the part itself', () => {
    const { folder, found } = machine([{ at: 'cg', options: '', root: '/docker/ab' }], ['0::/docker/ab'], group('cg', version2(usage)));
    expect(found?.memoryUsage).toBe(join(folder, 'cg/memory.current'));
  });

  it.each(['/docker/abc', '/docker', '/elsewhere', '/../beside'])('does not take the group %s for one inside', (path) => {
    const files = { ...group('cg', version2(usage)), ...group('cg/c', version2(usage)), ...group('beside', version2(usage)) };
    expect(machine([{ at: 'cg', options: '', root: '/docker/ab' }], [`0::${path}`], files).found).toBeUndefined();
    expect(machine([{ at: 'cg', options: '' }], ['0::/../beside'], files).found).toBeUndefined();
  });

  it('looks at every mount of the hierarchy', () => {
    const mounts = [{ at: 'part', options: '', root: '/docker/ab' }, { at: 'cg', options: '' }];
    const { folder, found } = machine(mounts, ['0::/docker/1f'], group('cg/docker/1f', version2(usage)));
    expect(found?.memoryUsage).toBe(join(folder, 'cg/docker/1f/memory.current'));
  });
});

it('reads mount points with blanks', () => {
  const folder = mkdtempSync(join(tmpdir(), 't with blanks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { found } = machine([{ at: 'c g', options: '' }], ['0::/a'], group('c g/a', version2(usage)), folder);
  expect(found?.memoryUsage).toBe(join(folder, 'c g/a/memory.current'));
});

it.each<[string, readonly string[], Files]>([
  ['there is no memory controller', ['2:cpuacct:/a', '0::/a'], { ...group('cg/cpuacct/a', version1(usage), ['cpuacct.usage']), ...group('cg/unified/a', version2(usage), ['cpu.stat']) }],
  ['nobody accounts for CPU time', ['4:memory:/a'], group('cg/memory/a', version1(usage), memoryNames)],
  ['the group has gone meanwhile', ['4:memory:/a', '2:cpuacct:/a'], {}],
  ['the process is in no group', [], {}],
])('finds nothing where %s', (_why, groups, files) => {
  expect(machine([...separate, { at: 'cg/unified', options: '' }], groups, files).found).toBeUndefined();
});

it('finds nothing of a process that is gone', () => {
  expect(findCgroup(pid, temporaryFolder())).toBeUndefined();
});

function filesIn(folder: string, version: 1 | 2): CgroupFiles {
  const [cpu, memoryUsage, memoryPeak] = version === 1 ? ['cpuacct.usage', 'memory.usage_in_bytes', 'memory.max_usage_in_bytes'] : ['cpu.stat', 'memory.current', 'memory.peak'];
  return { version, cpu: join(folder, cpu), memoryUsage: join(folder, memoryUsage), memoryStat: join(folder, 'memory.stat'), memoryPeak: join(folder, memoryPeak) };
}

function readerOf(files: CgroupFiles): CgroupReader {
  const reader = new CgroupReader(files);
  onTestFinished(() => reader.close());
  return reader;
}

function readings(reader: CgroupReader): Record<'cpuMs' | 'memoryMb' | 'rssMb' | 'chargedMb' | 'peakMb', number | undefined> {
  return { cpuMs: reader.cpuMs(), memoryMb: reader.memoryMb(), rssMb: reader.rssMb(), chargedMb: reader.chargedMb(), peakMb: reader.peakMb() };
}

const nothing = { cpuMs: undefined, memoryMb: undefined, rssMb: undefined, chargedMb: undefined, peakMb: undefined };

describe.each([
  [1, version1],
  [2, version2],
] as const)('a group of version %i', (version, write) => {
  it('is read again and again: CPU time, working set without idle file pages, anonymous memory, and the peak', () => {
    const folder = temporaryFolder();
    writeFiles(folder, write(usage));
    const reader = readerOf(filesIn(folder, version));
    expect(readings(reader)).toEqual({ cpuMs: 1_234.5, memoryMb: 20, rssMb: 5, chargedMb: 70, peakMb: 140 });
    // Shorter numbers than before: nothing is left of the old ones.
    writeFiles(folder, write({ cpuMs: 7, chargedMb: 9, inactiveFileMb: 1, anonymousMb: 2 }));
    expect(readings(reader)).toEqual({ cpuMs: 7, memoryMb: 8, rssMb: 2, chargedMb: 9, peakMb: 18 });
  });

  it('has no negative memory when its parts were counted at another moment', () => {
    const folder = temporaryFolder();
    writeFiles(folder, write({ ...usage, chargedMb: 49 }));
    expect(readerOf(filesIn(folder, version)).memoryMb()).toBe(0);
  });

  it('has nothing to tell when it is gone before it was read, and after it was closed and is gone', () => {
    const folder = join(temporaryFolder(), 'group');
    const reader = readerOf(filesIn(folder, version));
    expect(readings(reader)).toEqual(nothing);
    writeFiles(folder, write(usage));
    expect(reader.memoryMb()).toBe(20);
    reader.close();
    removeFiles(folder);
    expect(readings(reader)).toEqual(nothing);
    expect(reader.peakMb()).toBeUndefined();
  });
});

it('knows no peak where the kernel keeps none', () => {
  const folder = temporaryFolder();
  writeFiles(folder, version2(usage));
  expect(readerOf({ ...filesIn(folder, 2), memoryPeak: undefined }).peakMb()).toBeUndefined();
});

const own = findCgroup(process.pid);
const whyNotOwn = own === undefined ? ' (skipped: this process is in no control group that accounts for memory)' : '';

it.skipIf(own === undefined)(`reads what this very process is charged for${whyNotOwn}`, () => {
  const reader = readerOf(own as CgroupFiles);
  const before = reader.cpuMs() as number;
  const until = process.cpuUsage().user + 50_000;
  while (process.cpuUsage().user < until);
  expect((reader.cpuMs() as number) - before).toBeGreaterThan(40);
  const { memoryMb, rssMb, chargedMb, peakMb } = readings(reader);
  expect(memoryMb).toBeGreaterThan(1);
  expect(rssMb).toBeGreaterThan(1);
  expect(chargedMb).toBeGreaterThan(1);
  // What others of the group freed and took in between.
  if (own?.memoryPeak !== undefined) expect(peakMb).toBeGreaterThan((chargedMb as number) - 64);
});

/** A group of its own below that of this process; undefined where that is not permitted. */
function emptyGroup(): { files: CgroupFiles; remove: () => void } | undefined {
  if (own === undefined) return undefined;
  const below = (path: string): string => join(dirname(path), `fbb-test-${process.pid}`);
  const folders = [...new Set([own.cpu, own.memoryUsage].map(below))];
  const remove = (): void => folders.forEach((folder) => existsSync(folder) && rmdirSync(folder));
  try {
    for (const folder of folders) mkdirSync(folder);
    const moved = (path: string): string => join(below(path), basename(path));
    const files = { version: own.version, cpu: moved(own.cpu), memoryUsage: moved(own.memoryUsage), memoryStat: moved(own.memoryStat), memoryPeak: undefined };
    if (existsSync(files.memoryUsage)) return { files, remove };
  } catch {
    // Not permitted.
  }
  remove();
  return undefined;
}

const empty = emptyGroup();
const whyNotEmpty = empty === undefined ? ' (skipped: this process may make no control group)' : '';
afterAll(() => empty?.remove());

it.skipIf(empty === undefined)(`has nothing to tell of a group that the kernel has removed while it was read${whyNotEmpty}`, () => {
  const reader = readerOf(empty?.files as CgroupFiles);
  expect(readings(reader)).toEqual({ cpuMs: 0, memoryMb: expect.any(Number), rssMb: 0, chargedMb: expect.any(Number), peakMb: undefined });
  empty?.remove();
  expect(readings(reader)).toEqual(nothing);
});
