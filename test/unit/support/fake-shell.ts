import { PassThrough } from 'node:stream';
import type { Channel, ChannelExit, Connection } from '../../../src/main/ssh/connection.ts';
import type { HostLink } from '../../../src/main/ssh/host-link.ts';

/** A remote shell without a host: the test plays the host. */
export class FakeShell {
  readonly typed: string[] = [];
  readonly sizes: string[] = [];
  readonly stream = new PassThrough();
  connectionEnded = 0;
  readonly #closed = Promise.withResolvers<ChannelExit>();
  readonly #lost = Promise.withResolvers<Error | undefined>();
  readonly #opened = Promise.withResolvers<void>();

  /** The link that terminals open their connection with. `opening` holds it back, or fails it. */
  link(opening: Promise<void> = Promise.resolve()): HostLink {
    // What is written to the host must not come back as its output.
    this.stream.write = ((chunk: Buffer | string) => {
      this.typed.push(chunk.toString());
      return true;
    }) as typeof this.stream.write;
    const channel: Channel = {
      stream: this.stream,
      stderr: new PassThrough(),
      closed: this.#closed.promise,
      resize: (columns, rows) => this.sizes.push(`${columns}x${rows}`),
      close: () => {},
    };
    const connection: Connection = {
      algorithms: '',
      ended: this.#lost.promise,
      exec: () => Promise.reject(new Error('only a shell')),
      forward: () => Promise.reject(new Error('only a shell')),
      shell: async (columns, rows) => {
        this.sizes.push(`${columns}x${rows}`);
        this.#opened.resolve();
        return channel;
      },
      end: () => {
        this.connectionEnded += 1;
      },
    };
    const openConnection = () => opening.then(() => connection);
    return { name: 'mirror', openConnection } as unknown as HostLink;
  }

  /** The host prints. */
  async print(bytes: Buffer | string): Promise<void> {
    this.stream.push(Buffer.from(bytes));
    await new Promise(setImmediate);
  }

  exit(exit: ChannelExit): Promise<void> {
    this.#closed.resolve(exit);
    return new Promise(setImmediate);
  }

  lose(): Promise<void> {
    this.#lost.resolve(new Error('gone'));
    return new Promise(setImmediate);
  }
}
