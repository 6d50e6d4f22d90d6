import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const TOKEN_BYTES = 32;

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Who may talk to the browser shell: a page that came with the one-time ticket and got a cookie for
 * it. The ticket may be seen in a process list; it works once.
 */
export class Access {
  #ticket: string | undefined = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #session = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  get #cookieName(): string {
    // Cookies know no ports: two shells on one machine must not overwrite each other's.
    return `labwright_${this.#port}`;
  }

  /** The address to open, once. */
  get entrance(): string {
    return `http://127.0.0.1:${this.#port}/enter?ticket=${this.#ticket ?? ''}`;
  }

  /** Swaps the ticket for a cookie. */
  enter(ticket: string): string | undefined {
    if (this.#ticket === undefined || !equal(ticket, this.#ticket)) return undefined;
    this.#ticket = undefined;
    return `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** A name that resolves to us but is not ours is a rebinding attack. */
  hostAllowed(request: IncomingMessage): boolean {
    const { host } = request.headers;
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }

  originAllowed(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return origin === `http://${host}`;
  }

  hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(/;\s*/);
    return cookies.some((cookie) => {
      const at = cookie.indexOf('=');
      return cookie.slice(0, at) === this.#cookieName && equal(cookie.slice(at + 1), this.#session);
    });
  }
}
