import { z } from 'zod';
import { onDemand, ProbeAnswerError } from '../probe.ts';

/** Whoever wants to measure has so long to switch a machine on: firmware of servers is slow. */
const WAIT_SECONDS = 600;
/** A port without PortFast is closed for 50 s at most (IEEE 802.1D: 20 + 15 + 15). */
const CLOSED_SECONDS = 60;
/** The port is open and nothing has come: firmware that asks again does so within this. */
const GIVEN_UP_SECONDS = 8;

/**
 * Watches a bridge from below (AF_PACKET, packet(7)) and the list of its ports (rtnetlink(7)): when
 * a port came up, when the machine behind it first asked for an address to boot from the network, and
 * when such a request got through the bridge. The filter is what `tcpdump -dd ip and udp dst port 67`
 * prints, so that other frames cost nothing. Nothing is sent.
 */
const WATCH = `import ctypes, os, select, socket, struct, sys, time
bridge, wait, closed, patience = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
own = socket.if_nametoindex(bridge)
ports = '/sys/class/net/%s/brif' % bridge
rules = [(0x28, 0, 0, 12), (0x15, 0, 8, 0x800), (0x30, 0, 0, 23), (0x15, 0, 6, 17), (0x28, 0, 0, 20), (0x45, 4, 0, 0x1fff),
         (0xb1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 0, 1, 67), (6, 0, 0, 0x40000), (6, 0, 0, 0)]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *rule) for rule in rules))
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HL', len(rules), ctypes.addressof(code)))
news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
news.bind((0, 1))
began = time.monotonic()
old = set(os.listdir(ports))
links, asked = {}, {}

def say(*words):
    print(*words)
    sys.stdout.flush()

def read_news(data, now):
    while len(data) >= 32:
        size, kind = struct.unpack_from('=IH', data)
        flags, name, master, at = struct.unpack_from('=I', data, 24)[0], '', 0, 32
        while at + 4 <= size:
            length, what = struct.unpack_from('=HH', data, at)
            if length < 4:
                break
            if what == 3:
                name = data[at + 4:at + length].split(b'\\0')[0].decode()
            elif what == 10:
                master = struct.unpack_from('=I', data, at + 4)[0]
            at += (length + 3) & ~3
        if kind == 17 and bytearray(data)[16] == 0:
            links.pop(name, None)
            old.discard(name)
        elif kind == 16 and master == own and flags & 0x10000 and name not in old and name not in links:
            links[name] = now
            say('link', name, now)
        data = data[(size + 3) & ~3:]

def asks(frame):
    ip = bytearray(frame[14:])
    body = ip[(ip[0] & 15) * 4 + 8:]
    if len(body) < 241 or body[0] != 1 or body[236:240] != bytearray([99, 130, 83, 99]):
        return None
    options, at = {}, 240
    while at + 1 < len(body) and body[at] != 255:
        if body[at] == 0:
            at += 1
            continue
        options[body[at]] = body[at + 2:at + 2 + body[at + 1]]
        at += 2 + body[at + 1]
    if options.get(53) != b'\\1' or not options.get(60, b'').startswith(b'PXEClient'):
        return None
    return ':'.join('%02x' % byte for byte in body[28:34])

def is_open(port):
    try:
        with open('%s/%s/state' % (ports, port)) as state:
            return state.read().strip() == '3'
    except IOError:
        return False

say('watching')
end, waiting = wait, None
while True:
    now = int((time.monotonic() - began) * 1000)
    if now >= end * 1000:
        break
    if waiting and is_open(waiting):
        say('open', waiting, now)
        end, waiting = now / 1000.0 + patience, None
    ready = select.select([raw, news], [], [], 0.2 if waiting else 1)[0]
    now = int((time.monotonic() - began) * 1000)
    if news in ready:
        read_news(news.recv(65536), now)
    if raw not in ready:
        continue
    frame, where = raw.recvfrom(2048)
    mac = asks(frame)
    if mac is None or where[2] == 4:
        continue
    if where[0] == bridge:
        say('through', mac, now)
        break
    if os.path.exists('%s/%s' % (ports, where[0])):
        say('asks', mac, where[0], now)
        if mac not in asked and where[0] in links:
            end, waiting = now / 1000.0 + closed, where[0]
        asked[mac] = now
say('end')
`;

/** How a machine's first request for the network fared, in seconds. */
export const PortDelay = z.object({
  mac: z.string(),
  /** From when its port came up; undefined for one behind a port that was up before. */
  sinceLink: z.number().optional(),
  /** From when it first asked at its port. */
  sinceAsked: z.number(),
  requests: z.number(),
  /** Whether a request got through the bridge; else the times are those of the port's opening. */
  through: z.boolean(),
});
export type PortDelay = z.infer<typeof PortDelay>;

function parse(text: string): PortDelay {
  const words = text.split('\n').map((line) => line.trim().split(' '));
  const of = (head: string) => words.filter(([first]) => first === head);
  const asks = of('asks').map(([, mac = '', port = '', at]) => ({ mac, port, at: Number(at) }));
  const [through] = of('through').map(([, mac = '', at]) => ({ mac, at: Number(at) }));
  const links = of('link');
  const isNew = (port: string) => links.some(([, name]) => name === port);
  const mac = through?.mac ?? (asks.find(({ port }) => isNew(port)) ?? asks[0])?.mac;
  if (mac === undefined) throw new ProbeAnswerError('a machine that boots from the network');
  const own = asks.filter((each) => each.mac === mac);
  const port = own[0]?.port;
  const link = links.find(([, name]) => name === port)?.[2];
  const opened = of('open').find(([, name]) => name === port)?.[2];
  const first = own[0]?.at ?? through?.at ?? 0;
  const last =
    through?.at ?? (opened === undefined ? first + CLOSED_SECONDS * 1000 : Number(opened));
  return PortDelay.parse({
    mac,
    ...(link === undefined ? {} : { sinceLink: (last - Number(link)) / 1000 }),
    sinceAsked: Math.max(0, last - first) / 1000,
    requests: Math.max(1, own.length),
    through: through !== undefined,
  });
}

/** Measures at the next machine that is switched on; begun by a person, who does that. */
export function portDelay(bridge: string) {
  return onDemand<PortDelay>({
    key: `port-delay ${bridge}`,
    seconds: WAIT_SECONDS + CLOSED_SECONDS + 30,
    script: `command -v python3 >/dev/null || { echo "no python3"; exit 3; }
python3 - ${bridge} ${WAIT_SECONDS} ${CLOSED_SECONDS} ${GIVEN_UP_SECONDS} <<'LABWRIGHT_PY'
${WATCH}LABWRIGHT_PY
`,
    shown: `ip monitor link; tcpdump -i any 'udp dst port 67'   # ${bridge}`,
    parse: ({ exitCode, text }) => {
      if (exitCode === 3) throw new ProbeAnswerError('python3 on the host, to watch the bridge');
      if (exitCode !== 0 || !/^end$/m.test(text)) {
        throw new ProbeAnswerError('the end of the watch on the bridge');
      }
      return parse(text);
    },
  });
}
