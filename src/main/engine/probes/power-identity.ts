import { quote } from '../../../contract/shell-quote.ts';
import { hostToken } from '../../ssh/known-hosts.ts';
import { type Probe, ProbeAnswerError, quick } from '../probe.ts';
import type { MaasKind } from './maas-server.ts';

/**
 * As whom MAAS asks a hypervisor: packages run it as the account `maas` (maas-rackd.service), whose
 * home is what the system says it is; a snap runs as root in a home of its own (snapcraft.yaml,
 * layout /root). Sets `u` and `h`; `as` runs a command as that account.
 */
export const IDENTITY_SHELL: Record<MaasKind, string> = {
  deb: `u=maas; e=$(getent passwd maas) || { echo "no account"; exit 0; }
h=$(printf '%s\\n' "$e" | cut -d: -f6)
as() { sudo -n -u maas -H "$@"; }
`,
  snap: `u=root; h=/var/snap/maas/current/root; e=
[ -d /var/snap/maas/current ] || { echo "no account"; exit 0; }
as() { "$@"; }
`,
};

/** Kinds of keys, the best first, as ssh itself looks for them (ssh(1), -i). */
const KEY_TYPES = ['ed25519', 'ecdsa', 'rsa'] as const;

export interface IdentityKey {
  readonly path: string;
  /** Type and blob, without the comment. */
  readonly publicKey: string;
  /** It has a passphrase: MAAS could not use it. */
  readonly locked: boolean;
}

export interface PowerIdentity {
  /** Undefined when MAAS's account does not exist. */
  readonly home: string | undefined;
  readonly homeExists: boolean;
  /** Login shell; empty for a snap. */
  readonly shell: string;
  /** The key that ssh offers first. */
  readonly key: IdentityKey | undefined;
  /** As `ssh -V` says it: major and minor. */
  readonly openssh: number | undefined;
}

const bare = (line: string): string => line.trim().split(/\s+/).slice(0, 2).join(' ');

