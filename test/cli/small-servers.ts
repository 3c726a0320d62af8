import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server of this test that does with each connection what it is told; resolves to its port, or to nothing when it listens on a path. */
async function listen(onConnection: (socket: Socket) => void, path?: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

/** It lets one connect, and never says anything. */
export function silent(path?: string): Promise<number> {
  return listen(() => undefined, path);
}

/** The word or two of Redis that a check needs; `repeats`: it answers with what it was told. */
export function smallRedis({ password, repeats = false }: { password?: string; repeats?: boolean } = {}): Promise<number> {
  return listen((socket) => {
    let isKnown = password === undefined;
    socket.on('data', (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n)/)) {
        const words = command.split('\r\n').filter((_line, i) => i > 0 && i % 2 === 0);
        if (repeats) socket.write(`-ERR unknown command, with args beginning with: ${words.join(' ')}\r\n`);
        else if (words[0] === 'AUTH') {
          isKnown = words.at(-1) === password;
          socket.write(isKnown ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n');
        } else socket.write(isKnown ? '+PONG\r\n' : '-NOAUTH Authentication required.\r\n');
      }
    });
  });
}

/** It answers every request with the same text, and the credentials that it was sent. */
export function smallHttp(status: number, body: (authorization: string) => string): Promise<number> {
  return listen((socket) => {
    socket.on('data', (data) => {
      const text = body(/^authorization: (.*)$/im.exec(data.toString())?.[1]?.trim() ?? '');
      socket.end(`HTTP/1.1 ${status} Said\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`);
    });
  });
}
