import type { ClientChannel } from 'ssh2';
import ssh2 from 'ssh2';
import {
  type PracticeHost,
  type PracticeHostOptions,
  startPracticeHost,
} from '../../../src/main/practice/practice-host.ts';
import {
  loaderCommand,
  loaderFrame,
  type ScriptSecret,
  sudoLoaderCommand,
} from '../../../src/main/ssh/loader.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

const PROMPT = 'password-please:';
const NONCE = 'nonce-1';

/** An SSH client of a practice host, as the tests need it. */
export class PracticeClient {
  readonly host: PracticeHost;
  readonly #client: ssh2.Client;

  private constructor(host: PracticeHost, client: ssh2.Client) {
    this.host = host;
    this.#client = client;
  }

  static async start(options: Partial<PracticeHostOptions> = {}): Promise<PracticeClient> {
    const host = await startPracticeHost({ hostname: 'mirror', password: 'secret', ...options });
    return new PracticeClient(host, await connect(host, { password: 'secret' }));
  }

  async close(): Promise<void> {
    this.#client.end();
    await this.host.close();
  }

  open(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) =>
      this.#client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
    );
  }

  shell(columns = 80): Promise<ClientChannel> {
    return new Promise((resolve, reject) =>
      this.#client.shell({ term: 'xterm-256color', cols: columns, rows: 24 }, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    );
  }

  async exec(command: string, stdin?: string): Promise<Ran> {
    const channel = await this.open(command);
    const ran = collect(channel);
    if (stdin !== undefined) channel.end(stdin);
    return await ran;
  }

  async script(
    script: string,
    options: { secrets?: ScriptSecret[]; stdin?: string } = {},
  ): Promise<Ran> {
    const channel = await this.open(loaderCommand(NONCE));
    const ran = collect(channel);
    await until(channel, (out) => out.includes(`${NONCE}\n`));
    channel.write(loaderFrame(NONCE, script, options.secrets ?? []));
    channel.end(options.stdin);
    return withoutNonce(await ran);
  }

  /** As the app does it: the password is sent when, and only when, sudo asks for it. */
  async sudo(
    script: string,
    passwords: readonly string[] = ['secret'],
    secrets: ScriptSecret[] = [],
  ): Promise<Ran> {
    const channel = await this.open(sudoLoaderCommand(NONCE, PROMPT));
    const left = [...passwords];
    let asked = 0;
    let said = '';
    channel.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8');
      for (; asked < said.split(PROMPT).length - 1; asked++) {
        const password = left.shift();
        if (password === undefined) channel.end();
        else channel.write(`${password}\n`);
      }
    });
    let out = '';
    let sent = false;
    channel.on('data', (bytes: Buffer) => {
      out += bytes.toString('utf8');
      if (sent || !out.includes(`${NONCE}\n`)) return;
      sent = true;
      channel.end(loaderFrame(NONCE, script, secrets));
    });
    return withoutNonce(await collect(channel));
  }
}

function withoutNonce(ran: Ran): Ran {
  return { ...ran, stdout: ran.stdout.replace(`${NONCE}\n`, ''), stderr: ran.stderr };
}

export { NONCE, PROMPT };

export function connect(
  host: PracticeHost,
  options: Partial<ssh2.ConnectConfig>,
): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('ready', () => {
      client.setNoDelay(true);
      resolve(client);
    });
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    if (options.tryKeyboard)
      client.on('keyboard-interactive', (_name, _text, _language, _prompts, answer) =>
        answer(['secret']),
      );
    client.connect({ host: host.address, port: host.port, username: host.user, ...options });
  });
}

export function collect(channel: ClientChannel): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let exitCode: number | undefined;
  channel.on('data', (bytes: Buffer) => out.push(bytes));
  channel.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  channel.on('exit', (code: number | null) => {
    exitCode = code ?? undefined;
  });
  return new Promise((resolve) =>
    channel.on('close', () =>
      resolve({
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
        exitCode,
      }),
    ),
  );
}

/** Resolves when what has arrived satisfies `enough`; rejects after five seconds. */
export function until(channel: ClientChannel, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`never arrived; there was ${JSON.stringify(text)}`)),
      5_000,
    );
    const see = (bytes: Buffer) => {
      text += bytes.toString('utf8');
      if (!enough(text)) return;
      clearTimeout(limit);
      channel.off('data', see);
      resolve(text);
    };
    channel.on('data', see);
  });
}

/** Asks again until the answer is good; rejects after five seconds. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  good: (value: Value) => boolean,
): Promise<Value> {
  const limit = performance.now() + 5_000;
  for (;;) {
    const value = await ask();
    if (good(value)) return value;
    if (performance.now() > limit)
      throw new Error(`never became so; it is ${JSON.stringify(value)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
