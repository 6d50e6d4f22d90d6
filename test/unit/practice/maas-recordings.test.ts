import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegionMachine } from '../../../src/main/practice/maas/machine.ts';
import {
  type PracticeMaas,
  startPracticeMaas,
} from '../../../src/main/practice/maas/practice-maas.ts';
import { Fields } from '../../../src/main/practice/maas/request-form.ts';
import { bodyOf, type Recording, recording, recordingNames } from '../maas/recordings.ts';
import { ManualTime } from '../support/manual-time.ts';

const ADMIN = {
  consumer: 'EXAMPLE02xxxxxxxxx',
  token: 'EXAMPLE09xxxxxxxxx',
  secret: 'EXAMPLE04xxxxxxxxxxxxxxxxxxxxxxx',
};
const START = 1_795_332_062_000;
const time = new ManualTime(START);

const jammy = recording('073-boot-resource-one').response.body_json as {
  readonly subarches: string;
  readonly sets: Record<string, { files: Record<string, { size: number; sha256: string }> }>;
};

let maas: PracticeMaas;
beforeAll(async () => {
  maas = await startPracticeMaas({
    line: '3.3',
    time,
    // Nothing that the recorded lab had to drive was there: only its answers were.
    iron: {
      query: ({ powerType }) =>
        powerType === 'ipmi' ? 'silent' : { failed: 'Failed to login to virsh console.' },
      power: ({ powerType }) =>
        powerType === 'ipmi' ? 'silent' : { failed: 'Failed to login to virsh console.' },
      hardware: () => ({ cpus: 4, memoryMib: 16_384, disksBytes: [250_000_000_000] }),
    },
    streams: () => [
      {
        os: 'ubuntu',
        release: 'jammy',
        arch: 'amd64',
        kernel: 'ga-22.04',
        subarches: jammy.subarches,
        version: '20240501',
        label: 'stable',
        files: jammy.sets['20240501']?.files ?? {},
      },
    ],
    admin: { name: 'admin', email: 'admin@example.com', password: 'admin' },
    key: Object.values(ADMIN).join(':'),
    rack: { id: 'xymd3n', hostname: 'vm' },
    networks: [
      { cidr: '10.20.30.0/24', address: '10.20.30.2' },
      { cidr: '192.168.77.0/24', address: '192.168.77.2' },
    ],
  });
});
afterAll(() => maas.close());

/** What the recorder did, or what happened by itself, before a request and without being recorded. */
const MEANWHILE: Readonly<Record<string, () => void>> = {
  '071': () => {
    maas.region.images.startImport();
    pass(2);
  },
  '072': () => pass(5),
  '163': () => maas.region.lifecycle.boots.commission(named('node1')),
  '169': () => maas.region.lifecycle.release(named('node1'), 'admin', ''),
  '178': () => maas.region.lifecycle.boots.install(named('node1')),
  '188': () => {
    maas.region.lifecycle.deploy(named('node1'), 'admin', new Fields([]));
    maas.region.lifecycle.boots.install(named('node1'));
  },
  '213': () => pass(60),
  '221': () => {
    const badc = added('badc', '52:54:00:00:01:01');
    names.set('bpa7gq', badc.id);
    maas.region.lifecycle.boots.commission(badc, {
      script: 'maas-lshw',
      exit: 1,
      stdout: "<?xml version='1.0'?><list/>",
      stderr: 'boom\n',
    });
  },
  '223': () => {
    const { lifecycle } = maas.region;
    const badd = added('badd', '52:54:00:00:01:02');
    names.set('xmwcm6', badd.id);
    lifecycle.boots.commission(badd);
    lifecycle.deploy(badd, 'admin', new Fields([['distro_series', 'jammy']]));
    lifecycle.boots.install(badd, { exit: 1, stdout: 'fake curtin log: FAILED\n', stderr: '' });
  },
};

const pass = (seconds: number): void => time.moveTo(time.now() + seconds * 1000);

function named(hostname: string): RegionMachine {
  const found = maas.region.machines.all.find((machine) => machine.hostname === hostname);
  if (found === undefined) throw new Error(`no machine ${hostname}`);
  return found;
}

/** A machine that commissions, as the recorder's next one did. */
function added(hostname: string, mac: string): RegionMachine {
  const form = new Fields([
    ['architecture', 'amd64'],
    ['mac_addresses', mac],
    ['power_type', 'manual'],
    ['hostname', hostname],
    ['testing_scripts', 'none'],
  ]);
  const machine = maas.region.machines.create(form);
  maas.region.lifecycle.commission(machine, 'admin', form);
  return machine;
}

/** Recorded IDs of machines, keys and tokens, and what stands for them here. */
const names = new Map<string, string>();
const here = (value: string): string => names.get(value) ?? value;
const translated = (text: string): string =>
  [...names].reduce((all, [recorded, ours]) => all.replaceAll(recorded, ours), text);

