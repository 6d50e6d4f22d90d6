import { RPCHandler } from '@orpc/server/message-port';
import { ipcMain, MessageChannelMain, type MessagePortMain } from 'electron';
import type { Core } from '../app/core.ts';
import type { Log } from '../files/log.ts';
import { APP_URL } from './app-protocol.ts';

/**
 * Gives two ports to our page, and to no other frame: one for calls, one for terminal bytes. The
 * page gets them before the core is there; what it sends waits in the port.
 */
export function servePorts(core: Promise<Core>, log: Log): void {
  ipcMain.on('labwright:connect', ({ sender, senderFrame: frame }) => {
    if (frame === null || frame !== sender.mainFrame || frame.url.split('#')[0] !== APP_URL) {
      log.write(`refused a connection from ${frame?.url ?? 'a frame that is gone'}`);
      return;
    }
    const calls = new MessageChannelMain();
    const terminals = new MessageChannelMain();
    frame.postMessage('labwright:ports', null, [calls.port2, terminals.port2]);
    // A core that failed is told to the person where it was started.
    const attach = (open: Core) => {
      new RPCHandler(open.router).upgrade(calls.port1);
      calls.port1.start();
      attachTerminals(open.terminals, terminals.port1, log);
    };
    core.then(attach, () => {});
  });
}

function attachTerminals(sessions: Core['terminals'], port: MessagePortMain, log: Log): void {
  const peer = { send: (frame: Uint8Array) => port.postMessage(frame) };
  port.on('message', ({ data }) => {
    try {
      if (!(data instanceof Uint8Array)) throw new RangeError('terminal frame is not bytes');
      sessions.receive(peer, data);
    } catch (error) {
      log.write('refused a terminal frame', error);
    }
  });
  port.on('close', () => sessions.drop(peer));
  port.start();
}
