import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const iterations = 10_000;
const keyBytes = 32;

/** How long a session lasts that is not used, in milliseconds. */
export const sessionLifetimeMs = 600_000;

/** Knows one user, whose password it does not keep. Nothing is cached: each check costs a derivation, on libuv's threads. */
export class Credentials {
  readonly #salt = randomBytes(16).toString('hex');
  readonly #key: Promise<Buffer>;

  constructor(user: string, password: string) {
    this.#key = this.#derive(user, password);
  }

  async match(user: string, password: string): Promise<boolean> {
    const [given, expected] = await Promise.all([this.#derive(user, password), this.#key]);
    return timingSafeEqual(given, expected);
  }

  /** The name is part of the salt: one comparison in constant time covers both, and a wrong name takes as long as a wrong password. */
  #derive(user: string, password: string): Promise<Buffer> {
    return derive(password, `${this.#salt}${user}`, iterations, keyBytes, 'sha256');
  }
}

/** Open sessions by their random tokens. */
export class Sessions {
  /** Token to expiry; the one that expires first comes first. */
  readonly #expiries = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  open(): string {
    this.#forgetExpired();
    const token = randomBytes(24).toString('base64url');
    this.#expiries.set(token, this.#nowMs() + sessionLifetimeMs);
    return token;
  }

  /** Whether the session is open. One that has used up a tenth of its time is `renewed`: it counts from the start again. */
  use(token: string): 'none' | 'open' | 'renewed' {
    const leftMs = (this.#expiries.get(token) ?? Number.NEGATIVE_INFINITY) - this.#nowMs();
    if (leftMs <= 0) return 'none';
    if (leftMs > sessionLifetimeMs * 0.9) return 'open';
    this.#expiries.delete(token);
    this.#expiries.set(token, this.#nowMs() + sessionLifetimeMs);
    return 'renewed';
  }

  close(token: string): void {
    this.#expiries.delete(token);
  }

  #forgetExpired(): void {
    for (const [token, expiryMs] of this.#expiries) {
      if (expiryMs > this.#nowMs()) return;
      this.#expiries.delete(token);
    }
  }
}
