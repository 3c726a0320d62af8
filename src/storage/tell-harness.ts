import type { AddressInfo, Server } from 'node:net';
import type { ServiceEvent } from './storage-protocol.js';

/** Tells the harness the port on which a server of this process listens. */
export function tellPort(server: Pick<Server, 'address'>): void {
  const { port } = server.address() as AddressInfo;
  if (!process.connected) return;
  // The harness can be gone before the disconnection is noticed; the message then fails first.
  process.send?.({ type: 'listening', port } satisfies ServiceEvent, (error: Error | null) => {
    if (error !== null) process.exit(0);
  });
}

/** The one message there is asks it to close. */
export function endWithHarness(): void {
  process.on('message', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}
