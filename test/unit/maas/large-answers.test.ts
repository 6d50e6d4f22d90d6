import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import { readBody } from '../../../src/main/drivers/maas/read-body.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import { ANSWERED, errorOf, MaasStub, SteppedClock } from '../support/maas-stub.ts';
import { recording } from './recordings.ts';

/** A frame at 60 Hz: more would be seen in a window whose thread this is. */
const FRAME_MS = 16;
const MACHINES = 2000;

/** Machines as MAAS 3.3 tells them, one of which (1234) is odd. */
function bigList(machines: number): Buffer {
  const { response } = recording('163-machine-ready');
  // MAAS indents, by four.
  const one = JSON.stringify(response.body_json, null, 4);
  const all = Array.from({ length: machines }, (_, index) => {
    const id = `m${String(index).padStart(5, '0')}`;
    const text = one.replaceAll('qfh83e', id).replace('"hostname": "node1"', `"hostname": "${id}"`);
    return index === 1234 ? text.replace('"status": 4', '"status": "4"') : text;
  });
  return Buffer.from(`[${all.join(',')}]`);
}

/**
 * The longest that this thread worked in one turn of its loop, in milliseconds of its own processor
 * time: what others do with the machine meanwhile does not count.
 */
async function longestTurn<T>(work: Promise<T>): Promise<{ value: T; longest: number }> {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let ended = false;
  const turns = async () => {
    let longest = 0;
    for (let before = spent(); ; ) {
      await new Promise(setImmediate);
      const now = spent();
      longest = Math.max(longest, now - before);
      before = now;
      // Asked only now: the turn in which it ended counts too.
      if (ended) return longest;
    }
  };
  const watching = turns();
  const value = await work;
  ended = true;
  return { value, longest: await watching };
}

let stub: MaasStub;
let maas: Maas;
let body: Buffer;
beforeAll(async () => {
  body = bigList(MACHINES);
  stub = await MaasStub.start(({ path, op }, response) => {
    if (path.endsWith('/version/')) return { version: '3.3.11', capabilities: [] };
    const large = (bytes: Buffer) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(bytes);
      return ANSWERED;
    };
    if (op === 'power_parameters') return large(Buffer.from(`{"a":"${'x'.repeat(300_000)}`));
    if (path.includes('results')) return large(Buffer.from(`{"a":"${'x'.repeat(300_000)}"}`));
    return large(body);
  });
  maas = await openMaas(
    { name: 'm', address: stub.address },
    async () => 'Consumer1:Token1:Secret1',
    {
      clock: new SteppedClock(),
    },
  );
});
afterAll(async () => {
  await maas.close();
  await stub.stop();
});

describe('a large answer', () => {
  test(`of ${MACHINES} machines, 38 MB, is read whole, and never holds this thread up for a frame`, async () => {
    expect(body.length).toBeGreaterThan(37_000_000);
    const { value, longest } = await longestTurn(maas.machines.list());
    expect(value.items).toHaveLength(MACHINES - 1);
    expect(value.items.at(-1)).toMatchObject({ id: 'm01999', status: 'ready', cpus: 4 });
    expect(value.unreadable).toEqual([
      { what: 'm01234', expected: expect.stringMatching(/^status: /) },
    ]);
    expect(longest).toBeLessThan(FRAME_MS);
  });

  test('is left whole for others who read it, whatever buffers its pieces are part of', async () => {
    const whole = bigList(100);
    const pieces = async function* () {
      for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536);
    };
    const before = whole.length;
    expect((await readBody('m', 'machines', pieces(), 1e9)).items).toHaveLength(100);
    expect([whole.length, whole.at(0)]).toEqual([before, '['.charCodeAt(0)]);
    const error = await errorOf(readBody('m', 'machines', pieces(), 1_000_000));
    expect([error.code, error.params.limit]).toEqual(['maas-answer-too-large', 1_000_000]);
  });

  test('that is not JSON, or not a list, says so as a small one does', async () => {
    const broken = await errorOf(maas.power.settings('abc'));
    expect([broken.code, broken.detail]).toEqual(['maas-answer-unexpected', 'JSON']);
    const other = await errorOf(maas.scripts.history('abc'));
    expect([other.code, other.detail]).toEqual(['maas-answer-unexpected', 'a list']);
  });

  test('that is cancelled in the middle ends, with its thread', async () => {
    const stop = new AbortController();
    const reading = errorOf(maas.machines.list({}, { signal: stop.signal }));
    setTimeout(() => stop.abort(), 30);
    expect((await reading).code).toBe('cancelled');
  });
});
