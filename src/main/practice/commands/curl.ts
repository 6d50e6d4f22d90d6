import { type Io, type Program, parseArgs } from '../program.ts';
import { type Answer, request } from '../web.ts';
import { reason } from '../words.ts';

/** curl(1), of what it can do: GET and HEAD of http(s) URLs. Exit statuses and messages as in curl 7.81. */
const REASONS: Record<number, string> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  403: 'Forbidden',
  404: 'Not Found',
  416: 'Requested Range Not Satisfiable',
};

type Found = Exclude<Answer, { failure: unknown }>;

function headers(answer: Found, length: number, io: Io): string {
  return [
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}`,
    `Date: ${new Date(io.machine.now()).toUTCString()}`,
    `Server: ${answer.server}`,
    ...(answer.ranges ? ['Accept-Ranges: bytes'] : []),
    `Content-Length: ${length}`,
    ...(answer.location ? [`Location: ${answer.location}`] : []),
    `Content-Type: ${answer.type}`,
    '',
    '',
  ].join('\r\n');
}

export const curl: Program = async (args, io) => {
  const { flags, values, rest } = parseArgs(args, {
    flags:
      '-f -s -S -L -I -i -k -g -4 -6 -v -q -O -# -N --fail --silent --show-error --location --head --include --insecure --compressed --globoff --ipv4 --ipv6 --no-progress-meter --noproxy-all --remote-name',
    valued:
      '-m -o -w -r -x -H -A -e -u --max-time --output --write-out --range --proxy --header --connect-timeout --retry --noproxy --url --user-agent --retry-delay --max-filesize --resolve -X --request',
  });
  const flag = (short: string, long: string) => flags.has(short) || flags.has(long);
  const complain = (code: number, text: string): number => {
    if (!flag('-s', '--silent') || flag('-S', '--show-error')) io.err(`curl: (${code}) ${text}\n`);
    return code;
  };
  if (flags.has('--version')) return 0;
  const given = rest[0] ?? values.get('--url');
  if (given === undefined) {
    io.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  let url: URL;
  try {
    url = new URL(/^\w+:\/\//.test(given) ? given : `http://${given}`);
  } catch {
    return complain(3, 'URL using bad/illegal format or missing URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return complain(
      1,
      `Protocol "${url.protocol.slice(0, -1)}" not supported or disabled in libcurl`,
    );
  let status = 0;
  let written = 0;
  const finish = (code: number): number => {
    const format = values.get('-w') ?? values.get('--write-out');
    if (format !== undefined) {
      const fields: Record<string, string> = {
        http_code: String(status).padStart(3, '0'),
        response_code: String(status).padStart(3, '0'),
        size_download: String(written),
        url_effective: url.href,
        exitcode: String(code),
        num_redirects: '0',
        time_total: '0.001000',
        content_type: '',
        errormsg: '',
      };
      io.out(
        format
          .replace(/%\{(\w+)\}/g, (_whole, name: string) => fields[name] ?? '')
          .replaceAll('\\n', '\n')
          .replaceAll('\\t', '\t'),
      );
    }
    return code;
  };
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const proxy = values.get('-x') ?? values.get('--proxy');
  if (proxy) {
    const host = new URL(/^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`);
    const code =
      io.machine.resolve(host.hostname) === undefined && !/^[\d.]+$/.test(host.hostname) ? 5 : 7;
    return finish(
      complain(
        code,
        code === 5
          ? `Could not resolve proxy: ${host.hostname}`
          : `Failed to connect to ${host.hostname} port ${host.port || '1080'} after 0 ms: Connection refused`,
      ),
    );
  }
  let answer = request(io.machine, url);
  for (
    let hops = 0;
    'status' in answer && answer.location && flag('-L', '--location') && hops < 50;
    hops++
  ) {
    url = new URL(answer.location, url);
    answer = request(io.machine, url);
  }
  if ('failure' in answer) {
    if (answer.failure === 'resolve')
      return finish(complain(6, `Could not resolve host: ${url.hostname}`));
    if (answer.failure === 'refused')
      return finish(
        complain(
          7,
          `Failed to connect to ${url.hostname} port ${port} after 0 ms: Connection refused`,
        ),
      );
    return finish(
      complain(
        7,
        `Failed to connect to ${url.hostname} port ${port} after 3000 ms: No route to host`,
      ),
    );
  }
  let { body } = answer;
  const range = values.get('-r') ?? values.get('--range');
  const match = /^(\d*)-(\d*)$/.exec(range ?? '');
  if (match && answer.status === 200 && answer.ranges) {
    const from = match[1] === '' ? Math.max(0, body.length - Number(match[2])) : Number(match[1]);
    if (from >= body.length) answer = { ...answer, status: 416 };
    else {
      body = body.subarray(
        from,
        match[1] === '' || match[2] === '' ? undefined : Number(match[2]) + 1,
      );
      answer = { ...answer, status: 206 };
    }
  }
  status = answer.status;
  if (io.machine.options.source?.hosts.has(url.hostname)) {
    io.machine.fetchLog.push({
      path: url.pathname,
      ...(range ? { range } : {}),
      bytes: flag('-I', '--head') ? 0 : body.length,
    });
  }
  if (status >= 400 && flag('-f', '--fail'))
    return finish(complain(22, `The requested URL returned error: ${status}`));
  const head = flag('-I', '--head');
  let output = Buffer.alloc(0);
  if (head || flag('-i', '--include')) output = Buffer.from(headers(answer, body.length, io));
  if (!head) {
    output = Buffer.concat([output, body]);
    written = body.length;
  }
  const file =
    values.get('-o') ??
    values.get('--output') ??
    (flag('-O', '--remote-name') ? url.pathname.split('/').at(-1) : undefined);
  if (file === undefined || file === '-') io.out(output);
  else {
    try {
      io.machine.fs.writeSync(io.machine.fs.resolvePath(io.cwd, file), output);
    } catch (error) {
      if (!flag('-s', '--silent'))
        io.err(`Warning: Failed to create the file ${file}: ${reason(error)}\n`);
      return finish(complain(23, 'Failure writing output to destination'));
    }
  }
  return finish(0);
};
