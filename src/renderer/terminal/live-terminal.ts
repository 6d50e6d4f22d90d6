import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { inertText } from '../../contract/inert-text.ts';
import type { Frame, TerminalInfo } from '../../contract/terminal.ts';
import {
  decodeSize,
  encodeCount,
  encodeFrame,
  encodeSize,
  FLOW,
  FrameKind,
} from '../../contract/terminal.ts';
import { appState, isDark } from '../core/app-state.ts';
import { core } from '../core/core-connection.ts';
import { Store } from '../core/store.ts';
import { terminalTheme } from './terminal-theme.ts';
import { leaseWebgl, returnWebgl } from './webgl-lease.ts';

/** What a tab shows about its terminal. */
export interface LiveState {
  readonly title: string;
  /** Why it ended; undefined while it lives. */
  readonly end: string | undefined;
}

/** Keys that belong to the dock rather than to the remote program. */
export interface DockKeys {
  leave(): void;
  search(): void;
  toggle(): void;
}

/** A replay that is followed by endless output is over at the latest after this. */
const REPLAY_MS = 1500;
/** What a terminal answers by itself: attributes, status, modes, sizes, colours; never a key. */
const REPORT = /^\x1b(?:\[[?>=]?[\d;]*(?:[cnRt]|\$y)|\]\d+;|P)/;
const LONGEST_TITLE = 80;
const encoder = new TextEncoder();

/** One terminal of the core as it is shown in this page; it outlives the tab that draws it. */
export class LiveTerminal {
  readonly id: number;
  readonly element = document.createElement('div');
  readonly state: Store<LiveState>;
  readonly search = new SearchAddon();
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  #opened = false;
  #shown = false;
  /** Bytes given to the terminal and not yet drawn; bytes drawn and not yet acknowledged. */
  #pending = 0;
  #digested = 0;
  /** Set while a replay is drawn: questions in it were answered when it was live. */
  #replayEnds: ReturnType<typeof setTimeout> | undefined;
  #obeying = false;
  #used = false;
  #wantsFocus = false;

