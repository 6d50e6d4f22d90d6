import { readFileSync } from 'node:fs';

/** Name of the isolated world in which the preload runs. */
export const WORLD = 'labwright-shim-preload';
/** Function through which that world speaks to us; it is not there in the page's own world. */
export const BINDING = 'labwrightShimSay';
/** Functions through which we speak to that world. */
export const RECEIVE = 'labwrightShimReceive';
export const DELIVER = 'labwrightShimDeliver';
export const CLOSE = 'labwrightShimClose';

const EXPOSE = 'labwright-shim-expose';

/** A message over CDP: JSON cannot hold bytes. */
export interface Wire {
  readonly bytes?: string;
  readonly json?: unknown;
}

export type Said =
  | { readonly kind: 'ipc'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'message'; readonly port: number; readonly wire: Wire }
  | { readonly kind: 'close'; readonly port: number }
  | { readonly kind: 'failed'; readonly error: string };

export function toWire(data: unknown): Wire {
  if (data instanceof Uint8Array) return { bytes: Buffer.from(data).toString('base64') };
  return { json: data };
}

export function fromWire(wire: Wire): unknown {
  if (wire.bytes === undefined) return wire.json;
  return new Uint8Array(Buffer.from(wire.bytes, 'base64'));
}

/** Runs in the page's own world: puts there what `contextBridge` exposes. Data only, and frozen. */
export const EXPOSING_SCRIPT = `
  if (window.top === window) {
    window.addEventListener('${EXPOSE}', ({ detail }) => {
      const { key, api } = JSON.parse(detail);
      Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
    }, { once: true });
  }
`;

/** Runs the real preload bundle in its own world, with nothing but `require('electron')`. */
export function preloadScript(file: string): string {
  return `(${world.toString()})(
    ${JSON.stringify({ BINDING, RECEIVE, DELIVER, CLOSE, EXPOSE })},
    function (exports, require, module) {\n${readFileSync(file, 'utf8')}\n},
  )`;
}

interface Names {
  readonly BINDING: string;
  readonly RECEIVE: string;
  readonly DELIVER: string;
  readonly CLOSE: string;
  readonly EXPOSE: string;
}

type Preload = (exports: unknown, require: (name: string) => unknown, module: unknown) => void;

/** Sent as source text, so it refers to nothing outside itself. */
function world(names: Names, preload: Preload): void {
  // Electron runs preloads in the main frame only, unless asked otherwise.
  if (window.top !== window) return;
  const scope = globalThis as unknown as Record<string, (...args: never[]) => unknown>;
  const say = scope[names.BINDING] as (text: string) => void;
  const tell = (said: unknown) => say(JSON.stringify(said));
  const listeners = new Map<string, ((event: unknown, message: unknown) => void)[]>();
  const ports = new Map<number, MessagePort>();

  const encode = (data: unknown) => {
    if (!(data instanceof Uint8Array)) return { json: data };
    return { bytes: btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join('')) };
  };
  const decode = ({ bytes, json }: { bytes?: string; json?: unknown }) => {
    if (bytes === undefined) return json;
    return Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
  };
  const openPort = (id: number) => {
    const { port1, port2 } = new MessageChannel();
    ports.set(id, port1);
    port1.onmessage = ({ data }) => tell({ kind: 'message', port: id, wire: encode(data) });
    port1.addEventListener('close', () => tell({ kind: 'close', port: id }));
    return port2;
  };

  scope[names.RECEIVE] = (channel: string, message: unknown, ids: number[]) => {
    const event = { ports: ids.map(openPort) };
    for (const listener of listeners.get(channel) ?? []) listener(event, message);
  };
  scope[names.DELIVER] = (id: number, wire: { bytes?: string; json?: unknown }) => {
    ports.get(id)?.postMessage(decode(wire));
  };
  scope[names.CLOSE] = (id: number) => ports.get(id)?.close();

  const electron = {
    ipcRenderer: {
      send: (channel: string, ...args: unknown[]) => tell({ kind: 'ipc', channel, args }),
      on: (channel: string, listener: (event: unknown, message: unknown) => void) => {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      },
    },
    contextBridge: {
      exposeInMainWorld: (key: string, api: unknown) => {
        const detail = JSON.stringify({ key, api });
        window.dispatchEvent(new CustomEvent(names.EXPOSE, { detail }));
      },
    },
  };
  const require = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload cannot require ${name}`);
  };
  const module = { exports: {} };
  try {
    preload(module.exports, require, module);
  } catch (error) {
    tell({ kind: 'failed', error: String(error) });
  }
}
