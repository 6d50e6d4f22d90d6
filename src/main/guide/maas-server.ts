import type { Chapter } from '../engine/step.ts';
import { admin, apiKey } from './maas-admin.ts';
import { database } from './maas-database.ts';
import { init, install } from './maas-install.ts';
import { ports } from './maas-ports.ts';
import { clock, reachable, restart, sudo, timeDaemon, upToDate } from './maas-ready.ts';
import { address, answers, services } from './maas-services.ts';
import { source } from './maas-source.ts';

/** The guide's chapter on the MAAS server, in its order, for 1.7 and for what came after. */
export const maasServer: Chapter = {
  id: 'maas-server',
  steps: [
    reachable,
    sudo,
    clock,
    source,
    upToDate,
    restart,
    timeDaemon,
    ports,
    database,
    install,
    init,
    services,
    answers,
    address,
    admin,
    apiKey,
  ],
};
