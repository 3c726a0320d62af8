import { createAdaptorServer } from '@hono/node-server';
import { createCouchApp } from './couch-app.js';
import { storageConfigVariable, type StorageConfig } from './storage-protocol.js';
import { endWithHarness, tellPort } from './tell-harness.js';

/**
 * The storage server, in a process of its own so that its work is neither the harness's nor a container's. It keeps everything in
 * memory and has nothing to save: it ends at once when told to, or when the harness is gone.
 */

/** Every container may connect in the same moment. */
const backlog = 4_096;

const config = JSON.parse(process.env[storageConfigVariable] ?? '{}') as StorageConfig;
const server = createAdaptorServer({
  fetch: createCouchApp(config).fetch,
  // Connections are the clients' to close: closed from here, one could take the next request of a busy container with it.
  serverOptions: { keepAliveTimeout: 0 },
});
server.listen({ host: config.host, port: 0, backlog }, () => tellPort(server));
endWithHarness();
