import { z } from 'zod';
import { costly, ProbeAnswerError, quick } from '../probe.ts';
import { BRIDGE_SHELL } from './bridge-shell.ts';

export interface LibvirtService {
  readonly answers: boolean;
  /** What virsh said, when it did not answer. */
  readonly said: string;
}

/** Whether libvirt answers on the host itself. */
export const libvirtService = quick<LibvirtService>({
  key: 'libvirt-service',
  sudo: true,
  script: 'virsh -q -c qemu:///system uri 2>&1',
  parse: ({ exitCode, text }) => ({ answers: exitCode === 0, said: text.trim() }),
});

export interface LibvirtGroups {
  /** The groups that may use libvirt on this system: `libvirt`, before 17.04 `libvirtd`. */
  readonly existing: readonly string[];
  /** Those of them that the login user is in. */
  readonly joined: readonly string[];
}

/** Who may use libvirt without being root; MAAS logs in as this user. */
export const libvirtGroups = quick<LibvirtGroups>({
  key: 'libvirt-groups',
  script: `for g in libvirt libvirtd; do getent group "$g" | sed 's/:.*//;s/^/group /'; done
id -Gn "$(id -un)" | tr ' ' '\\n' | sed 's/^/member /'`,
  parse: ({ text }) => {
    const words = (kind: string) =>
      [...text.matchAll(new RegExp(`^${kind} (\\S+)$`, 'gm'))].map(([, name = '']) => name);
    const members = words('member');
    if (members.length === 0) throw new ProbeAnswerError('the groups of the login user');
    const existing = words('group');
    return { existing, joined: existing.filter((group) => members.includes(group)) };
  },
});

export const BridgeFact = z.object({
  /** Undefined while there is no such bridge. */
  bridge: z
    .object({ ports: z.array(z.string()), stp: z.boolean(), addresses: z.array(z.string()) })
    .optional(),
  uplink: z.object({ exists: z.boolean(), mac: z.string(), addresses: z.array(z.string()) }),
  /** What configures the network at boot. */
  configuredBy: z.enum(['netplan', 'ifupdown', 'unknown']),
  /** The file that configures the uplink: path, text, and mode as chmod takes it. */
  file: z.object({ path: z.string(), text: z.string(), mode: z.string() }).optional(),
  /** Other files that name the uplink: then it is not for us to change. */
  alsoIn: z.array(z.string()),
});
export type BridgeFact = z.infer<typeof BridgeFact>;

function lines(text: string, head: string): string[] {
  return [...text.matchAll(new RegExp(`^${head} (.+)$`, 'gm'))].map(([, rest = '']) => rest.trim());
}

/** A bridge, the interface that shall join it, and what configures that interface at boot. */
export function bridgeLayout(bridge: string, uplink: string) {
  return quick<BridgeFact>({
    key: `bridge ${bridge} ${uplink}`,
    sudo: true,
    script: `${BRIDGE_SHELL}b=${bridge}; u=${uplink}
a() { ip -4 -o addr show dev "$1" scope global 2>/dev/null | awk '{print $4}'; }
if t=$(bridge_state "$b"); then
  set -- $t
  echo "bridge $1"
  shift 2
  for p in "$@"; do echo "port $p"; done
  a "$b" | sed 's/^/bridge-address /'
fi
if t=$(ip -o link show dev "$u" 2>/dev/null); then
  t=\${t#*link/ether }
  echo "uplink \${t%% *}"
  a "$u" | sed 's/^/uplink-address /'
fi
if command -v netplan >/dev/null 2>&1 && ls /etc/netplan/*.yaml >/dev/null 2>&1; then
  echo "by netplan"
  f=$(grep -lE "^[[:space:]]+['\\"]?$u['\\"]?:" /etc/netplan/*.yaml 2>/dev/null)
elif command -v ifup >/dev/null 2>&1; then
  echo "by ifupdown"
  f=$(grep -lE "^[[:space:]]*iface[[:space:]]+$u[[:space:]]" /etc/network/interfaces /etc/network/interfaces.d/* 2>/dev/null)
fi
for p in $f; do
  echo "file $(stat -c %a "$p") $p"
  sed 's/^/ /' "$p"
done`,
    shown: `ip addr; ip -d link show ${bridge}; cat /etc/netplan/*.yaml /etc/network/interfaces`,
    parse: ({ text }) => {
      const files: { path: string; mode: string; text: string }[] = [];
      for (const line of text.split('\n')) {
        const head = /^file (\d+) (\/\S+)$/.exec(line);
        if (head) files.push({ mode: head[1] ?? '', path: head[2] ?? '', text: '' });
        const last = files.at(-1);
        if (last && line.startsWith(' ')) last.text += `${line.slice(1)}\n`;
      }
      const [stp] = lines(text, 'bridge');
      const [file, ...others] = files;
      return BridgeFact.parse({
        ...(stp === undefined
          ? {}
          : {
              bridge: {
                ports: lines(text, 'port'),
                stp: stp !== '0',
                addresses: lines(text, 'bridge-address'),
              },
            }),
        uplink: {
          exists: lines(text, 'uplink').length > 0,
          mac: lines(text, 'uplink')[0] ?? '',
          addresses: lines(text, 'uplink-address'),
        },
        configuredBy: lines(text, 'by')[0] ?? 'unknown',
        ...(file === undefined ? {} : { file }),
        alsoIn: others.map(({ path }) => path),
      });
    },
  });
}

