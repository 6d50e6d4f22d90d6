// An HTTP server that can be told to misbehave, and that remembers every request it got.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpPlace, listenInBed } from './http-place.ts';

/** What may go wrong with one path. `times` limits it to the first so many requests. */
export type Fault = { times?: number } & (
  | { kind: 'status'; status: number }
  /** One byte in the middle is another one; the length is right. */
  | { kind: 'corrupt' }
  /** A document is altered under its signature, yet still parses. */
  | { kind: 'tamper' }
  /** The connection closes (or with `reset`, is reset) after so many bytes of the body. */
  | { kind: 'cut'; afterBytes: number; reset?: boolean }
  /** Nothing more comes after so many bytes, and the connection stays open. */
  | { kind: 'stall'; afterBytes: number }
);

export interface RequestRecord {
  method: string;
  path: string;
  /** The Range header as sent. */
  range: string | undefined;
  status: number;
  /** Bytes of body given to the connection so far. */
  bytesSent: number;
  /** Whether the whole answer went out. */
  complete: boolean;
}

export interface Content {
  size: number;
  read(start: number, length: number): Buffer;
}

export interface ServerControls {
  setRange(on: boolean): void;
  /** Bytes a second for each answer; undefined for no limit. Holds at once for running answers. */
  setThrottle(bytesPerSecond: number | undefined): void;
  fault(path: string | RegExp, fault: Fault): void;
  clearFaults(): void;
  readonly requests: readonly RequestRecord[];
  clearRequests(): void;
}

export interface SourceServer extends ServerControls {
  place: HttpPlace;
}

export const fromBuffer = (data: Buffer): Content => ({
  size: data.length,
  read: (start, length) => data.subarray(start, start + length),
});

function altered(content: Content, fault: Fault | undefined): Content {
  if (fault?.kind === 'tamper') {
    // One more space inside the signed text: harmless to a parser, fatal to the signature. It
    // must not end a line, since signatures of plain text do not cover what trails.
    const text = content.read(0, content.size).toString();
    return fromBuffer(Buffer.from(text.replace('"', ' "')));
  }
  if (fault?.kind !== 'corrupt') return content;
  const spot = Math.floor(content.size / 2);
  return {
    size: content.size,
    read(start, length) {
      const data = Buffer.from(content.read(start, length));
      const at = spot - start;
      if (at >= 0 && at < data.length) data[at] = (data[at] ?? 0) ^ 0xff;
      return data;
    },
  };
}

function startOf(range: string | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
}

/** Resolves after a time, or at once when the other side hangs up. */
function pause(response: ServerResponse, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    response.once('close', done);
  });
}

export async function startSourceServer(
  find: (path: string) => Content | undefined,
  port: number,
): Promise<SourceServer> {
  let ranges = true;
  let throttle: number | undefined;
  const faults: Array<{ path: string | RegExp; fault: Fault; left: number }> = [];
  const requests: RequestRecord[] = [];

  const faultFor = (path: string): Fault | undefined => {
    const entry = faults.find(
      (f) => f.left > 0 && (f.path instanceof RegExp ? f.path.test(path) : f.path === path),
    );
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  };

  const sendBody = async (
    response: ServerResponse,
    content: Content,
    start: number,
    fault: Fault | undefined,
    record: RequestRecord,
  ) => {
    const limit = fault && 'afterBytes' in fault ? fault.afterBytes : Number.POSITIVE_INFINITY;
    let at = start;
    while (at < content.size && record.bytesSent < limit && !response.destroyed) {
      const piece = throttle === undefined ? 65_536 : Math.max(1, Math.floor(throttle / 20));
      const length = Math.min(piece, 65_536, content.size - at, limit - record.bytesSent);
      const roomy = response.write(content.read(at, length));
      at += length;
      record.bytesSent += length;
      if (throttle !== undefined) await pause(response, (1000 * length) / throttle);
      else if (!roomy) {
        await new Promise<void>((resolve) => {
          const go = () => {
            response.off('drain', go);
            response.off('close', go);
            resolve();
          };
          response.on('drain', go);
          response.on('close', go);
        });
      }
    }
    if (response.destroyed || (fault?.kind === 'stall' && at < content.size)) return;
    if (fault?.kind === 'cut' && at < content.size) {
      const { socket } = response;
      // A reset throws away what is still under way, so let the sent part arrive first.
      if (fault.reset) socket?.resetAndDestroy();
      else socket?.end();
      return;
    }
    record.complete = true;
    response.end();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
    const record: RequestRecord = {
      method: request.method ?? 'GET',
      path,
      range: request.headers.range,
      status: 200,
      bytesSent: 0,
      complete: false,
    };
    requests.push(record);
    const fault = faultFor(path);
    const found = find(path);
    if (fault?.kind === 'status' || found === undefined) {
      record.status = fault?.kind === 'status' ? fault.status : 404;
      record.complete = true;
      response.writeHead(record.status, { 'content-type': 'text/plain' });
      response.end(`${record.status}\n`);
      return;
    }
    const content = altered(found, fault);
    const start = ranges ? startOf(record.range) : 0;
    if (start > 0 && start >= content.size) {
      record.status = 416;
      record.complete = true;
      response.writeHead(416, { 'content-range': `bytes */${content.size}` });
      response.end();
      return;
    }
    record.status = start > 0 ? 206 : 200;
    response.writeHead(record.status, {
      'content-length': content.size - start,
      'content-type': 'application/octet-stream',
      ...(ranges ? { 'accept-ranges': 'bytes' } : {}),
      ...(start > 0
        ? { 'content-range': `bytes ${start}-${content.size - 1}/${content.size}` }
        : {}),
    });
    if (record.method === 'HEAD') {
      record.complete = true;
      response.end();
      return;
    }
    await sendBody(response, content, start, fault, record);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const place = await listenInBed(server, port);
  return {
    place,
    requests,
    setRange: (on) => {
      ranges = on;
    },
    setThrottle: (bytesPerSecond) => {
      throttle = bytesPerSecond;
    },
    fault: (path, fault) => {
      faults.unshift({ path, fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clearFaults: () => {
      faults.length = 0;
    },
    clearRequests: () => {
      requests.length = 0;
    },
  };
}
