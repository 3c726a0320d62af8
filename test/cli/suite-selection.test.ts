import { expect, it } from 'vitest';
import { checkBackendOptions } from '../../src/cli/suite-selection.js';

it.each([
  [{ launchLimit: 4, containerMemory: 512 }, 'simulation', "--launch-limit and --container-memory mean nothing to backend 'simulation'."],
  [{ recalibrate: true }, 'simulation', "--recalibrate means nothing to backend 'simulation'."],
  [{ storage: ['redis://h'] }, 'simulation', "--storage means nothing to backend 'simulation'."],
  [{ host: 'icdcs2023-testbed' }, 'process', "--host means nothing to backend 'process'."],
] as const)('options that mean nothing to a backend are refused: %j, %s', (given, backend, message) => {
  expect(() => checkBackendOptions({ out: 'results', ...given }, backend)).toThrow(message);
});

it('options that mean something are not', () => {
  expect(() => checkBackendOptions({ out: 'results', host: 'icdcs2023-testbed', containerCores: 1, maxContainers: 4 }, 'simulation')).not.toThrow();
  expect(() => checkBackendOptions({ out: 'results', launchLimit: 4, containerMemory: 512, recalibrate: true, containerCores: 1, maxContainers: 4 }, 'process')).not.toThrow();
});
