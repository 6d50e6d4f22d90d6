import { type Program, pause } from '../program.ts';

/** How our own search for DHCP servers (engine/probes/kvm.ts) is known: it builds the packet by hand. */
const DISCOVER = "struct.pack('!HHHH', 68, 67, 8 + len(dhcp), 0)";
/** How our watch on a bridge (engine/probes/port-delay.ts) is known. */
const WATCH = "ports = '/sys/class/net/%s/brif' % bridge";
/** Nobody is there who could answer, so the time it would listen is not waited out. */
const QUIET_MS = 300;

/**
 * No Python runs here. Two scripts are known by their content, and answered as on a network on which
 * nobody gives addresses, and nobody asks for one: the machines here run in name only.
 */
export const python3: Program = async (args, io) => {
  const script = io.stdin.toString('utf8');
  const watch = script.includes(WATCH);
  if (args[0] !== '-' || !(watch || script.includes(DISCOVER))) {
    io.err('python3: the practice lab has no Python, it only looks for DHCP\n');
    return 1;
  }
  const name = args[1] ?? '';
  const one = io.machine.network.get(name);
  const at = (text: string) => script.slice(0, script.indexOf(text)).split('\n').length;
  const failed = (line: number, error: string) => {
    io.err(
      `Traceback (most recent call last):\n  File "<stdin>", line ${line}, in <module>\n${error}\n`,
    );
    return 1;
  };
  if (watch) {
    if (one === undefined)
      return failed(at('own = socket'), 'OSError: no interface with this name');
    io.out('watching\n');
    await pause(Number(args[2]) * 1000, io.signal);
    io.out('end\n');
    return 0;
  }
  if (io.session.uid !== 0)
    return failed(at('s = socket.socket'), 'PermissionError: [Errno 1] Operation not permitted');
  if (one === undefined) return failed(at('s.bind('), 'OSError: [Errno 19] No such device');
  if (!one.up) return failed(at('s.send('), 'OSError: [Errno 100] Network is down');
  await pause(QUIET_MS, io.signal);
  io.out('listened\n');
  return 0;
};