/** Values that are of one run alone: they are compared by their form. */
const OF_ONE_RUN: Readonly<Record<string, string>> = {
  created: 'date',
  updated: 'date',
  started: 'date',
  ended: 'date',
  last_ping: 'date',
  runtime: 'duration',
  starttime: 'time',
  endtime: 'time',
  uuid: 'uuid',
  // Of what was uploaded, which was not recorded.
  sha256: 'hash',
  token: 'token',
  token_key: 'token',
  token_secret: 'token',
  consumer_key: 'token',
};

function normal(value: unknown, key = ''): unknown {
  if (value === null) return null;
  if (key === 'history') return 'history';
  if (OF_ONE_RUN[key] !== undefined) return value === '' ? '' : OF_ONE_RUN[key];
  if (typeof value === 'number' && /^(id|.*_id)$/.test(key)) return '#';
  if (typeof value === 'string' && /_ur[il]$/.test(key))
    return translated(value).replace(/\d+/g, '#');
  if (Array.isArray(value)) return value.map((item) => normal(item, key));
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [here(name), normal(item, name)]),
    );
  return typeof value === 'string' ? translated(value) : value;
}

/** Learns which of our IDs stands for which recorded one, where both are at the same place. */
function learn(recorded: unknown, ours: unknown): void {
  if (typeof recorded !== 'object' || recorded === null) return;
  if (typeof ours !== 'object' || ours === null) return;
  for (const [key, value] of Object.entries(recorded)) {
    const other = (ours as Record<string, unknown>)[key];
    const named = /^(system_id|token_key|token_secret|consumer_key)$/.test(key);
    // An event has its level beside its ID, and is asked for by it.
    if (key === 'id' && 'level' in recorded) names.set(`before=${value}`, `before=${other}`);
    if (named && typeof value === 'string' && typeof other === 'string' && !names.has(value))
      names.set(value, other);
    learn(value, other);
  }
}

async function send({
  name,
  request,
}: Recording & {
  request: { authorization?: string | null; encoding?: string | null; files?: unknown };
}) {
  const { method, path, form, encoding, authorization, files } = request;
  const url = new URL(translated(path), maas.address);
  const fields = (form ?? []).map(([field, value]): [string, string] => [
    field,
    here(String(value)),
  ]);
  const headers: Record<string, string> = {};
  if (authorization) {
    const secret = name.startsWith('005') ? 'wrong' : secretOf(authorization);
    headers.authorization = translated(authorization).replace('<token_secret>', secret);
  }
  let body: FormData | URLSearchParams | string | undefined;
  if (encoding === 'multipart/form-data') {
    const data = new FormData();
    for (const [field, value] of fields) data.append(field, value);
    if (files) data.append('content', new Blob([new Uint8Array(2000)]), 'content');
    // An empty form has no boundary that a parser would accept.
    body = fields.length === 0 && !files ? undefined : data;
  } else if (encoding === 'application/json') {
    body = JSON.stringify(Object.fromEntries(fields));
    headers['content-type'] = 'application/json';
  } else if (encoding) body = new URLSearchParams(fields);
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function secretOf(authorization: string): string {
  return authorization.includes('EXAMPLE07')
    ? here('EXAMPLE08xxxxxxxxxxxxxxxxxxxxxxx')
    : ADMIN.secret;
}

/** Headers that say something of the answer. */
const HEADERS = [
  'content-type',
  'allow',
  'www-authenticate',
  'retry-after',
  'vary',
  'x-maas-api-hash',
];

describe('the practice region answers as a real one was recorded to', () => {
  test.each(recordingNames)('%s', async (name) => {
    const recorded = recording(name) as Parameters<typeof send>[0] & Recording;
    const stamp = /oauth_timestamp="(\d+)"/.exec(recorded.request.authorization ?? '')?.[1];
    if (stamp !== undefined && !/^00[67]/.test(name)) time.moveTo(Number(stamp) * 1000);
    MEANWHILE[name.slice(0, 3)]?.();
    if (name.startsWith('008')) await send(recorded);
    const ours = await send(recorded);
    const { status, headers } = recorded.response;
    const wanted = bodyOf(recorded);
    const isJson = headers['Content-Type']?.includes('json');
    const [theirBody, ourBody] = isJson
      ? [JSON.parse(wanted), parsed(ours.text)]
      : [wanted, ours.text];
    learn(theirBody, ourBody);
    const shown = Object.fromEntries(
      HEADERS.map((header) => [header, ours.headers.get(header) ?? undefined]),
    );
    const theirs = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]),
    );
    expect({ status: ours.status, body: normal(ourBody) }).toEqual({
      status,
      body: normal(theirBody),
    });
    expect(shown).toEqual(Object.fromEntries(HEADERS.map((header) => [header, theirs[header]])));
  });
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
