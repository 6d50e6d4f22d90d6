// Whether an ssh daemon is there: not merely an open port, but one that introduces itself.

import { connect } from 'node:net';

export function sshBanner(address: string, timeoutMs = 500): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const done = (banner: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(banner);
    };
    const timer = setTimeout(() => done(undefined), timeoutMs);
    socket.once('data', (data) => {
      const line = data.toString().split('\r\n')[0] ?? '';
      done(line.startsWith('SSH-') ? line : undefined);
    });
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });
}
