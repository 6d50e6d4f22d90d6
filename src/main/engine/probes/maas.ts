import { MaasConfiguration, MaasMachines } from '../../../contract/maas-facts.ts';
import { askApi } from '../probe.ts';

/** Keys of the probes; their facts are what the Nodes screen and the map are drawn from. */
export const MAAS_MACHINES_KEY = 'maas-machines';

export const maasConfiguration = askApi({
  key: 'maas-configuration',
  ask: { what: 'maas', of: 'configuration' },
  shown:
    'GET version, users, maas (settings), sshkeys, boot-sources, boot-resources, subnets, ipranges, rackcontrollers',
  parse: (value) => MaasConfiguration.parse(value),
});

export const maasMachines = askApi({
  key: MAAS_MACHINES_KEY,
  ask: { what: 'maas', of: 'machines' },
  shown: 'GET machines, events',
  parse: (value) => MaasMachines.parse(value),
});
