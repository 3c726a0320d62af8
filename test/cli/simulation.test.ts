import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findResultSet } from '../../src/results/index.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const simulated = ['suite', 'icdcs', '--backend', 'simulation'] as const;

/** Every file of every cell, by its path below the folder of cells. */
function cellFiles(out: string): Map<string, string> {
  const cells = join(findResultSet('latest', out).folder, 'cells');
  const paths = readdirSync(cells, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(cells, path)).isFile());
  return new Map(paths.sort().map((path) => [path, readFileSync(join(cells, path), 'utf8')]));
}

const goldenPath = join(import.meta.dirname, 'golden/simulated-e2e.json');

interface GoldenSummary {
  readonly cell: { readonly id: string };
  readonly latencyMs: Readonly<Record<string, { readonly mean: number; readonly p98: number }>>;
  readonly containers: object;
  readonly memory: object;
  readonly cpu: object;
  readonly bound: object;
}

describe('a simulated suite', () => {
  it('has the same cells, byte for byte, on every run, and those that it had when this was written', async () => {
    const [first, second] = [join(place.folder, 'first'), join(place.folder, 'second')];
    const { stdout, stderr } = await place.run(...simulated, '--limit', '200', '--out', first);
    expect(stderr).toContain('14 of 14 cells to run, simulated on icdcs2023-testbed');
    expect(stdout).toMatch(/e2e · icdcs-cpu clairvoyant reference .* on 32 cores\): mean [\d.]+/);
    expect(stdout).toContain('simulated in virtual time');
    expect(findResultSet('latest', first).manifest).toMatchObject({ backend: 'simulation', host: { hostProfile: 'icdcs2023-testbed', cores: 32 } });
    expect((await place.run(...simulated, '--limit', '200', '--out', second)).code).toBe(0);
    const files = cellFiles(first);
    expect(cellFiles(second)).toEqual(files);
    const summaries = [...files].filter(([path]) => path.endsWith('summary.json')).map(([, text]) => JSON.parse(text) as GoldenSummary);
    const figures = summaries.map(({ cell, latencyMs, containers, memory, cpu, bound }) => ({ cell: cell.id, totalMs: latencyMs['total'], executionMs: latencyMs['execution'], containers, memory, cpu, bound }));
    expect(figures).toHaveLength(14);
    // To write it anew after a change of the model: FBB_WRITE_GOLDEN=1 npx vitest run test/cli/simulation.test.ts
    if (process.env['FBB_WRITE_GOLDEN'] === '1') writeFileSync(goldenPath, `${JSON.stringify(figures, undefined, 1)}\n`);
    expect(figures).toEqual(JSON.parse(readFileSync(goldenPath, 'utf8')));
  });

  it('keeps no row of an invocation with --no-rows, unless another cell learns from it', async () => {
    const { code } = await place.run(...simulated, '--limit', '50', '--workloads', 'icdcs-cpu', '--schedulers', 'vanilla,kraken,baseline', '--no-rows', '--out', place.out);
    expect(code).toBe(0);
    const rows = [...cellFiles(place.out).keys()].filter((path) => path.endsWith('invocations.csv'));
    expect(rows).toEqual(['e2e.icdcs-cpu.vanilla.r1/invocations.csv']);
  });

  it('goes on with --resume on the host that it had, if that is still the same', async () => {
    const profile = join(place.folder, 'host.yaml');
    const text = readFileSync(join(import.meta.dirname, '../../hosts/icdcs2023-testbed.yaml'), 'utf8');
    writeFileSync(profile, text);
    const options = ['--limit', '30', '--schedulers', 'baseline', '--out', place.out] as const;
    expect((await place.run(...simulated, '--host', profile, ...options)).code).toBe(0);
    const again = ['suite', 'icdcs', '--out', place.out, '--resume'] as const;
    expect(await place.run(...again)).toMatchObject({ code: 0, stderr: expect.stringContaining('0 of 2 cells to run, simulated on icdcs2023-testbed') as string });
    writeFileSync(profile, text.replace('cores: 32', 'cores: 8'));
    const { code, stderr } = await place.run(...again);
    expect(code).toBe(2);
    expect(stderr).toContain("was run on host profile 'icdcs2023-testbed' as it was then");
  });

  it('has at most so many containers as --max-containers says, tells what that did, and does not go on with another number', async () => {
    const options = ['--limit', '60', '--workloads', 'icdcs-cpu', '--schedulers', 'vanilla,baseline', '--out', place.out] as const;
    const { code, stdout } = await place.run(...simulated, ...options, '--max-containers', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^e2e · icdcs-cpu a cap of 3 containers made launches wait, which counts as sched: vanilla \d+ \(at most [\d.]+ ms\), baseline \d+ /m);
    const results = findResultSet('latest', place.out);
    expect(results.manifest.settings.maxContainers).toBe(3);
    for (const { containers } of results.readSummaries()) {
      expect(containers).toMatchObject({ peak: 3, cap: { max: 3 } });
      expect(containers.cap?.launchesWaited).toBeGreaterThan(0);
    }
    const again = await place.run(...simulated, ...options, '--max-containers', '4', '--resume');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('was run with another --max-containers') as string });
    expect((await place.run(...simulated, '--max-containers', '0', '--out', place.out)).stderr).toContain('It must be a whole number from 1 to 100000.');
  });

  it('runs the schedulers of others, and ends one that never returns', async () => {
    const plugin = join(place.folder, 'endless.mjs');
    writeFileSync(
      plugin,
      `import { z } from 'zod';
       export default { name: 'endless', description: 'never returns', options: z.strictObject({}), needs: [], learnsFrom: undefined, multiplexing: false,
         create: () => ({ onArrival() { for (;;); } }) };`.replace("import { z } from 'zod';", `import { z } from ${JSON.stringify(join(import.meta.dirname, '../../node_modules/zod/index.js'))};`),
    );
    const { code, stderr } = await place.run(...simulated, '--limit', '5', '--workloads', 'icdcs-cpu', '--schedulers', 'baseline', '--scheduler', plugin, '--out', place.out);
    expect(stderr).toContain('FBB_ERR_SCHEDULER_STUCK');
    expect(code).toBe(5);
  });
});

