import { type ErrorCode, LabwrightError, toErrorData } from '../../contract/error.ts';
import {
  decodeCount,
  decodeFrame,
  decodeSize,
  encodeFrame,
  encodeSize,
  FLOW,
  FrameKind,
  type TerminalInfo,
  type TerminalSize,
} from '../../contract/terminal.ts';
import type { Channel, Connection } from './connection.ts';
import type { HostLink } from './host-link.ts';

/** Output kept for a page that comes back. xterm's own scrollback of 5,000 lines is smaller. */
const REPLAY_BYTES = 2 * 1024 * 1024;

const ENTER = 0x0d;

/** Why a terminal ended where no shell says so: codes, for the page says it in its language. */
const LOST: ErrorCode = 'host-closed';
const GONE: ErrorCode = 'terminal-unknown';

/** A page's end of the terminal channel: a WebSocket or a MessagePort. */
export interface TerminalPeer {
  send(frame: Uint8Array): void;
}

type ReplayEntry = { readonly size: TerminalSize } | { readonly data: Buffer };

interface Attachment {
  unacknowledged: number;
}

/** One shell on one host. It belongs to the core: pages come and go. */
class TerminalSession {
  readonly info: TerminalInfo;
  readonly lab: string;
  readonly #replay: ReplayEntry[] = [];
  #replayBytes = 0;
  readonly #peers = new Map<TerminalPeer, Attachment>();
  #channel: Channel | undefined;
  #connection: Connection | undefined;
  #size: TerminalSize;
  #pendingInput: Buffer[] = [];
  #paused = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(lab: string, info: TerminalInfo, size: TerminalSize) {
    this.lab = lab;
    this.info = info;
    this.#size = size;
    this.#replay.push({ size });
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async start(link: HostLink, typed: string): Promise<void> {
    try {
      this.#connection = await link.openConnection();
      const { columns, rows } = this.#size;
      this.#channel = await this.#connection.shell(columns, rows, 'xterm-256color');
    } catch (error) {
      this.#connection?.end();
      const data = toErrorData(error);
      this.#end(data.code);
      throw error;
    }
    if (this.info.state === 'closed') {
      this.#connection.end();
      return;
    }
    this.info.state = 'open';
    const { stream, closed } = this.#channel;
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    for (const input of this.#pendingInput) stream.write(input);
    this.#pendingInput = [];
    // Typed but not sent: the person presses Enter. Line breaks would send it.
    const text = typed.replace(/[\x00-\x1f\x7f]/g, ' ').trim();
    if (text !== '') stream.write(text);
    closed.then(({ code, signal }) => {
      this.#connection?.end();
      this.#end(signal ?? (code === undefined ? LOST : String(code)));
    });
    this.#connection.ended.then(() => this.#end(LOST));
  }

  attach(peer: TerminalPeer): void {
    this.#peers.set(peer, { unacknowledged: 0 });
    peer.send(encodeFrame(FrameKind.replay, this.info.id));
    for (const entry of this.#replay) {
      if ('size' in entry)
        peer.send(encodeFrame(FrameKind.size, this.info.id, encodeSize(entry.size)));
      else this.#deliver(peer, entry.data);
    }
    if (this.info.state === 'closed') this.#sendEnd(peer);
    this.#regulate();
  }

  detach(peer: TerminalPeer): void {
    this.#peers.delete(peer);
    this.#regulate();
  }

  acknowledge(peer: TerminalPeer, bytes: number): void {
    const attachment = this.#peers.get(peer);
    if (attachment === undefined) return;
    attachment.unacknowledged = Math.max(0, attachment.unacknowledged - bytes);
    this.#regulate();
  }

  input(bytes: Buffer): void {
    if (this.#channel) this.#channel.stream.write(bytes);
    else if (this.info.state === 'opening') this.#pendingInput.push(bytes);
  }

  resize(size: TerminalSize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#replay.push({ size });
    this.#channel?.resize(size.columns, size.rows);
  }

  close(): void {
    this.#connection?.end();
    this.#end('closed');
  }

  #onData(chunk: Buffer): void {
    this.#replay.push({ data: chunk });
    this.#replayBytes += chunk.length;
    this.#trim();
    for (const peer of this.#peers.keys()) this.#deliver(peer, chunk);
    this.#regulate();
  }

  #deliver(peer: TerminalPeer, data: Buffer): void {
    const attachment = this.#peers.get(peer);
    if (attachment) attachment.unacknowledged += data.length;
    peer.send(encodeFrame(FrameKind.data, this.info.id, data));
  }

  /** Drops whole old chunks, and then up to a line end, so that a replay starts at a clean place. */
  #trim(): void {
    if (this.#replayBytes <= REPLAY_BYTES) return;
    let size: ReplayEntry | undefined;
    while (this.#replayBytes > REPLAY_BYTES * 0.75) {
      const entry = this.#replay.shift();
      if (entry === undefined) break;
      if ('size' in entry) size = entry;
      else this.#replayBytes -= entry.data.length;
    }
    const first = this.#replay.findIndex((entry) => 'data' in entry);
    const entry = this.#replay[first];
    if (entry && 'data' in entry) {
      const cut = entry.data.indexOf(0x0a) + 1;
      this.#replay[first] = { data: entry.data.subarray(cut) };
      this.#replayBytes -= cut;
    }
    if (size) this.#replay.unshift(size);
  }

  /** The slowest page sets the pace; without a page the shell runs free into the replay log. */
  #regulate(): void {
    const stream = this.#channel?.stream;
    if (!stream) return;
    let most = 0;
    for (const { unacknowledged } of this.#peers.values()) most = Math.max(most, unacknowledged);
    if (!this.#paused && most > FLOW.highWaterBytes) {
      this.#paused = true;
      stream.pause();
    } else if (this.#paused && most < FLOW.lowWaterBytes) {
      this.#paused = false;
      stream.resume();
    }
  }

  #end(exit: string): void {
    if (this.info.state === 'closed') return;
    this.info.state = 'closed';
    this.info.exit = exit;
    this.#ended.resolve();
    for (const peer of this.#peers.keys()) this.#sendEnd(peer);
  }

  #sendEnd(peer: TerminalPeer): void {
    const reason = Buffer.from(this.info.exit ?? '', 'utf8');
    peer.send(encodeFrame(FrameKind.end, this.info.id, reason));
  }
}

