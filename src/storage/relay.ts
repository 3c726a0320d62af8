import { startService } from './service-process.js';
import type { StorageAddress } from './storage-address.js';
import { relayConfigVariable, type RelayConfig } from './storage-protocol.js';

interface RelayOptions {
  /** The bundled program. */
  readonly programPath: string;
  /** Address on which it listens. */
  readonly host: string;
  readonly to: StorageAddress;
  readonly onUnexpectedExit: (reason: string) => void;
}

/** A way to a storage for those who reach this host only. */
interface Relay {
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Rejects with FBB_ERR_STORAGE_FAILED when it does not listen within 10 s. Whether the storage can be reached is seen when somebody connects. */
export async function startRelay({ programPath, host, to, onUnexpectedExit }: RelayOptions): Promise<Relay> {
  const config: RelayConfig = { host, to: { host: to.host, port: to.port, tls: to.origin.startsWith('https:') } };
  const { port, close } = await startService({ name: 'relay', programPath, env: { [relayConfigVariable]: JSON.stringify(config) }, onUnexpectedExit });
  return { host, port, close };
}
