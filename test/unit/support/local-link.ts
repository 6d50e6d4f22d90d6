import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import type { Channel, Connection } from '../../../src/main/ssh/connection.ts';
import { HostLink } from '../../../src/main/ssh/host-link.ts';
import { KnownHosts } from '../../../src/main/ssh/known-hosts.ts';

/** sudo(8) as far as we use it: `-S -p PROMPT` and a command. It never asks here. */
const SUDO = `#!/bin/sh
[ "$SUDO_RULE" = missing ] && { echo "sudo: not found" >&2; exit 127; }
[ "$SUDO_RULE" = denied ] && { echo "me is not in the sudoers file." >&2; exit 1; }
shift 3
exec "$@"
`;

/** A "host" that is this computer's own sh, with a home of its own and a stand-in for sudo. */
export class LocalHost {
  readonly home: string;
  readonly link: HostLink;
  sudo: 'free' | 'denied' | 'missing' = 'free';
  /** A session's private folder (XDG_RUNTIME_DIR); without one, jobs with secrets are refused. */
  runtimeDirectory: string | undefined;
  /** Error of the next connections, as long as it is set. */
  unreachable: Error | undefined;
  connections = 0;
  readonly commands: string[] = [];

  private constructor(home: string) {
    this.home = home;
    this.link = new HostLink('mirror', {
      connect: async () => {
        if (this.unreachable) throw this.unreachable;
        this.connections += 1;
        return this.#connection();
      },
      knownHosts: new KnownHosts(join(home, 'known_hosts')),
      login: async () => ({ name: 'mirror', address: 'mirror', port: 22, user: 'me' }),
      sudoPassword: async () => 'never asked for',
    });
  }

  static async start(): Promise<LocalHost> {
    const home = await mkdtemp(join(tmpdir(), 'labwright-host-'));
    await mkdir(join(home, 'bin'));
    const program = (name: string, text: string) =>
      writeFile(join(home, 'bin', name), text, { mode: 0o755 });
    await program('sudo', SUDO);
    // Root's jobs would go to the real systemd of the computer that runs the tests.
    await program('id', '#!/bin/sh\n[ "$1" = -u ] && echo 1000 || echo me\n');
    return new LocalHost(home);
  }

  /** A program that the host has besides, or in place of, this computer's; `exec busybox sh "$@"`. */
  async program(name: string, lines: string): Promise<void> {
    const path = join(this.home, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }

  async close(): Promise<void> {
    await this.link.close();
    await rm(this.home, { recursive: true, force: true });
  }

  #connection(): Connection {
    const ended = Promise.withResolvers<Error | undefined>();
    return {
      algorithms: 'none',
      ended: ended.promise,
      exec: async (command) => this.#exec(command),
      shell: () => Promise.reject(new Error('no terminal here')),
      forward: () => Promise.reject(new Error('no ports here')),
      end: () => ended.resolve(undefined),
    };
  }

  #exec(command: string): Channel {
    this.commands.push(command);
    const child = spawn('sh', ['-c', command], {
      env: {
        PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
        ...(this.runtimeDirectory ? { XDG_RUNTIME_DIR: this.runtimeDirectory } : {}),
        HOME: this.home,
        SUDO_RULE: this.sudo,
      },
    });
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    // A script that does not read its stdin closes it early.
    child.stdin.on('error', () => {});
    stream.on('error', () => {});
    const closed = new Promise<{ code: number | undefined; signal: string | undefined }>(
      (resolve) =>
        child.on('close', (code, signal) =>
          resolve({ code: code ?? undefined, signal: signal ?? undefined }),
        ),
    );
    return {
      stream,
      stderr: child.stderr,
      closed,
      resize: () => {},
      close: () => child.kill('SIGKILL'),
    };
  }
}
