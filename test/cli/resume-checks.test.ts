import { describe, expect, it } from 'vitest';
import { checkSameRun } from '../../src/cli/resume-checks.js';
import type { SuiteOptions } from '../../src/cli/suite-selection.js';
import type { Manifest } from '../../src/results/index.js';
import type { Suite } from '../../src/suites/index.js';
import { manifestOf } from '../results/stored-run.js';

const suite = { name: 'tiny', hash: 'h', warmupInvocations: 20, experiments: {} } as unknown as Suite;
const ordinary = manifestOf();
const settings = { ...ordinary.settings, warmupInvocations: 20 };
const quick = manifestOf({ settings: { ...settings, warmupInvocations: 5 }, selection: { ...ordinary.selection, limit: 45 } });

function resume(manifest: Manifest, given: Partial<SuiteOptions>): string {
  try {
    checkSameRun(manifest, suite, { out: 'results', backend: 'process', resume: true, ...given });
    return 'resumed';
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

describe('an option of an earlier run', () => {
  it.each([
    ['--launch-limit', { launchLimit: 5 }],
    ['--container-memory', { containerMemory: 512 }],
    ['--container-cores', { containerCores: 1 }],
    ['--max-containers', { maxContainers: 4 }],
    ['--storage', { storage: ['redis://h'] }],
    ['limit or warm-up than --quick has', { quick: true as const }],
    ['--seed, --launch-limit, --container-cores', { containerCores: 1, launchLimit: 1, seed: 9 }],
  ])('cannot be changed when it is resumed: %s', (named, given) => {
    expect(resume(manifestOf({ settings }), given)).toBe(`tiny-20260101T000000Z-0001 was run with another ${named}.`);
  });

  it('that names a storage must be given again, for its password is not stored', () => {
    const earlier = manifestOf({ settings: { ...settings, storage: ['http://couch:5984', 'redis://h'] } });
    expect(resume(earlier, {})).toContain('was run with --storage http://couch:5984 and redis://h, and of a storage no user and password are kept.');
    expect(resume(earlier, { storage: ['redis://:new@h', 'couchdb=http://ada:new@couch:5984'] })).toBe('resumed');
  });

  it('can be given again, and left out', () => {
    expect(resume(ordinary, { launchLimit: 4, containerMemory: 1_024 })).toBe('resumed');
    expect(resume(manifestOf({ settings: { ...settings, containerCores: 1, containerMemoryMb: 512 } }), { containerCores: 1 })).toBe('resumed');
    expect(resume(ordinary, {})).toBe('resumed');
  });

  it('is the same quick run when it is quick again, and when it is not said again', () => {
    expect(resume(quick, { quick: true })).toBe('resumed');
    expect(resume(quick, {})).toBe('resumed');
    expect(resume(quick, { quick: true, limit: 12 })).toContain('another --limit, limit or warm-up than --quick has');
  });
});
