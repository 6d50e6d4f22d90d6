/** Tracebacks in the shape that the recorded runs of sstream-mirror ended with. */
type Frame = readonly [file: string, line: number, name: string, code: string];

const PACKAGE = '/usr/lib/python3/dist-packages/simplestreams';
const SCRIPT = '/usr/bin/sstream-mirror';

const MAIN: Frame = [SCRIPT, 157, '<module>', 'main()'];
const DRY: Frame = [SCRIPT, 127, 'main', 'drmirror.sync(smirror, initial_path)'];
const REAL: Frame = [SCRIPT, 153, 'main', 'tmirror.sync(smirror, initial_path)'];
const INDEX: Frame[] = [
  [
    `${PACKAGE}/mirrors/__init__.py`,
    91,
    'sync',
    'return self.sync_index(reader, path, data, content)',
  ],
  [`${PACKAGE}/mirrors/__init__.py`, 254, 'sync_index', 'self.sync(reader, path=epath)'],
];
const READ: Frame = [
  `${PACKAGE}/mirrors/__init__.py`,
  85,
  'sync',
  'content, payload = reader.read_json(path)',
];
const INSERT: Frame[] = [
  [
    `${PACKAGE}/mirrors/__init__.py`,
    89,
    'sync',
    'return self.sync_products(reader, path, data, content)',
  ],
  [
    `${PACKAGE}/mirrors/__init__.py`,
    355,
    'sync_products',
    'self.insert_item(item, src, target, pgree, ipath_cs)',
  ],
  [
    `${PACKAGE}/mirrors/__init__.py`,
    490,
    'insert_item',
    "self.store.insert(data['path'], contentsource,",
  ],
];

function traceback(frames: readonly Frame[], error: string): string {
  const lines = frames.map(
    ([file, line, name, code]) => `  File "${file}", line ${line}, in ${name}\n    ${code}\n`,
  );
  return `Traceback (most recent call last):\n${lines.join('')}${error}\n`;
}

export function badSignature(keyring: string, status: number, isIndex: boolean): string {
  return traceback(
    [
      MAIN,
      DRY,
      ...(isIndex ? [] : INDEX),
      READ,
      [
        `${PACKAGE}/mirrors/__init__.py`,
        43,
        'read_json',
        'return raw, self.policy(content=raw, path=path)',
      ],
      [SCRIPT, 106, 'policy', 'return util.read_signed(content,'],
      [`${PACKAGE}/util.py`, 297, 'read_signed', 'raise e'],
      [`${PACKAGE}/util.py`, 293, 'read_signed', 'subp(cmd, data=content)'],
      [
        `${PACKAGE}/util.py`,
        465,
        'subp',
        'raise subprocess.CalledProcessError(rc, args, output=(out, err))',
      ],
    ],
    `subprocess.CalledProcessError: Command '['gpgv', '--keyring=${keyring}', '-']' returned non-zero exit status ${status}.`,
  );
}

export function cannotOpen(url: string, isIndex: boolean): string {
  return traceback(
    [
      MAIN,
      DRY,
      ...(isIndex ? [] : INDEX),
      READ,
      [`${PACKAGE}/mirrors/__init__.py`, 41, 'read_json', 'with self.source(path) as source:'],
      [`${PACKAGE}/contentsource.py`, 74, '__enter__', 'self.open()'],
      [`${PACKAGE}/contentsource.py`, 131, 'open', 'self.fd = self._open()'],
      [`${PACKAGE}/contentsource.py`, 127, '_open', 'raise myerr'],
    ],
    `OSError: Unable to open ${url}. mirrors=[]`,
  );
}

export function noConnection(url: URL, why: 'resolve' | 'refused' | 'unreachable'): string {
  const reason = {
    resolve: '[Errno -2] Name or service not known',
    refused: '[Errno 111] Connection refused',
    unreachable: '[Errno 113] No route to host',
  }[why];
  const pool = url.protocol === 'https:' ? 'HTTPSConnection' : 'HTTPConnection';
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return traceback(
    [
      MAIN,
      DRY,
      READ,
      [`${PACKAGE}/mirrors/__init__.py`, 41, 'read_json', 'with self.source(path) as source:'],
      [
        `${PACKAGE}/contentsource.py`,
        381,
        '__init__',
        'self.req = requests.get(url, stream=True, auth=auth, headers=headers)',
      ],
      [
        '/usr/lib/python3/dist-packages/requests/adapters.py',
        565,
        'send',
        'raise ConnectionError(e, request=request)',
      ],
    ],
    `requests.exceptions.ConnectionError: ${pool}Pool(host='${url.hostname}', port=${port}): Max retries exceeded with url: ${url.pathname} (Caused by NewConnectionError('<urllib3.connection.${pool} object at 0x7f0000000000>: Failed to establish a new connection: ${reason}'))`,
  );
}

export function badChecksum(
  url: string,
  found: string,
  expected: string,
  read: number,
  size: number,
): string {
  return traceback(
    [
      MAIN,
      REAL,
      ...INDEX,
      ...INSERT,
      [
        `${PACKAGE}/objectstores/__init__.py`,
        179,
        'insert',
        'raise checksum_util.invalid_checksum_for_reader(reader)',
      ],
    ],
    `simplestreams.checksum_util.InvalidChecksum: Invalid sha256 Checksum at ${url}. Found ${found}. Expected ${expected}. read ${read} bytes expected ${size} bytes. (size ${read} expected ${size})`,
  );
}

export function diskFull(): string {
  const inner = traceback(
    [[`${PACKAGE}/objectstores/__init__.py`, 152, 'insert', 'wfp.write(buf)']],
    'OSError: [Errno 28] No space left on device',
  );
  const outer = traceback(
    [
      MAIN,
      REAL,
      ...INDEX,
      ...INSERT,
      [`${PACKAGE}/objectstores/__init__.py`, 138, 'insert', 'with open(partfile, "ab") as wfp:'],
    ],
    'OSError: [Errno 28] No space left on device',
  );
  return `${inner}\nDuring handling of the above exception, another exception occurred:\n\n${outer}`;
}

export function notPermitted(path: string): string {
  return traceback(
    [
      MAIN,
      REAL,
      ...INDEX,
      ...INSERT,
      [`${PACKAGE}/objectstores/__init__.py`, 110, 'insert', 'util.mkdir_p(out_d)'],
      [`${PACKAGE}/util.py`, 420, 'mkdir_p', 'os.makedirs(path)'],
    ],
    `PermissionError: [Errno 13] Permission denied: '${path}'`,
  );
}

export function badFilter(expression: string): string {
  return traceback(
    [
      MAIN,
      [SCRIPT, 112, 'main', 'filter_list = filters.get_filters(args.filters)'],
      [`${PACKAGE}/filters.py`, 62, 'get_filters', 'flist.append(ItemFilter(f, noneval=noneval))'],
      [
        `${PACKAGE}/filters.py`,
        29,
        '__init__',
        'raise ValueError("Unable to parse expression %s" % content)',
      ],
    ],
    `ValueError: Unable to parse expression ${expression}`,
  );
}
