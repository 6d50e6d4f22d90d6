// Proves that a host of the bed is the real thing: real systemd, real ssh, real sudo, real disks.
// Run with: node test/bed/run-in-bed.ts node_modules/vitest/vitest.mjs run --dir test/bed

import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bed, type Host, openBed } from './bed.ts';
import { hardwareAddress } from './host-machine.ts';
import { ssh } from './open-ssh.ts';
import { runCommand } from './run-command.ts';
import { sshBanner } from './ssh-banner.ts';
import { until } from './until.ts';

describe('a host of the bed', { timeout: 60_000 }, () => {
  let bed: Bed;
  let host: Host;

  beforeAll(async () => {
    bed = await openBed();
    host = await bed.host({
      name: 'plain',
      diskTmpfs: { path: '/small', sizeBytes: 300_000 },
      readonlyPath: '/frozen',
    });
  }, 120_000);

  afterAll(async () => {
    await bed?.stop();
  }, 60_000);

  it('runs a real systemd that has nothing left to start', async () => {
    const { stdout } = await host.root('systemctl is-system-running; cat /proc/1/comm');
    expect(stdout).toBe('running\nsystemd\n');
  });

  it('lets OpenSSH in with the key and shows the host key it promised', async () => {
    const knownHosts = join(dirname(host.privateKeyPath), 'known_hosts');
    const login = await ssh(host, 'id -un; hostname', {
      knownHosts,
      more: ['-o', 'HostKeyAlgorithms=ssh-ed25519'],
    });
    expect(login).toMatchObject({ code: 0, stdout: 'ubuntu\nplain\n' });
    const seen = await runCommand('ssh-keygen', ['-l', '-f', knownHosts]);
    expect(seen.stdout).toContain(host.hostKeyFingerprint);
  });

  it('lets OpenSSH in with the password and keeps a wrong one out', async () => {
    expect((await ssh(host, 'id -un', { by: 'password' })).stdout).toBe('ubuntu\n');
    const wrong = await ssh(host, 'id -un', { by: 'password', password: 'not this' });
    expect(wrong.code).toBe(255);
    expect(wrong.stderr).toContain('Permission denied');
  });

  it('takes no password where that is off, and no key where there is none', async () => {
    const strict = await bed.host({ name: 'strict', passwordLogin: false });
    const refused = await ssh(strict, 'true', { by: 'password' });
    expect(refused.stderr).toContain('Permission denied (publickey)');
    expect((await ssh(strict, 'true')).code).toBe(0);
    await strict.stop();

    const keyless = await bed.host({ name: 'keyless', keyLogin: false });
    expect((await ssh(keyless, 'true')).code).toBe(255);
    expect((await ssh(keyless, 'true', { by: 'password' })).code).toBe(0);
    await keyless.stop();
  });

  it('has the sbin folders on the path of an ssh command, a login shell and root', async () => {
    expect((await ssh(host, 'command -v sshd')).stdout).toBe('/usr/sbin/sshd\n');
    expect((await ssh(host, "bash -lc 'command -v sshd'")).stdout).toBe('/usr/sbin/sshd\n');
    expect((await host.root('command -v sshd')).stdout).toBe('/usr/sbin/sshd\n');
  });

  it('passes standard input to a command run as root and returns its exit code', async () => {
    const result = await host.root('cat; echo oops >&2; exit 7', { stdin: 'words' });
    expect(result).toEqual({ code: 7, stdout: 'words', stderr: 'oops\n' });
  });

  it('needs no sudo password, needs one, or has no sudo right, as asked', async () => {
    expect((await ssh(host, 'sudo -n id -u')).stdout).toBe('0\n');

    const [asking, denied] = await Promise.all([
      bed.host({ name: 'asking', sudo: 'password' }),
      bed.host({ name: 'denied', sudo: 'denied' }),
    ]);
    const silent = await ssh(asking, 'sudo -n id -u');
    expect(silent.code).toBe(1);
    expect(silent.stderr).toContain('a password is required');
    const given = await ssh(asking, "sudo -S -p '' id -u", { stdin: `${asking.password}\n` });
    expect(given.stdout).toBe('0\n');

    const never = await ssh(denied, "sudo -S -p '' id -u", { stdin: `${denied.password}\n` });
    expect(never.code).toBe(1);
    expect(never.stderr).toContain('not in the sudoers file');

    const ids = await Promise.all([host, asking, denied].map((h) => h.root('cat /etc/machine-id')));
    expect(new Set(ids.map((id) => id.stdout)).size).toBe(3);
    await Promise.all([asking.stop(), denied.stop()]);
  });

  it('runs out of space on a small disk and out of luck on a read-only one', async () => {
    const full = await host.root('head -c 400000 /dev/zero > /small/file');
    expect(full.stderr).toContain('No space left on device');
    const frozen = await host.root('touch /frozen/file');
    expect(frozen.stderr).toContain('Read-only file system');
  });

  it('falls silent when its cable is pulled and speaks again when it is back', async () => {
    await host.linkDown();
    expect(await sshBanner(host.address, 300)).toBeUndefined();
    await host.linkUp();
    expect(await until('a banner', 10_000, () => sshBanner(host.address))).toMatch(/^SSH-2\.0-/);
  });

  it('answers again after its ssh daemon was restarted', async () => {
    await host.restartSshd();
    expect((await ssh(host, 'echo here')).stdout).toBe('here\n');
  });

  it('really reboots: what was in memory is gone, what was on disk is not', async () => {
    await host.root('touch /run/in-memory /var/on-disk; sync');
    await host.reboot();
    const { stdout } = await ssh(host, 'ls /run/in-memory /var/on-disk 2>/dev/null');
    expect(stdout).toBe('/var/on-disk\n');
  });

  it('can speak only what an old ssh daemon spoke', async () => {
    const old = await bed.host({
      name: 'old',
      sshdConfig: ['KexAlgorithms diffie-hellman-group14-sha1', 'HostKeyAlgorithms ssh-rsa'],
    });
    const modern = await ssh(old, 'true');
    expect(modern.stderr).toMatch(/no matching (host key type|key exchange method) found/);
    const more = ['-o', 'KexAlgorithms=+diffie-hellman-group14-sha1'];
    const lenient = await ssh(old, 'echo in', {
      more: [...more, '-o', 'HostKeyAlgorithms=+ssh-rsa'],
    });
    expect(lenient.stdout).toBe('in\n');
    await old.stop();
  });

  it('is wholly gone once stopped, and its address is free again', async () => {
    const brief = await bed.host({ name: 'brief', address: '10.77.9.200' });
    // Other files have hosts on this bridge too: the cable is known by what is at its other end.
    const cables = async () => {
      const { stdout } = await runCommand('bridge', ['fdb', 'show', 'br', 'br0']);
      return stdout.split('\n').filter((line) => line.startsWith(hardwareAddress('10.77.9.200')));
    };
    expect((await cables()).length).toBeGreaterThan(0);
    await brief.stop();
    expect(await sshBanner('10.77.9.200', 300)).toBeUndefined();
    expect(await cables()).toEqual([]);
    const again = await bed.host({ name: 'brief', address: '10.77.9.200' });
    expect((await ssh(again, 'hostname')).stdout).toBe('brief\n');
    await again.stop();
  });
});
