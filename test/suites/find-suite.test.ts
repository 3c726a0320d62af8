import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSuite, listSuites, planSuite } from '../../src/suites/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { names, planDeps } from './suite-names.js';
import { suiteFile } from './write-suite.js';

const builtin = join(import.meta.dirname, '../../suites');

describe('the suites of the package', () => {
  it('include icdcs', () => {
    expect(listSuites(builtin)).toContain('icdcs');
  });

  it.each(listSuites(builtin))('%s loads, is named as its file, says what it is, and can be planned', (name) => {
    const suite = findSuite(name, builtin, names);
    expect(suite.name).toBe(name);
    expect(suite.description).not.toBe('');
    const { experiments, workloads, schedulers, load, seed } = { experiments: undefined, workloads: undefined, schedulers: undefined, load: suite.load, seed: suite.seed };
    const { cells } = planSuite(suite, { experiments, workloads, schedulers, repeat: 1, limit: 3, load, seed, reseed: false, set: undefined, cache: undefined, added: [] }, planDeps());
    expect(cells.length).toBeGreaterThan(0);
  });

  it('compare FaaSBatch with the base of the paper and carry its figures', () => {
    const suite = findSuite('icdcs', builtin, names);
    expect(suite.base).toBe('vanilla');
    expect(suite.experiments['e2e']?.workloads).toEqual(['icdcs-cpu', 'icdcs-io']);
    expect(suite.experiments['e2e']?.schedulers.map(({ name }) => name)).toEqual(expect.arrayContaining(['vanilla', 'batching-expanding']));
    expect(suite.publishedFigures?.cells.filter(({ experiment }) => experiment === 'e2e')).toHaveLength(8);
    expect(suite.publishedFigures?.cells.find(({ workload, scheduler }) => workload === 'icdcs-io' && scheduler === 'batching-expanding')).toMatchObject({ meanMs: 258.8, containers: 14 });
  });
});

describe('findSuite', () => {
  it('takes the path of a file', () => {
    const path = suiteFile('name: mine', 'base: baseline', 'experiments: { one: { workloads: [icdcs-io], schedulers: [baseline] } }');
    expect(findSuite(path, builtin, names)).toMatchObject({ name: 'mine', path });
  });

  it('lists the suites there are when there is none of that name', () => {
    const folder = temporaryFolder();
    for (const name of ['b', 'a']) writeFileSync(join(folder, `${name}.yaml`), '');
    writeFileSync(join(folder, 'README.md'), '');
    expect(thrownBy(() => findSuite('c', folder, names))).toMatchObject({
      code: 'FBB_ERR_SUITE_UNKNOWN', exitCode: 2, message: "There is no suite named 'c'.", fix: 'Use one of: a, b, or the path of a YAML file.',
    });
  });

  it('says that there is no such file when a file was meant', () => {
    expect(thrownBy(() => findSuite('gone.yml', builtin, names)).message).toBe("There is no suite named 'gone.yml', and no such file.");
  });
});
