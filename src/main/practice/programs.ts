import { accounts } from './commands/accounts.ts';
import { aptPrograms } from './commands/apt.ts';
import { curl } from './commands/curl.ts';
import { dpkgPrograms } from './commands/dpkg.ts';
import { files } from './commands/files.ts';
import { gpgv } from './commands/gpgv.ts';
import { identity } from './commands/identity.ts';
import { ifupdown } from './commands/ifupdown.ts';
import { ip } from './commands/ip.ts';
import { initctl, listening } from './commands/listening.ts';
import { maasPrograms } from './commands/maas.ts';
import { python3 } from './commands/python3.ts';
import { shells } from './commands/shells.ts';
import { snap } from './commands/snap.ts';
import { sstreamMirror } from './commands/sstream-mirror.ts';
import { sudoPrograms } from './commands/sudo.ts';
import { service, systemd } from './commands/systemd.ts';
import { virsh } from './commands/virsh.ts';
import type { Release } from './machine.ts';
import type { Programs } from './program.ts';

/** Every program of the practice server that is not just-bash's own. */
export function programs(release: Release): Programs {
  return {
    ...shells,
    ...sudoPrograms,
    ...identity,
    ...files,
    ...aptPrograms,
    ...dpkgPrograms,
    ...accounts,
    ...ifupdown,
    ...maasPrograms,
    ...listening,
    ip,
    python3,
    virsh,
    curl,
    gpgv,
    service,
    'sstream-mirror': sstreamMirror,
    // Ubuntu 14.04 runs upstart: there is no systemctl to call.
    ...(release === 'trusty' ? { initctl } : { ...systemd, snap }),
  };
}
