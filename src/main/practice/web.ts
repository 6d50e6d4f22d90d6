import { maasPage } from './maas-packages.ts';
import type { Machine } from './machine.ts';

export type Answer =
  | {
      readonly status: number;
      readonly body: Uint8Array;
      readonly type: string;
      readonly location?: string;
      readonly ranges: boolean;
      readonly server: string;
    }
  | { readonly failure: 'resolve' | 'refused' | 'unreachable' };

const page = (title: string) =>
  Buffer.from(
    `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.replace(/^\d+ /, '')}</h1>\n</body></html>\n`,
  );

const TYPES: Record<string, string> = {
  html: 'text/html',
  json: 'application/json',
  txt: 'text/plain',
  gz: 'application/x-gzip',
};

/** What a GET of `url` on this machine brings: from the source of images, or from its own apache2. */
export function request(machine: Machine, url: URL): Answer {
  const { source } = machine.options;
  if (source?.hosts.has(url.hostname)) {
    const base = new URL(source.baseUrl);
    const path = decodeURIComponent(url.pathname);
    const body = path.startsWith(base.pathname)
      ? source.get(path.slice(base.pathname.length))
      : undefined;
    const shared = { ranges: source.ranges, server: 'Apache/2.4.29 (Ubuntu)' };
    if (body) return { ...shared, status: 200, body, type: 'application/octet-stream' };
    const below =
      path.startsWith(base.pathname) &&
      source.paths().some((item) => item.startsWith(path.slice(base.pathname.length)));
    if (below && path.endsWith('/'))
      return { ...shared, status: 200, body: page(`Index of ${path}`), type: 'text/html' };
    return { ...shared, status: 404, body: page('404 Not Found'), type: 'text/html' };
  }
  const own = ['localhost', '127.0.0.1', machine.options.hostname].includes(url.hostname);
  if (!own) return { failure: /^[\d.]+$/.test(url.hostname) ? 'unreachable' : 'resolve' };
  const maas = url.protocol === 'http:' ? maasPage(machine, url) : undefined;
  if (maas !== undefined) {
    const body = Buffer.from(maas.body);
    const type = maas.status === 200 ? 'application/json' : 'text/plain';
    return { status: maas.status, body, type, ranges: false, server: 'TwistedWeb' };
  }
  const serving =
    machine.packages.isInstalled('apache2') && machine.units.isActive('apache2.service');
  if (!serving || (url.port !== '' && url.port !== '80') || url.protocol !== 'http:')
    return { failure: 'refused' };
  return apache(machine, decodeURIComponent(url.pathname));
}

function apache(machine: Machine, path: string): Answer {
  const shared = {
    ranges: true,
    server:
      machine.options.release === 'jammy' ? 'Apache/2.4.52 (Ubuntu)' : 'Apache/2.4.7 (Ubuntu)',
  };
  const found = (status: number, body: Uint8Array, type = 'text/html'): Answer => ({
    ...shared,
    status,
    body,
    type,
  });
  const full = machine.fs.resolvePath('/var/www/html', `.${path}`);
  const node = full.startsWith('/var/www/html') ? machine.fs.find(full) : undefined;
  if (!node) return found(404, page('404 Not Found'));
  // www-data is neither owner nor in the group of what root put there.
  if ((node.mode & (node.kind === 'directory' ? 0o5 : 0o4)) === 0)
    return found(403, page('403 Forbidden'));
  if (node.kind !== 'directory') {
    const type = TYPES[full.split('.').at(-1) ?? ''];
    return found(
      200,
      Uint8Array.from(node.bytes.subarray(0, node.size)),
      type ?? 'application/octet-stream',
    );
  }
  if (!path.endsWith('/'))
    return {
      ...shared,
      status: 301,
      body: page('301 Moved Permanently'),
      type: 'text/html',
      location: `${path}/`,
    };
  const index = node.children.get('index.html');
  if (index) return found(200, Uint8Array.from(index.bytes.subarray(0, index.size)));
  const rows = [...node.children]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, child]) => {
      const shown = child.kind === 'directory' ? `${name}/` : name;
      return `<li><a href="${encodeURIComponent(name)}${child.kind === 'directory' ? '/' : ''}"> ${shown}</a></li>\n`;
    });
  return found(
    200,
    Buffer.from(
      `<html><head><title>Index of ${path}</title></head>\n<body><h1>Index of ${path}</h1>\n<ul>${rows.join('')}</ul>\n</body></html>\n`,
    ),
    'text/html;charset=UTF-8',
  );
}
