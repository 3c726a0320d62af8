import { connect } from 'node:net';
import type { Greeting } from './greeting.js';
import type { StorageAddress } from './storage-address.js';

/** A command as Redis reads it. */
function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** One line of answer to each command. */
function exchange({ host, port }: StorageAddress, commands: readonly string[], limitMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal: AbortSignal.timeout(limitMs) });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(commands.join('')));
    socket.on('data', (data: string) => {
      text += data;
      const lines = text.split('\r\n').slice(0, -1);
      // After a refusal, the others are refused as well.
      if (lines.length < commands.length && lines[0]?.startsWith('-') !== true && text.length < 1_000) return;
      socket.destroy();
      resolve(lines.length > 0 ? lines : [text]);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => reject(error.name === 'AbortError' ? new Error(`nothing came within ${limitMs / 1_000} s`) : error));
    socket.on('close', () => reject(new Error('it closed the connection without an answer')));
  });
}

function refusal({ host, port, hide }: StorageAddress, refused: string): Greeting {
  const found = `refuses: ${hide(refused.slice(1))}`;
  if (/^-(NOAUTH|WRONGPASS|NOPERM)|invalid password|without any password configured/i.test(refused)) return { state: 'denied', found, mend: `--storage redis://<user>:<password>@${host}:${port}, as redis.conf says (requirepass, or ACL)` };
  if (/^-DENIED/.test(refused)) return { state: 'denied', found, mend: `redis-cli -h ${host} -p ${port} CONFIG SET protected-mode no, or a password` };
  return { state: 'unreachable', found, mend: `redis-cli -h ${host} -p ${port} PING shows what answers there` };
}

/** Whether Redis answers PING within `limitMs`, after AUTH when the address has a password. */
export async function greetRedis(address: StorageAddress, limitMs: number): Promise<Greeting> {
  const { user, password, host, port, hide } = address;
  const greeting = password === undefined ? [] : [command('AUTH', ...(user === undefined ? [] : [user]), password)];
  try {
    const lines = await exchange(address, [...greeting, command('PING')], limitMs);
    if (lines.at(-1) === '+PONG') return { state: 'ok', found: 'answers PING' };
    const refused = lines.find((line) => line.startsWith('-'));
    if (refused !== undefined) return refusal(address, refused);
    return { state: 'unreachable', found: `does not speak as Redis does: ${JSON.stringify(hide(lines[0] ?? '').slice(0, 80))}`, mend: `redis-cli -h ${host} -p ${port} PING shows what answers there` };
  } catch (thrown) {
    const { message, code } = thrown as NodeJS.ErrnoException;
    return { state: 'unreachable', found: `does not answer: ${hide(message || (code ?? 'no reason given'))}`, mend: `redis-server --port ${port} on ${host}` };
  }
}
