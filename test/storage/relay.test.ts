import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parseStorageAddress, startRelay } from '../../src/storage/index.js';
import { runtimeFolder } from '../runtime/built-programs.js';

const noOpenssl = spawnSync('openssl', ['version']).status !== 0;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Its port. */
async function relayTo(address: string, onUnexpectedExit = vi.fn()): Promise<number> {
  const relay = await startRelay({ programPath: join(runtimeFolder, 'relay.cjs'), host: '127.0.0.1', to: parseStorageAddress(address), onUnexpectedExit });
  onTestFinished(async () => {
    await relay.close();
    expect(onUnexpectedExit).not.toHaveBeenCalled();
  });
  return relay.port;
}

/** Says something, and resolves to what came until the connection was closed. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (heard += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

it('hands on what both sides say, and ends one side with the other', async () => {
  const seen: Socket[] = [];
  const port = await listen(createServer((socket) => {
    seen.push(socket);
    socket.on('data', (data) => socket.end(`heard ${data.toString()}`));
  }));
  const relay = await relayTo(`redis://127.0.0.1:${port}`);
  expect(await say(relay, 'a word')).toBe('heard a word');
  const client = connect(relay, '127.0.0.1');
  await expect.poll(() => seen.length).toBe(2);
  client.destroy();
  await expect.poll(() => seen[1]?.destroyed).toBe(true);
});

it('closes the connection of whoever wants a storage that is not there', async () => {
  expect(await say(await relayTo('redis://127.0.0.1:1'), 'anybody?')).toBe('');
});

it.skipIf(noOpenssl)(`speaks TLS to a storage that wants it, and believes no stranger${noOpenssl ? ' (skipped: there is no openssl)' : ''}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'test-relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const port = await listen(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => response.end('welcome')));
  const request = 'GET / HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n';
  const address = `couchdb=https://localhost:${port}`;
  expect(await say(await relayTo(address), request)).toBe('');
  vi.stubEnv('NODE_EXTRA_CA_CERTS', cert);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await say(await relayTo(address), request)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*welcome/);
});
