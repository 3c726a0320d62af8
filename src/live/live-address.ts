import { isIPv4, isIPv6 } from 'node:net';
import { FbbError } from '../core/errors.js';

/** Where the page is served. */
export interface LiveAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

const here = '127.0.0.1';
const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

function isHost(text: string): boolean {
  return isIPv4(text) || (hostName.test(text) && !/^[\d.]+$/.test(text));
}

function problemsOf(host: string, port: string, isBracketed: boolean): string[] {
  const problems: string[] = [];
  if (!(isBracketed ? isIPv6(host) : isHost(host))) problems.push(`'${host}' is no ${isBracketed ? 'IPv6 address' : 'host'}`);
  if (!/^\d+$/.test(port) || Number(port) > 65_535) problems.push(`'${port}' is no port from 0 to 65535`);
  return problems;
}

/**
 * Reads `--live`: without a value a free port of 127.0.0.1, `8080` that port of it, `host:port` or `[::1]:8080` what it says. Throws
 * FBB_ERR_USAGE, which names all that is wrong.
 */
export function parseLiveAddress(text: string | true): LiveAddress {
  if (text === true) return { host: here, port: 0 };
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/s.exec(/^\d+$/.test(text) ? `${here}:${text}` : text) ?? [];
  const host = bracketed ?? plain;
  const problems = host === undefined || port === undefined ? ['it is not of one of these forms'] : problemsOf(host, port, bracketed !== undefined);
  if (problems.length === 0) return { host: host as string, port: Number(port) };
  throw new FbbError('FBB_ERR_USAGE', `--live '${text}': ${problems.join('; ')}.`, { fix: 'Give a port, host:port or [IPv6 address]:port, or nothing: --live after all else then serves on a free port of 127.0.0.1.' });
}

/** Whether only this machine reaches an address, which must not be a name. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./i.test(address);
}

function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** Where a browser of this machine finds what listens there. */
export function urlOf({ host, port }: LiveAddress): string {
  const anywhere: Readonly<Record<string, string>> = { '0.0.0.0': here, '::': '::1' };
  return `http://${inUrl(anywhere[host] ?? host)}:${port}/`;
}

/**
 * What a browser on this machine may call a server on the loopback interface, as in its Host header; `host`: as the server was told. Under any other name it was led there by
 * somebody else's name server, for somebody else's page.
 */
export function loopbackNames({ host, port }: LiveAddress): ReadonlySet<string> {
  const told = inUrl(host).toLowerCase();
  // Browsers write an address in its shortest form.
  const shortest = URL.canParse(`http://${told}`) ? new URL(`http://${told}`).hostname : told;
  const names = [here, 'localhost', '[::1]', told, shortest];
  return new Set(names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]));
}