/** All terminals of the app, and the frames that pages send about them. */
export class TerminalSessions {
  readonly #sessions = new Map<number, TerminalSession>();
  readonly #now: () => number;
  readonly #onCommand: (lab: string, host: string) => void;
  #next = 1;

  /** `onCommand` hears that a person sent a line or ended a shell: the host may have changed. */
  constructor(now: () => number, onCommand: (lab: string, host: string) => void = () => {}) {
    this.#now = now;
    this.#onCommand = onCommand;
  }

  open(lab: string, link: HostLink, size: TerminalSize, typed: string): TerminalInfo {
    const info: TerminalInfo = {
      id: this.#next++,
      host: link.name,
      openedAt: this.#now(),
      state: 'opening',
    };
    const session = new TerminalSession(lab, info, size);
    this.#sessions.set(info.id, session);
    // The failure is shown in the terminal itself, as its end.
    session.start(link, typed).then(
      () => session.ended.then(() => this.#onCommand(lab, link.name)),
      () => {},
    );
    return { ...info };
  }

  list(lab: string): TerminalInfo[] {
    return [...this.#sessions.values()]
      .filter((session) => session.lab === lab)
      .map(({ info }) => ({ ...info }));
  }

  close(id: number): void {
    this.#get(id).close();
    this.#sessions.delete(id);
  }

  closeAll(): void {
    for (const id of [...this.#sessions.keys()]) this.close(id);
  }

  closeLab(lab: string): void {
    for (const [id, session] of this.#sessions) if (session.lab === lab) this.close(id);
  }

  /** Handles one frame of a page; throws RangeError for rubbish. */
  receive(peer: TerminalPeer, bytes: Uint8Array): void {
    const { kind, terminal, payload } = decodeFrame(bytes);
    const session = this.#sessions.get(terminal);
    if (session === undefined) {
      peer.send(encodeFrame(FrameKind.end, terminal, Buffer.from(GONE)));
      return;
    }
    switch (kind) {
      case FrameKind.attach:
        return session.attach(peer);
      case FrameKind.detach:
        return session.detach(peer);
      case FrameKind.acknowledge:
        return session.acknowledge(peer, decodeCount(payload));
      case FrameKind.input:
        if (payload.includes(ENTER)) this.#onCommand(session.lab, session.info.host);
        return session.input(Buffer.from(payload));
      case FrameKind.resize:
        return session.resize(decodeSize(payload));
      default:
        throw new RangeError(`frame ${kind} is not for the core`);
    }
  }

  /** A page went away. */
  drop(peer: TerminalPeer): void {
    for (const session of this.#sessions.values()) session.detach(peer);
  }

  #get(id: number): TerminalSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new LabwrightError('terminal-unknown', { terminal: id });
    return session;
  }
}
