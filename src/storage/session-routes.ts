import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { auth as basicCredentials } from 'hono/utils/basic-auth';
import { sessionLifetimeMs, type Credentials, type Sessions } from './authentication.js';
import { badRequest, unauthorized } from './couch-error.js';
import { isJsonObject, type JsonObject } from './document.js';

/** What the middleware `identify` leaves for the routes behind it. */
export interface CouchEnv {
  Variables: {
    /** How the user showed who it is, in CouchDB's words; undefined when it did not. */
    authenticated: 'cookie' | 'default' | undefined;
  };
}

interface Authentication {
  readonly user: string;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
}

const cookieName = 'AuthSession';
const roles = ['_admin'];
const wrongPassword = 'Name or password is incorrect.';

/** Finds out who sent a request, from its cookie or its Authorization header; wrong credentials are refused, none are not. */
export function identify({ credentials, sessions }: Authentication): MiddlewareHandler<CouchEnv> {
  return async (c, next) => {
    const token = getCookie(c, cookieName);
    const session = token === undefined ? 'none' : sessions.use(token);
    const basic = session === 'none' ? basicCredentials(c.req.raw) : undefined;
    if (basic !== undefined && !(await credentials.match(basic.username, basic.password))) throw unauthorized(wrongPassword);
    if (session === 'renewed') sendCookie(c, token as string);
    c.set('authenticated', session !== 'none' ? 'cookie' : basic && 'default');
    await next();
  };
}

export const requireUser: MiddlewareHandler<CouchEnv> = async (c, next) => {
  if (c.var.authenticated === undefined) throw unauthorized('You are not authorized to access this db.');
  await next();
};

/** The routes of `/_session`: who am I, log in, log out. */
export function sessionRoutes(authentication: Authentication): Hono<CouchEnv> {
  const { user, credentials, sessions } = authentication;
  return new Hono<CouchEnv>()
    .post('/', async (c) => {
      const { name, password } = await loginOf(c);
      const texts = typeof name === 'string' && typeof password === 'string';
      if (!texts || !(await credentials.match(name, password))) throw unauthorized(wrongPassword);
      sendCookie(c, sessions.open());
      return c.json({ ok: true, name: user, roles });
    })
    .get('/', identify(authentication), (c) => {
      const { authenticated } = c.var;
      return c.json({
        ok: true,
        userCtx: authenticated === undefined ? { name: null, roles: [] } : { name: user, roles },
        info: { authentication_handlers: ['cookie', 'default'], authenticated },
      });
    })
    .delete('/', (c) => {
      const token = deleteCookie(c, cookieName, { path: '/', httpOnly: true });
      if (token !== undefined) sessions.close(token);
      return c.json({ ok: true });
    });
}

async function loginOf(c: Context): Promise<JsonObject> {
  const text = await c.req.text();
  if (c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true) return Object.fromEntries(new URLSearchParams(text));
  return parseJsonObject(text);
}

/** Throws a CouchError when `text` is not a JSON object. */
export function parseJsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('invalid UTF-8 JSON');
  }
  if (!isJsonObject(value)) throw badRequest('Document must be a JSON object');
  return value;
}

function sendCookie(c: Context, token: string): void {
  // Max-Age alone would do for a browser, but nano never sends back a cookie without Expires.
  const expires = new Date(Date.now() + sessionLifetimeMs);
  setCookie(c, cookieName, token, { path: '/', httpOnly: true, maxAge: sessionLifetimeMs / 1_000, expires });
}
