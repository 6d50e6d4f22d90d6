import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import {
  decodeFrame,
  decodeSize,
  encodeCount,
  encodeFrame,
  encodeSize,
  FLOW,
  FrameKind,
} from '../../src/contract/terminal.ts';
import { type TerminalPeer, TerminalSessions } from '../../src/main/ssh/terminal-sessions.ts';
import { FakeShell } from './support/fake-shell.ts';

const SIZE = { columns: 80, rows: 24 };

/** What a page shows: it obeys the frames in their order. */
class Page implements TerminalPeer {
  text = '';
  /** Sizes with the number of bytes that came before each. */
  sizes: string[] = [];
  end: string | undefined;
  replays = 0;

  send(bytes: Uint8Array): void {
    const { kind, payload } = decodeFrame(bytes);
    if (kind === FrameKind.replay) {
      this.replays += 1;
      this.text = '';
      this.sizes = [];
    } else if (kind === FrameKind.data) this.text += Buffer.from(payload).toString('latin1');
    else if (kind === FrameKind.size) {
      const { columns, rows } = decodeSize(payload);
      this.sizes.push(`${this.text.length}:${columns}x${rows}`);
    } else if (kind === FrameKind.end) this.end = Buffer.from(payload).toString();
  }
}

const tick = () => new Promise(setImmediate);

async function opened(typed = '') {
  const shell = new FakeShell();
  const commands: string[] = [];
  const sessions = new TerminalSessions(
    () => 1000,
    (lab, host) => commands.push(`${lab} ${host}`),
  );
  const { id } = sessions.open('lab', shell.link(), SIZE, typed);
  await tick();
  const send = (page: Page, kind: FrameKind, payload?: Uint8Array) =>
    sessions.receive(page, encodeFrame(kind, id, payload));
  const attach = (page = new Page()) => {
    send(page, FrameKind.attach);
    return page;
  };
  const size = (columns: number, rows: number) => encodeSize({ columns, rows });
  return { shell, sessions, id, send, attach, size, commands };
}

describe('flow control', () => {
  const full = Buffer.alloc(FLOW.highWaterBytes, 'x');

  test('pauses the host above the high mark and goes on below the low mark', async () => {
    const { shell, send, attach } = await opened();
    const page = attach();
    await shell.print(full);
    expect(shell.stream.isPaused()).toBe(false);
    await shell.print('x');
    expect(shell.stream.isPaused()).toBe(true);
    const acknowledge = (bytes: number) => send(page, FrameKind.acknowledge, encodeCount(bytes));
    acknowledge(FLOW.highWaterBytes + 1 - FLOW.lowWaterBytes);
    expect(shell.stream.isPaused()).toBe(true);
    acknowledge(1);
    expect(shell.stream.isPaused()).toBe(false);
  });

  test('goes by the slowest page, and a page that goes away no longer counts', async () => {
    const { shell, sessions, send, attach } = await opened();
    const [quick, slow] = [attach(), attach()];
    await shell.print(Buffer.concat([full, Buffer.from('x')]));
    send(quick, FrameKind.acknowledge, encodeCount(full.length + 1));
    expect(shell.stream.isPaused()).toBe(true);
    sessions.drop(slow);
    expect(shell.stream.isPaused()).toBe(false);
  });

  test('without a page the shell runs free', async () => {
    const { shell, send, attach } = await opened();
    const page = attach();
    send(page, FrameKind.detach);
    await shell.print(full);
    await shell.print(full);
    expect(shell.stream.isPaused()).toBe(false);
    expect(page.text).toBe('');
  });

  test('an attached page gets every byte in order, however much it is', async () => {
    const { shell, send, attach } = await opened();
    const page = attach();
    let expected = '';
    for (let i = 0; i < 200; i++) {
      const chunk = `${i} `.repeat(5000);
      expected += chunk;
      await shell.print(chunk);
      send(page, FrameKind.acknowledge, encodeCount(chunk.length));
    }
    expect(page.text.length).toBe(expected.length);
    expect(page.text).toBe(expected);
  });
});

