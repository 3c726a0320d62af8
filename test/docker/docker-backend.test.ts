import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { describeBackendContract } from '../backends/contract.js';
import { createBackend, named, noDocker, sharedRun } from './daemon.js';

const functions = {
  cpu: fixtureSpec('cpu', { functionId: 'cpu' }),
  io: fixtureSpec('io', { functionId: 'io' }),
  unloadable: fixtureSpec('io', { functionId: 'unloadable', file: 'fails-to-load.cjs' }),
};

describe.skipIf(noDocker !== undefined)(named('Docker'), () => {
  describeBackendContract('docker', {
    create: async () => createBackend((await sharedRun()).run, Object.values(functions)),
    // The invocations of a container share its small /tmp, and nothing with the host.
    meetingPlace: () => `/tmp/${randomUUID()}`,
    functions,
  });
});