describe('a host profile', () => {
  it('that is not there names those that are', async () => {
    const { code, stderr } = await place.run(...simulated, '--host', 'nowhere', '--out', place.out);
    expect(code).toBe(2);
    expect(stderr).toMatch(/FBB_ERR_HOST_PROFILE: There is no host profile 'nowhere'\.\nUse one of: icdcs2023-testbed/);
    expect(existsSync(place.out)).toBe(false);
  });

  it('that does not know a function of the workload says so, and which it knows', async () => {
    const path = join(place.folder, 'cpu-only.yaml');
    writeFileSync(path, readFileSync(join(import.meta.dirname, '../../hosts/icdcs2023-testbed.yaml'), 'utf8').replace(/^ {2}blob-couchdb:.*$/m, ''));
    const { code, stderr } = await place.run(...simulated, '--workloads', 'icdcs-io', '--host', path, '--out', place.out);
    expect(code).toBe(2);
    expect(stderr).toContain("does not say what function 'blob-couchdb' costs; it knows: fib");
  });
});

describe('validate-sim', () => {
  it('prints errors, their medians and orderings against published figures', async () => {
    const { code, stdout } = await place.run('validate-sim', '--published', '--experiments', 'e2e', '--out', place.out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^median absolute error over 8 cells: containers \d+ %, mean \d+ %, p50 \d+ %, p98 \d+ %$/m);
    expect(stdout).toMatch(/^orderings of schedulers by mean latency: \d+ of 12 as measured$/m);
    expect(stdout).toMatch(/^vanilla +292 +\d+ +[+−]?\d+ % +9328 /m);
  });
});
