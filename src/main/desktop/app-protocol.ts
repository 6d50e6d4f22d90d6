import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, type Session } from 'electron';

export const APP_URL = 'app://labwright/index.html';

/** The page gets nothing but our own files; inline *style* stays, for xterm's DOM renderer needs it. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:; font-src 'self'; connect-src 'self'",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** What a renderer build consists of; a file of another kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready: a standard, secure scheme has an origin, so that 'self' works. */
export function registerAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true };
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges }]);
}

export function serveApp(session: Session, root: string): void {
  session.protocol.handle('app', async ({ url }) => {
    try {
      const file = fileOf(root, url);
      const headers = { ...HEADERS, 'content-type': TYPES[extname(file)] ?? '' };
      return new Response(await readFile(file), { headers });
    } catch {
      return new Response(null, { status: 404, headers: HEADERS });
    }
  });
}

/** The file below `root` that an address names. Throws where an encoded `..` or `\` would leave it. */
function fileOf(root: string, address: string): string {
  const { host, pathname } = new URL(address);
  const path = decodeURIComponent(pathname);
  const file = normalize(join(root, path));
  const inside = host === 'labwright' && !/[\\\0]/.test(path) && file.startsWith(root + sep);
  if (!inside || !Object.hasOwn(TYPES, extname(file))) throw new Error('not of the renderer');
  return file;
}
