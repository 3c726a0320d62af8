import { liveConfigVariable, type LiveConfig, type LiveMessage, type LiveReply } from './live-protocol.js';
import { LiveServer } from './live-server.js';

/** The server of the page of a running suite, in a process of its own so that its readers cost the harness nothing. It ends with the harness. */

const server = new LiveServer(JSON.parse(process.env[liveConfigVariable] ?? '{}') as LiveConfig);

let ending: Promise<void> | undefined;
function end(): void {
  ending ??= server.finish().then(() => process.exit(0));
}

function reply(message: LiveReply): void {
  // The harness can be gone before the disconnection is noticed; the message then fails first.
  if (!process.connected) return;
  process.send?.(message, (error: Error | null) => {
    if (error !== null) process.exit(0);
  });
}

process.on('message', (message: LiveMessage) => {
  if (message.type === 'close') end();
  else server.take(message);
});
process.on('disconnect', end);
server.listen().then(
  ({ address, port }) => reply({ type: 'listening', address, port }),
  (error: unknown) => {
    const { code = '', message } = error as NodeJS.ErrnoException;
    reply({ type: 'failed', code, message });
  },
);