export interface DhcpAnswers {
  /** Addresses of the servers that offered something. */
  readonly servers: readonly string[];
}

/** How long an answer may take; servers that probe an address first wait a second or two. */
const DHCP_LISTEN_SECONDS = 6;

/**
 * One DHCPDISCOVER (RFC 2131) from an address that nobody has; what is offered is not taken. The
 * packet leaves by the bridge itself, so nothing of the host's own network is changed.
 */
const DISCOVER = `import os, random, socket, struct, sys, time
nic, seconds = sys.argv[1], float(sys.argv[2])
mac = bytes([2]) + os.urandom(5)
xid = os.urandom(4)
def total(data):
    words = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    words = (words >> 16) + (words & 0xffff)
    return ~(words + (words >> 16)) & 0xffff
dhcp = struct.pack('!BBBB4sHH4s4s4s4s16s64s128s', 1, 1, 6, 0, xid, 0, 0x8000, b'', b'', b'', b'', mac, b'', b'')
dhcp += bytes([99, 130, 83, 99, 53, 1, 1, 55, 2, 1, 3, 255])
udp = struct.pack('!HHHH', 68, 67, 8 + len(dhcp), 0)
head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28 + len(dhcp), 0, 0, 64, 17, 0, bytes(4), b'\\xff' * 4)
head = head[:10] + struct.pack('!H', total(head)) + head[12:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
s.bind((nic, 0))
s.send(b'\\xff' * 6 + mac + b'\\x08\\x00' + head + udp + dhcp)
end = time.time() + seconds
while time.time() < end:
    s.settimeout(max(0.05, end - time.time()))
    try:
        frame = s.recv(2048)
    except socket.timeout:
        break
    ip = frame[14:]
    if len(ip) < 28 or ip[9] != 17:
        continue
    body = ip[(ip[0] & 15) * 4:]
    if body[:4] != struct.pack('!HH', 67, 68) or body[8:9] != b'\\x02' or body[12:16] != xid:
        continue
    server, at = socket.inet_ntoa(ip[12:16]), 248
    while at + 1 < len(body) and body[at] != 255:
        if body[at] == 0:
            at += 1
            continue
        if body[at] == 54 and body[at + 1] == 4:
            server = socket.inet_ntoa(body[at + 2:at + 6])
        at += 2 + body[at + 1]
    print('offer', server)
print('listened')
`;

/** Who answers DHCP on a bridge (users.md D19). Sends one packet and listens. */
export const dhcpAnswers = (bridge: string) => askDhcp(bridge, '', bridge);

/**
 * The same where only the hardware address of the interface is known. Of several that bear it, one
 * that was made later (a bridge of which the first is a port) is what gets the answers.
 */
export const dhcpAnswersByMac = (mac: string) =>
  askDhcp(
    mac,
    `nic=$(ip -o link show | sed -n 's|^[0-9]*: \\([^:@]*\\).* link/ether ${mac} .*|\\1|p' | tail -n 1)
[ -n "$nic" ] || { echo "no interface ${mac}"; exit 4; }
`,
    '"$nic"',
  );

function askDhcp(place: string, prepare: string, nic: string) {
  return costly<DhcpAnswers>({
    key: `dhcp ${place}`,
    seconds: DHCP_LISTEN_SECONDS + 10,
    maxAgeSeconds: 600,
    script: `command -v python3 >/dev/null || { echo "no python3"; exit 3; }
${prepare}python3 - ${nic} ${DHCP_LISTEN_SECONDS} <<'LABWRIGHT_PY'
${DISCOVER}LABWRIGHT_PY
`,
    shown: `DHCPDISCOVER on ${place}, ${DHCP_LISTEN_SECONDS} s`,
    parse: ({ exitCode, text }) => {
      if (exitCode === 4) throw new ProbeAnswerError(`an interface with the address ${place}`);
      if (exitCode === 3)
        throw new ProbeAnswerError('python3 on the host, to look for DHCP servers');
      if (exitCode !== 0 || !/^listened$/m.test(text)) {
        throw new ProbeAnswerError('the end of the search for DHCP servers');
      }
      return { servers: [...new Set(lines(text, 'offer'))] };
    },
  });
}
