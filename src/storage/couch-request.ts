import type { StorageAddress } from './storage-address.js';

export interface CouchAnswer {
  readonly status: number;
  /** Empty when it was no JSON; of a list, the values are the items. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface CouchRequest {
  readonly method?: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly limitMs: number;
}

/** Empty when it is no JSON object. */
export function parseCouchBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** The header that says who asks; none where the address names nobody. */
export function authorizationOf({ user, password }: StorageAddress): { readonly authorization?: string } {
  return user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
}

/** Asks a CouchDB as the user of its address. Rejects when it has not answered in time; `whyNoAnswer` says why. */
export async function askCouch(address: StorageAddress, { method = 'GET', path, limitMs }: CouchRequest): Promise<CouchAnswer> {
  const answer = await fetch(`${address.origin}${path}`, {
    method,
    // A connection that is kept may have been closed over there when the next request needs it.
    headers: { accept: 'application/json', connection: 'close', ...authorizationOf(address) },
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  });
  return { status: answer.status, body: parseCouchBody(await answer.text()) };
}

/** `fetch` says only that it failed; why stands below. */
export function whyNoAnswer(thrown: unknown, limitMs: number): string {
  const { name, cause, message } = thrown as { readonly name?: string; readonly cause?: { readonly message?: string; readonly code?: string }; readonly message?: string };
  if (name === 'TimeoutError') return `nothing came within ${limitMs / 1_000} s`;
  return cause?.message || cause?.code || message || String(thrown);
}

/** What it says for a refusal, without what is secret: `: reason`, or nothing. */
export function reasonOf({ body }: CouchAnswer, { hide }: StorageAddress): string {
  return typeof body['reason'] === 'string' ? `: ${hide(body['reason']).slice(0, 200)}` : '';
}
