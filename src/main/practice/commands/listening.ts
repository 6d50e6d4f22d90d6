import { snapMode } from '../maas-packages.ts';
import type { Machine } from '../machine.ts';
import type { Program, Programs } from '../program.ts';

/** ss(8) -lntup and initctl(8) list, of what the practice server has. */

interface Socket {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly owner: string;
}

function sockets(machine: Machine): Socket[] {
  const { units } = machine;
  const found: Socket[] = [{ protocol: 'tcp', port: 22, owner: 'sshd' }];
  if (units.isActive('apache2.service'))
    found.push({ protocol: 'tcp', port: 80, owner: 'apache2' });
  if (units.isActive('bind9.service')) {
    found.push({ protocol: 'udp', port: 53, owner: 'named' });
    found.push({ protocol: 'tcp', port: 53, owner: 'named' });
  }
  if (units.isActive('maas-proxy.service'))
    found.push({ protocol: 'tcp', port: 8000, owner: 'squid3' });
  if (snapMode(machine) !== 'none') found.push({ protocol: 'tcp', port: 5240, owner: 'nginx' });
  return found;
}

const ss: Program = (_args, io) => {
  io.out('Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:Port\n');
  const old = io.machine.options.release === 'trusty';
  for (const { protocol, port, owner } of sockets(io.machine)) {
    const state = protocol === 'tcp' ? 'LISTEN' : 'UNCONN';
    const address = `${old ? '*' : '0.0.0.0'}:${port}`;
    const peer = old ? '*:*' : '0.0.0.0:*';
    // Who it is, the kernel tells root alone. 14.04 has iproute2 3.12, which writes it shorter.
    const who = old ? `users:(("${owner}",900,4))` : `users:(("${owner}",pid=900,fd=4))`;
    const shown = io.session.uid === 0 ? ` ${who}` : '';
    io.out(`${protocol}   ${state} 0      128    ${address}  ${peer}${shown}\n`);
  }
  return 0;
};

export const listening: Programs = { ss };

/** Upstart's list of the jobs that are no init scripts; Apache, BIND and PostgreSQL are such. */
export const initctl: Program = (args, io) => {
  if (args[0] !== 'list') {
    io.err(`initctl: invalid command: ${args[0] ?? ''}\n`);
    return 1;
  }
  for (const { name, active } of io.machine.units.list()) {
    const job = name.replace(/\.service$/, '');
    if (!/^(maas-|ssh$|cron$)/.test(job)) continue;
    io.out(`${job} ${active === 'active' ? 'start/running, process 900' : 'stop/waiting'}\n`);
  }
  return 0;
};
