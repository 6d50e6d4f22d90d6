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
  const refuse = () => new Response(null, { status: 404, headers: HEADERS });
  session.protocol.handle('app', async ({ method, url }) => {
    const file = fileOf(root, url);
    const type = file === undefined ? undefined : TYPES[extname(file)];
    if (method !== 'GET' || file === undefined || type === undefined) return refuse();
    const body = await readFile(file).catch(() => undefined);
    if (body === undefined) return refuse();
    return new Response(body, { headers: { ...HEADERS, 'content-type': type } });
  });
}

/** The file below `root` that an address names, or nothing: an encoded `..` or `\` must not leave it. */
function fileOf(root: string, address: string): string | undefined {
  const { host, pathname } = new URL(address);
  let path: string;
  try {
    path = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return undefined;
  }
  if (host !== 'labwright' || /[\\\0]/.test(path)) return undefined;
  const file = normalize(join(root, path));
  return file.startsWith(root + sep) ? file : undefined;
}
