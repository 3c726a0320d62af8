import { join } from 'node:path';
import { MonotonicClock } from '../core/index.js';
import { LiveFeed, startLive, type LiveAddress } from '../live/index.js';
import { tell } from './output.js';
import { pageFolder, runtimeFolder } from './package-root.js';

const programPath = join(runtimeFolder, 'live.cjs');

/** Does something while the page of a running suite is served; `address` undefined: without one. */
export async function withLivePage<T>(address: LiveAddress | undefined, action: (live: LiveFeed | undefined) => Promise<T>): Promise<T> {
  if (address === undefined) return action(undefined);
  const server = await startLive({ programPath, pageFolder, address, onLost: (reason) => tell(`live: the server process ${reason}; the run goes on, its page does not`) });
  try {
    tell(`live: ${server.url}`);
    if (!server.isLocal) tell(`live: not only this machine: everybody who reaches ${address.host} can watch, without a password`);
    return await action(new LiveFeed(server, new MonotonicClock()));
  } finally {
    await server.close();
  }
}
