import { describe, expect, it } from 'vitest';
import { isLoopback, loopbackNames, parseLiveAddress, urlOf } from '../../src/live/live-address.js';
import { thrownBy } from '../results/thrown-by.js';

describe('--live', () => {
  it.each([
    [true, '127.0.0.1', 0],
    ['8080', '127.0.0.1', 8_080],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:8080', '0.0.0.0', 8_080],
    ['[::1]:8080', '::1', 8_080],
    ['[::]:0', '::', 0],
    ['lab-3.example:65535', 'lab-3.example', 65_535],
  ] as const)('takes %s', (text, host, port) => {
    expect(parseLiveAddress(text)).toEqual({ host, port });
  });

  it.each(['', 'icdcs', '-1', '8080x', '::1:8080', '[::1]', 'http://127.0.0.1:8080', '127.0.0.1', '127.0.0.1:', ':8080', '1.2.3:80', '1.2.3.999:80', '[127.0.0.1]:80', '70000', 'a b:80', '[fe80::1%eth0]:x', '-a:80', 'a:80\n'])('refuses %j', (text) => {
    expect(thrownBy(() => parseLiveAddress(text))).toMatchObject({ code: 'FBB_ERR_USAGE' });
  });

  it('is told all that is wrong with it', () => {
    expect(() => parseLiveAddress('no_host:99999')).toThrow("--live 'no_host:99999': 'no_host' is no host; '99999' is no port from 0 to 65535.");
  });
});

it('knows what only this machine reaches', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].filter((address) => !isLoopback(address))).toEqual([]);
  expect(['0.0.0.0', '::', '192.168.0.1', '::ffff:10.0.0.1', '10.127.0.0'].filter(isLoopback)).toEqual([]);
});

it('writes addresses that a browser understands', () => {
  expect([{ host: '127.0.0.1', port: 1 }, { host: '::1', port: 2 }, { host: '0.0.0.0', port: 3 }, { host: '::', port: 4 }, { host: 'lab', port: 5 }].map(urlOf)).toEqual([
    'http://127.0.0.1:1/', 'http://[::1]:2/', 'http://127.0.0.1:3/', 'http://[::1]:4/', 'http://lab:5/',
  ]);
});

it('lets a server of this machine be called by its own names only', () => {
  expect([...loopbackNames({ host: 'MyBox', port: 8_080 })]).toEqual(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', 'mybox:8080']);
  expect(loopbackNames({ host: '127.0.0.1', port: 80 }).has('localhost')).toBe(true);
  const mapped = loopbackNames({ host: '::FFFF:127.0.0.1', port: 8_080 });
  expect([mapped.has('[::ffff:127.0.0.1]:8080'), mapped.has('[::ffff:7f00:1]:8080')]).toEqual([true, true]);
  expect(loopbackNames({ host: '::1%lo', port: 8_080 }).has('[::1]:8080')).toBe(true);
});
