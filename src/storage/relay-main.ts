import { connect, createServer, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { relayConfigVariable, type RelayConfig } from './storage-protocol.js';
import { endWithHarness, tellPort } from './tell-harness.js';

/**
 * Leads containers that can reach nothing but this host to a storage: what comes in at its port goes to the storage and back, and where that
 * wants TLS, the relay speaks it. In a process of its own, so that what passes through costs the harness nothing.
 */

/** Every container may connect in the same moment. */
const backlog = 4_096;

const { host, to } = JSON.parse(process.env[relayConfigVariable] ?? '{}') as RelayConfig;

function connectToStorage(): Socket {
  // A name is what the storage's certificate is checked against; addresses are no names.
  return to.tls ? connectTls({ host: to.host, port: to.port, ALPNProtocols: ['http/1.1'], ...(isIP(to.host) === 0 ? { servername: to.host } : {}) }) : connect({ host: to.host, port: to.port, noDelay: true });
}

const server = createServer({ noDelay: true }, (container) => {
  const storage = connectToStorage();
  container.pipe(storage);
  storage.pipe(container);
  // When one of the two is gone, however that came, so is the other.
  for (const [one, other] of [[container, storage], [storage, container]] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
server.listen({ host, port: 0, backlog }, () => tellPort(server));
endWithHarness();