  constructor(info: TerminalInfo, keys: DockKeys) {
    this.id = info.id;
    this.state = new Store<LiveState>({
      title: '',
      end: info.state === 'closed' ? (info.exit ?? '') : undefined,
    });
    this.element.className = 'lw-terminal';
    const open = (_event: MouseEvent, uri: string) => openLink(uri);
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      fontFamily:
        "'Ubuntu Sans Mono Variable', 'Noto Sans Mono CJK JP', 'MS Gothic', ui-monospace, monospace",
      scrollback: 10_000,
      minimumContrastRatio: 4.5,
      linkHandler: { activate: open },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.search);
    this.#terminal.loadAddon(new WebLinksAddon(open));
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.applySettings();
    this.#terminal.onData((text) => {
      if (this.#replayEnds === undefined || !REPORT.test(text)) this.#send(encoder.encode(text));
    });
    this.#terminal.onBinary((text) =>
      this.#send(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    );
    this.#terminal.onResize(({ cols, rows }) => {
      if (this.#obeying) return;
      const size = encodeSize({ columns: cols, rows });
      core.sendFrame(encodeFrame(FrameKind.resize, this.id, size));
    });
    this.#terminal.onTitleChange((title) => {
      const plain = inertText(title).replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE);
      this.state.set({ ...this.state.get(), title: plain });
    });
    this.#terminal.attachCustomKeyEventHandler((event) => this.#handleKey(event, keys));
    this.attach();
  }

  /** Asks for everything again: at first, and after every reconnection. */
  attach(): void {
    this.#pending = 0;
    this.#digested = 0;
    core.sendFrame(encodeFrame(FrameKind.attach, this.id));
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case FrameKind.replay:
        this.#startReplay();
        break;
      case FrameKind.size:
        this.#obeySize(frame.payload);
        break;
      case FrameKind.data:
        this.#draw(frame.payload);
        break;
      case FrameKind.end:
        this.#end(new TextDecoder().decode(frame.payload));
        break;
      default:
        break;
    }
  }

  show(place: HTMLElement): void {
    place.append(this.element);
    if (!this.#opened) {
      this.#opened = true;
      this.#terminal.open(this.element);
    }
    this.#shown = true;
    leaseWebgl(this.#terminal);
    this.fit();
    if (this.#wantsFocus) this.focus();
  }

  hide(): void {
    this.#shown = false;
    returnWebgl(this.#terminal);
    this.element.remove();
  }

  fit(): void {
    if (!this.#shown || this.#replayEnds !== undefined || this.element.clientHeight === 0) return;
    this.#fit.fit();
  }

  /** Gives it the keys, as soon as it is drawn. */
  focus(): void {
    this.#wantsFocus = !this.#shown;
    if (this.#shown) this.#terminal.focus();
  }

  /** Whether anything was typed since the last question. */
  takeUsed(): boolean {
    const used = this.#used;
    this.#used = false;
    return used;
  }

  applySettings(): void {
    const { settings } = appState.get();
    this.#terminal.options.fontSize = settings.terminalFontSize;
    this.#terminal.options.screenReaderMode = settings.screenReader;
    this.#terminal.options.theme = terminalTheme(isDark(settings));
    this.fit();
  }

  dispose(): void {
    clearTimeout(this.#replayEnds);
    this.hide();
    core.sendFrame(encodeFrame(FrameKind.detach, this.id));
    this.#terminal.dispose();
  }

  #startReplay(): void {
    clearTimeout(this.#replayEnds);
    this.#replayEnds = setTimeout(() => this.#endReplay(), REPLAY_MS);
    this.state.set({ ...this.state.get(), end: undefined });
    this.#terminal.write('', () => this.#terminal.reset());
  }

  #endReplay(): void {
    clearTimeout(this.#replayEnds);
    this.#replayEnds = undefined;
    this.fit();
  }

  /** A size applies to what follows it, so it waits its turn behind what is still being drawn. */
  #obeySize(payload: Uint8Array): void {
    const { columns, rows } = decodeSize(payload);
    this.#terminal.write('', () => {
      this.#obeying = true;
      this.#terminal.resize(columns, rows);
      this.#obeying = false;
    });
  }

  #draw(bytes: Uint8Array): void {
    this.#pending += bytes.length;
    this.#terminal.write(bytes, () => {
      this.#pending = Math.max(0, this.#pending - bytes.length);
      this.#digested += bytes.length;
      if (this.#digested < FLOW.acknowledgeBytes && this.#pending > 0) return;
      core.sendFrame(encodeFrame(FrameKind.acknowledge, this.id, encodeCount(this.#digested)));
      this.#digested = 0;
      if (this.#pending === 0 && this.#replayEnds !== undefined) {
        // More of the replay may be in the socket; the next frame would have come by now.
        clearTimeout(this.#replayEnds);
        this.#replayEnds = setTimeout(() => this.#endReplay(), 50);
      }
    });
  }

  #end(reason: string): void {
    this.#terminal.write('', () => {
      this.#terminal.options.cursorBlink = false;
      this.state.set({ ...this.state.get(), end: inertText(reason) });
    });
  }

  #send(bytes: Uint8Array): void {
    if (this.state.get().end !== undefined) return;
    this.#used = true;
    core.sendFrame(encodeFrame(FrameKind.input, this.id, bytes));
  }

  #handleKey(event: KeyboardEvent, keys: DockKeys): boolean {
    const mine = dockKey(event);
    if (mine === undefined) return true;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    event.stopPropagation();
    if (mine === 'copy') void navigator.clipboard.writeText(this.#terminal.getSelection());
    else keys[mine]();
    return false;
  }
}

function dockKey(event: KeyboardEvent): 'leave' | 'search' | 'toggle' | 'copy' | undefined {
  const { key, code, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (altKey || metaKey) return undefined;
  if (key === 'Tab' && shiftKey && !ctrlKey) return 'leave';
  if (!ctrlKey) return undefined;
  if (code === 'Backquote' && !shiftKey) return 'toggle';
  if (shiftKey && code === 'KeyF') return 'search';
  return shiftKey && code === 'KeyC' ? 'copy' : undefined;
}

/** Remote output decides what looks like a link, so only web addresses are followed. */
function openLink(uri: string): void {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return;
  window.open(url.href, '_blank', 'noopener,noreferrer');
}