describe('a page that comes back', () => {
  test('sees exactly what was there, with the sizes at their places', async () => {
    const { shell, send, attach, size } = await opened();
    const first = attach();
    await shell.print('before ');
    send(first, FrameKind.resize, size(100, 30));
    await shell.print('after');
    const second = attach();
    expect(second).toMatchObject({ text: 'before after', sizes: ['0:80x24', '7:100x30'] });
    expect(second.replays).toBe(1);
    expect(shell.sizes).toEqual(['80x24', '100x30']);
  });

  test('sees the same screen as one that stayed, whatever happened meanwhile', async () => {
    const event = fc.oneof(
      fc.string({ maxLength: 50 }),
      fc.record({ columns: fc.integer({ min: 2, max: 99 }), rows: fc.integer({ min: 1, max: 9 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const { shell, send, attach, size } = await opened();
        const stayed = attach();
        for (const item of events) {
          if (typeof item === 'string') await shell.print(item);
          else send(stayed, FrameKind.resize, size(item.columns, item.rows));
        }
        expect(attach().text).toBe(stayed.text);
      }),
      { numRuns: 40 },
    );
  });

  test('after very much output sees its end, from the start of a line, at the size of then', async () => {
    const { shell, send, attach, size } = await opened();
    const line = `${'y'.repeat(99)}\n`;
    const first = attach();
    send(first, FrameKind.resize, size(132, 43));
    send(first, FrameKind.detach);
    for (let i = 0; i < 30; i++) await shell.print(line.repeat(1000));
    const page = attach();
    expect(page.text.length).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(page.text.length).toBeGreaterThan(1024 * 1024);
    expect(page.text.startsWith(line)).toBe(true);
    expect(page.text.endsWith(line)).toBe(true);
    expect(page.sizes).toEqual(['0:132x43']);
  });

  test('after one page has attached twice its bytes are counted once', async () => {
    const { shell, send, attach } = await opened();
    const page = attach();
    await shell.print(Buffer.alloc(200 * 1024, 'x'));
    attach(page);
    send(page, FrameKind.acknowledge, encodeCount(200 * 1024));
    await shell.print(Buffer.alloc(200 * 1024, 'x'));
    expect(shell.stream.isPaused()).toBe(false);
  });
});

describe('what is typed', () => {
  test('before the shell is open is kept and sent in order', async () => {
    const shell = new FakeShell();
    const gate = Promise.withResolvers<void>();
    const sessions = new TerminalSessions(() => 0);
    const { id, state } = sessions.open('lab', shell.link(gate.promise), SIZE, '');
    expect(state).toBe('opening');
    const page = new Page();
    for (const keys of ['l', 's', '\r']) {
      sessions.receive(page, encodeFrame(FrameKind.input, id, Buffer.from(keys)));
    }
    sessions.receive(
      page,
      encodeFrame(FrameKind.resize, id, encodeSize({ columns: 120, rows: 40 })),
    );
    gate.resolve();
    await tick();
    expect(shell.typed).toEqual(['l', 's', '\r']);
    expect(shell.sizes).toEqual(['120x40']);
    expect(sessions.list('lab')[0]?.state).toBe('open');
  });

  test.each([
    ['a command', 'sudo apt-get update', 'sudo apt-get update'],
    ['a command that ends in a line break', 'reboot\n', 'reboot'],
    ['several lines', 'a\r\nb\x03', 'a  b'],
  ])('for the person (%s) waits for their Enter', async (_what, typed, expected) => {
    const { shell, commands } = await opened(typed);
    expect(shell.typed).toEqual([expected]);
    expect(commands).toEqual([]);
  });

  test('is told to the lab only when a line is sent', async () => {
    const { send, attach, commands } = await opened();
    const page = attach();
    send(page, FrameKind.input, Buffer.from('ls'));
    expect(commands).toEqual([]);
    send(page, FrameKind.input, Buffer.from('\r'));
    expect(commands).toEqual(['lab mirror']);
  });
});

describe('the end', () => {
  test.each([
    ['exit status', { code: 3, signal: undefined }, '3'],
    ['signal', { code: undefined, signal: 'KILL' }, 'KILL'],
    ['lost link', { code: undefined, signal: undefined }, 'host-closed'],
  ])('is told with its %s, to pages that are there and to later ones', async (_how, exit, text) => {
    const { shell, sessions, attach, commands } = await opened();
    const page = attach();
    await shell.print('bye');
    await shell.exit(exit);
    expect(page.end).toBe(text);
    expect(attach()).toMatchObject({ text: 'bye', end: text });
    expect(sessions.list('lab')[0]).toMatchObject({ state: 'closed', exit: text });
    expect(shell.connectionEnded).toBe(1);
    expect(commands).toEqual(['lab mirror']);
  });

  test('comes when the connection is lost under it', async () => {
    const { shell, attach } = await opened();
    const page = attach();
    await shell.lose();
    expect(page.end).toBe('host-closed');
  });

  test('comes with the reason when the host cannot be reached', async () => {
    const sessions = new TerminalSessions(() => 0);
    const refused = Promise.reject(new LabwrightError('host-refused'));
    const { id } = sessions.open('lab', new FakeShell().link(refused), SIZE, '');
    const page = new Page();
    sessions.receive(page, encodeFrame(FrameKind.attach, id));
    await tick();
    expect(page.end).toBe('host-refused');
  });

  test('closing while it opens ends the connection that comes too late', async () => {
    const shell = new FakeShell();
    const gate = Promise.withResolvers<void>();
    const sessions = new TerminalSessions(() => 0);
    const { id } = sessions.open('lab', shell.link(gate.promise), SIZE, 'ls');
    sessions.close(id);
    gate.resolve();
    await tick();
    expect(shell.connectionEnded).toBe(1);
    expect(shell.typed).toEqual([]);
    expect(sessions.list('lab')).toEqual([]);
  });

  test('closing a lab closes its terminals and no others', async () => {
    const { shell, sessions } = await opened();
    const other = new FakeShell();
    sessions.open('other', other.link(), SIZE, '');
    await tick();
    sessions.closeLab('lab');
    expect([shell.connectionEnded > 0, other.connectionEnded > 0]).toEqual([true, false]);
    expect(sessions.list('other')).toHaveLength(1);
  });
});

test('a frame for a terminal that is gone is answered with its end', async () => {
  const { sessions } = await opened();
  const page = new Page();
  sessions.receive(page, encodeFrame(FrameKind.input, 99, Buffer.from('x')));
  expect(page.end).toBe('terminal-unknown');
  expect(() => sessions.close(99)).toThrow(expect.objectContaining({ code: 'terminal-unknown' }));
});

test('frames that only the core may send are refused', async () => {
  const { send } = await opened();
  for (const kind of [FrameKind.data, FrameKind.size, FrameKind.end, FrameKind.replay]) {
    expect(() => send(new Page(), kind)).toThrow(RangeError);
  }
});
