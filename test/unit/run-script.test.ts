import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Channel, ChannelExit, Connection } from '../../src/main/ssh/connection.ts';
import { runScript } from '../../src/main/ssh/run-script.ts';

/** A connection whose other end is gone without a word: nothing that is asked is ever answered. */
function deadConnection(opened: 'never' | 'before'): Connection & { readonly asked: string[] } {
  const asked: string[] = [];
  const never = new Promise<never>(() => {});
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  // As ssh2 does it: its channels end when the peer has agreed, and not before.
  stream.destroy = () => stream;
  const channel: Channel = {
    stream,
    stderr: new PassThrough(),
    closed: never as Promise<ChannelExit>,
    resize: () => {},
    close: () => asked.push('close'),
  };
  return {
    asked,
    algorithms: 'none',
    ended: never,
    exec: () => (opened === 'never' ? never : Promise.resolve(channel)),
    shell: () => never,
    forward: () => never,
    end: () => {},
  };
}

describe.each(['never', 'before'] as const)(
  'on a dead link whose channel was opened %s',
  (opened) => {
    const request = { host: 'mirror', script: 'id', sudo: false };

    test('a script ends at its deadline, though the peer confirms nothing', async () => {
      const connection = deadConnection(opened);
      await expect(runScript(connection, { ...request, deadlineMs: 20 })).rejects.toMatchObject({
        code: 'host-timeout',
      });
      expect(connection.asked).toEqual(opened === 'before' ? ['close'] : []);
    });

    test('a script that is cancelled ends at once', async () => {
      const wish = new AbortController();
      const { signal } = wish;
      const running = runScript(deadConnection(opened), { ...request, deadlineMs: 60_000, signal });
      setImmediate(() => wish.abort());
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    });
  },
);
