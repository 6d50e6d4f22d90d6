import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../../src/main/practice/practice-host.ts';
import { phases } from '../../fixtures/libvirt/recorded-commands.ts';
import { readRecording } from '../../fixtures/libvirt/recording.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/libvirt');

/** What differs between two hosts, and what the bed's container adds (see the recordings' README). */
function normalised(text: string): string {
  return text
    .replaceAll(/sh: (?:line )?\d+: |bash: (?:line \d+: )?/g, 'sh: ')
    .replaceAll('command not found', 'not found')
    .replaceAll(/ link-netnsid \d+|@if\d+/g, '')
    .replaceAll('RTNETLINK answers: Operation not supported\n', '')
    .replaceAll(/^\d+: /gm, 'N: ')
    .replaceAll(/(gc_timer) +\S+/g, '$1 N')
    .replaceAll(/tso_max_size \d+/g, 'tso_max_size N')
    .replaceAll(/\b(?!6f6f5f0e)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replaceAll(/(?<![0-9a-f:])(?!52:54:00:(?:aa|00))(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}\b/g, 'MAC')
    .replaceAll(/8000\.MAC|8000\.[0-9a-f:]+/g, 'BRIDGE')
    .replaceAll(/(libvirt:x):\d+/g, '$1:N')
    .replaceAll(/\d+\.\d+ GiB/g, 'N GiB')
    .replaceAll(
      /(CPU\(s\)|Core\(s\) per socket|CPU frequency|Memory size|CPU time): +\S+/g,
      '$1: N',
    )
    .replaceAll(/(unit='(?:bytes|KiB)'(?: size='4')?)>\d{7,}</g, '$1>N<')
    .replaceAll(/(cores|num)='\d'/g, "$1='N'")
    .replaceAll(/ *<cpu id=.*\n/g, '')
    .replaceAll('ubuntu adm sudo', 'ubuntu')
    .replaceAll(/line \d+, in <module>/g, 'line N, in <module>');
}

/** systemd lists units in no order that means anything. */
const sorted = (text: string): string => text.split('\n').sort().join('\n');

const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.txt')).sort();
const recordings = await Promise.all(
  files.map(async (name) => ({
    name: name.slice(4, -4),
    ...readRecording(await readFile(join(FOLDER, name), 'utf8')),
  })),
);

describe('the practice KVM host answers as the recorded one', () => {
  let host: PracticeHost;

  beforeAll(async () => {
    host = await startPracticeHost({ hostname: 'kvm', sudo: 'no-password', kvm: true });
  });

  afterAll(async () => {
    await host.close();
  });

  test('the recordings are those of the commands that are listed', () => {
    const listed = Object.values(phases).flatMap((commands) => Object.keys(commands));
    expect(recordings.map(({ name }) => name)).toEqual(listed);
  });

  test.each(recordings)('$name', async ({ name, script, exitCode, stdout, stderr }) => {
    if (name === Object.keys(phases.installed ?? {})[0]) {
      const { exitCode: installed } = await host.run(
        'apt-get install -y qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients bridge-utils',
      );
      expect(installed).toBe(0);
    }
    // A real host needs longer than this one.
    const answer = await host.run(
      script.replaceAll(/(?<=sleep )\d/g, '0.1').replaceAll(/(?<=--timeout )\d/g, '1'),
    );
    const shape = (text: string) => sorted(normalised(text));
    expect({
      exitCode: answer.exitCode,
      stdout: normalised(answer.stdout),
      stderr: shape(answer.stderr),
    }).toEqual({ exitCode, stdout: normalised(stdout), stderr: shape(stderr) });
  });
});
