import type { PlanInput } from '../../src/contract/plan.ts';
import type { Host } from '../bed/bed.ts';

export const login = (host: Host) => ({
  address: host.address,
  port: host.port,
  user: host.user,
  auth: { key_file: host.privateKeyPath },
});

/** The plan for a MAAS from packages on a bed host. */
export function maasPlan(host: Host, line: '1.7' | '3.x'): PlanInput {
  return {
    version: 1,
    name: `bed maas ${line}`,
    id: 'bed-maas',
    hosts: { maas: { role: 'maas', ...login(host) } },
    maas: {
      host: 'maas',
      line,
      from: 'archive',
      admin: { user: 'admin', email: 'admin@example.org' },
    },
  };
}
