import { expect, it } from 'vitest';
import { Credentials, sessionLifetimeMs, Sessions } from '../../src/storage/authentication.js';

it('ends a session that is not used for its lifetime', () => {
  let nowMs = 0;
  const sessions = new Sessions(() => nowMs);
  const token = sessions.open();
  nowMs = sessionLifetimeMs - 1;
  expect(sessions.use(token)).toBe('renewed');
  nowMs += sessionLifetimeMs;
  expect(sessions.use(token)).toBe('none');
});

it('renews a session in use once a tenth of its time is gone', () => {
  let nowMs = 0;
  const sessions = new Sessions(() => nowMs);
  const token = sessions.open();
  nowMs = sessionLifetimeMs * 0.09;
  expect(sessions.use(token)).toBe('open');
  nowMs = sessionLifetimeMs * 0.1;
  expect(sessions.use(token)).toBe('renewed');
  expect(sessions.use(token)).toBe('open');
});

it('keeps the sessions that are used when it forgets those that are not', () => {
  let nowMs = 0;
  const sessions = new Sessions(() => nowMs);
  const used = sessions.open();
  const unused = sessions.open();
  nowMs = sessionLifetimeMs / 2;
  sessions.use(used);
  nowMs = sessionLifetimeMs;
  const fresh = sessions.open();
  expect([used, unused, fresh].map((token) => sessions.use(token))).toEqual(['renewed', 'none', 'open']);
});

it('knows its user by name and password together', async () => {
  const credentials = new Credentials('ada', 'secret');
  expect(await credentials.match('ada', 'secret')).toBe(true);
  expect(await credentials.match('ada', 'Secret')).toBe(false);
  expect(await credentials.match('bob', 'secret')).toBe(false);
  expect(await credentials.match('', '')).toBe(false);
});