/** `OpenSSH_6.6.1p1 Ubuntu-2ubuntu2, …` */
const opensshOf = (text: string): number | undefined => {
  const found = /OpenSSH_(\d+\.\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number.parseFloat(found);
};

export function powerIdentity(kind: MaasKind): Probe<PowerIdentity> {
  return quick({
    key: `power-identity ${kind}`,
    sudo: true,
    shown: kind === 'snap' ? 'ls -l /var/snap/maas/current/root/.ssh' : 'getent passwd maas',
    script: `${IDENTITY_SHELL[kind]}echo "home $h"; echo "shell $(printf '%s\\n' "$e" | cut -d: -f7)"
[ ! -d "$h" ] || echo exists
ssh -V 2>&1
for t in ${KEY_TYPES.join(' ')}; do
  k=$h/.ssh/id_$t; [ -e "$k" ] || continue
  if p=$(ssh-keygen -y -P '' -f "$k" 2>/dev/null </dev/null); then echo "key open $k $p"
  else echo "key locked $k $(cat "$k.pub" 2>/dev/null)"; fi
done
exit 0`,
    parse: ({ text }) => {
      const openssh = opensshOf(text);
      const home = /^home (.+)$/m.exec(text)?.[1];
      if (home === undefined && !/^no account$/m.test(text)) {
        throw new ProbeAnswerError('the account of MAAS');
      }
      const key = /^key (open|locked) (\S+) ?(.*)$/m.exec(text);
      return {
        home,
        homeExists: /^exists$/m.test(text),
        shell: /^shell (.*)$/m.exec(text)?.[1] ?? '',
        key: key?.[2]
          ? { path: key[2], publicKey: bare(key[3] ?? ''), locked: key[1] === 'locked' }
          : undefined,
        openssh,
      };
    },
  });
}

export interface HostKeys {
  /** Type and blob of each key that the server shows. */
  readonly keys: readonly string[];
  readonly openssh: number | undefined;
}

/**
 * The keys by which a host shows itself, as it tells over our own connection. That was made to the key
 * which this lab trusts, so they are worth as much as that one; a scan of the network would not be.
 */
export const hostKeys: Probe<HostKeys> = quick({
  key: 'host-keys',
  sudo: true,
  script: `ssh -V 2>&1
f=$(sshd -T 2>/dev/null | sed -n 's/^hostkey //p')
[ -n "$f" ] || f=$(ls /etc/ssh/ssh_host_*_key 2>/dev/null)
for k in $f; do
  [ -e "$k" ] || continue
  if [ -e "$k.pub" ]; then sed 's/^/key /' "$k.pub"; else ssh-keygen -y -P '' -f "$k" </dev/null 2>/dev/null | sed 's/^/key /'; fi
done
exit 0`,
  shown: 'cat /etc/ssh/ssh_host_*_key.pub',
  parse: ({ text }) => {
    const keys = [...text.matchAll(/^key ((?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+)/gm)];
    if (keys.length === 0) throw new ProbeAnswerError('/etc/ssh/ssh_host_*_key.pub');
    return { keys: [...new Set(keys.map(([, key = '']) => key))], openssh: opensshOf(text) };
  },
});

export interface Where {
  readonly address: string;
  readonly port: number;
}

/** A line of known_hosts (sshd(8)). */
export const knownHostLine = ({ address, port }: Where, key: string): string =>
  `${hostToken(address, port)} ${key}`;

/** Which keys MAAS's account knows a host by; hashed names are found too (ssh-keygen(1), -F). */
export function knownKeys(kind: MaasKind, { address, port }: Where): Probe<readonly string[]> {
  const token = hostToken(address, port);
  return quick({
    key: `known-keys ${kind} ${token}`,
    sudo: true,
    shown: `ssh-keygen -F ${token}`,
    script: `${IDENTITY_SHELL[kind]}f=$h/.ssh/known_hosts; [ -e "$f" ] || exit 0
ssh-keygen -F ${quote(token)} -f "$f" 2>/dev/null
exit 0`,
    parse: ({ text }) =>
      [...text.matchAll(/^[^#@\s]\S* ((?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+)/gm)].map(
        ([, key = '']) => key,
      ),
  });
}

/** Whether the login user lets a key in, without restrictions or with. */
export function authorizedKey(publicKey: string): Probe<boolean> {
  const blob = publicKey.split(' ')[1] ?? '';
  return quick({
    key: `authorized-key ${blob.slice(-32)}`,
    shown: 'cat ~/.ssh/authorized_keys',
    script: `if grep -qF -e ${quote(blob)} "$HOME/.ssh/authorized_keys" 2>/dev/null; then echo present; else echo absent; fi`,
    parse: ({ text }) => text.trim() === 'present',
  });
}

export interface PowerAnswer {
  readonly exitCode: number;
  readonly said: string;
  /** The host has been started since the client was installed. */
  readonly restarted: boolean;
}

/** A connection that hangs is given up before the probe's own limit, so that it can be told apart. */
const ASK_SECONDS = 25;

/**
 * What MAAS would ask, from the account that it asks as. When the host was started is when its first
 * process was (proc(5)): the kernel of a container is older than that.
 */
export function powerAnswer(kind: MaasKind, uri: string, machine: string): Probe<PowerAnswer> {
  const command =
    kind === 'snap'
      ? `/snap/bin/maas.power status virsh --power-address ${quote(uri)} --power-id ${quote(machine)}`
      : `virsh -c ${quote(uri)} list --all`;
  return quick({
    key: `power-answer ${kind} ${uri}`,
    sudo: true,
    seconds: ASK_SECONDS + 15,
    shown: kind === 'snap' ? command : `sudo -u maas ${command}`,
    script: `${IDENTITY_SHELL[kind]}cd /
timeout ${ASK_SECONDS} ${kind === 'snap' ? '' : 'sudo -n -u maas -H '}${command} 2>&1 </dev/null
echo "exit $?"
b=$(sed -n 's/^btime //p' /proc/stat)
b=$((b + $(cut -d' ' -f22 /proc/1/stat) / $(getconf CLK_TCK)))
for f in /var/lib/dpkg/info/libvirt-clients.list /var/lib/dpkg/info/libvirt-bin.list; do
  [ ! -e $f ] || [ "$b" -gt "$(stat -c %Y $f)" ] || echo "not restarted since"
done
exit 0`,
    parse: ({ text }) => {
      const exit = /^exit (\d+)$/m.exec(text);
      if (exit === null) throw new ProbeAnswerError(command);
      return {
        exitCode: Number(exit[1]),
        said: text.slice(0, exit.index).trim(),
        restarted: !/^not restarted since$/m.test(text),
      };
    },
  });
}
