import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

interface ProxyOptions {
  /** How long an answer is kept back, in ms. */
  readonly latencyMs?: number;
  /** Whether the connection drops instead of handing this on; `connection` counts from 1. */
  readonly drops?: (request: string, connection: number) => boolean;
}

export interface Proxy {
  readonly port: number;
  /** How many have connected. */
  connections(): number;
}

/** A bad network between a client and a server of this machine; ends with the test. */
export async function startProxy(to: number, { latencyMs = 0, drops = () => false }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const connection = count;
    const upstream = connect(to, '127.0.0.1');
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
    client.on('data', (data) => (drops(data.toString('latin1'), connection) ? client.destroy() : upstream.write(data)));
    upstream.on('data', (data) => setTimeout(() => client.write(data), latencyMs));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}
