import type { MaasCall, MaasPowerForm } from '../../contract/maas-call.ts';
import { quote } from '../../contract/shell-quote.ts';

type Words = readonly string[];

const field = (name: string, value: string): string => `${name}=${value}`;

/** What is secret is named, never said: whoever copies the line types it where it says so. */
function powerFields({ type, parameters, secrets }: MaasPowerForm): string[] {
  return [
    field('power_type', type),
    ...Object.entries(parameters).map(([key, value]) => field(`power_parameters_${key}`, value)),
    ...Object.entries(secrets).map(([key, name]) => field(`power_parameters_${key}`, `<${name}>`)),
  ];
}

/**
 * A call in lines of MAAS 2.x's own command, for people who know it; `$P` is the profile that `maas
 * login` made. Ids of things are what a person looks up, and stand as <…>.
 */
export function maasLines(call: MaasCall): string[] {
  return words(call).map((line) => ['maas', '$P', ...line.map(shown)].join(' '));
}

const shown = (word: string): string => (/^<[^>]*>$/.test(word) ? word : quote(word));

function words(call: MaasCall): Words[] {
  switch (call.kind) {
    case 'set-setting':
      return [['maas', 'set-config', field('name', call.name), field('value', call.value)]];
    case 'add-ssh-key':
      return [['sshkeys', 'create', field('key', call.key)]];
    case 'remove-ssh-key':
      return [['sshkey', 'delete', '<id of the key>']];
    case 'set-source':
      return [
        [
          'boot-source',
          'update',
          '<id of the source>',
          field('url', call.url),
          field('keyring_filename', call.keyring),
        ],
      ];
    case 'select-images':
      return [
        [
          'boot-source-selections',
          'create',
          '<id of the source>',
          field('os', call.os),
          field('release', call.release),
          ...call.arches.map((arch) => field('arches', arch)),
          field('subarches', '*'),
          field('labels', '*'),
        ],
      ];
    case 'deselect-images':
      return [
        [
          'boot-source-selection',
          'delete',
          '<id of the source>',
          `<id of ${call.os} ${call.release}>`,
        ],
      ];
    case 'import-images':
      return [['boot-resources', 'import']];
    case 'add-range':
      return [
        [
          'ipranges',
          'create',
          field('type', call.what),
          field('start_ip', call.from),
          field('end_ip', call.to),
          ...(call.comment === '' ? [] : [field('comment', call.comment)]),
        ],
      ];
    case 'remove-range':
      return [['iprange', 'delete', `<id of ${call.from} to ${call.to}>`]];
    case 'change-network':
      return [
        [
          'subnet',
          'update',
          `<id of ${call.cidr}>`,
          ...(call.gateway === undefined ? [] : [field('gateway_ip', call.gateway)]),
          ...(call.nameservers === undefined
            ? []
            : [field('dns_servers', call.nameservers.join(','))]),
        ],
      ];
    case 'create-network':
      return [['subnets', 'create', field('cidr', call.cidr), field('name', call.name)]];
    case 'serve-dhcp':
      return [
        [
          'vlan',
          'update',
          `<fabric of ${call.cidr}>`,
          '<VLAN tag>',
          field('dhcp_on', 'true'),
          field('primary_rack', call.rack),
        ],
      ];
    case 'stop-dhcp':
      return [
        ['vlan', 'update', `<fabric of ${call.cidr}>`, '<VLAN tag>', field('dhcp_on', 'false')],
      ];
    case 'add-machine':
      return [
        [
          'machines',
          'create',
          field('hostname', call.hostname),
          field('architecture', call.architecture),
          ...call.macs.map((mac) => field('mac_addresses', mac)),
          ...powerFields(call.power),
          field('description', call.description),
          field('commission', 'false'),
        ],
      ];
    case 'change-machine':
      return [
        [
          'machine',
          'update',
          `<id of ${call.hostname}>`,
          ...(call.rename === undefined ? [] : [field('hostname', call.rename)]),
          ...(call.pool === undefined ? [] : [field('pool', call.pool)]),
          ...(call.power === undefined ? [] : powerFields(call.power)),
        ],
        ...call.addTags.map((tag) => [
          'tag',
          'update-nodes',
          tag,
          field('add', `<id of ${call.hostname}>`),
        ]),
        ...call.removeTags.map((tag) => [
          'tag',
          'update-nodes',
          tag,
          field('remove', `<id of ${call.hostname}>`),
        ]),
      ];
    case 'remove-machine':
      return [['machine', 'delete', `<id of ${call.hostname}>`]];
    case 'commission':
      return [['machine', 'commission', `<id of ${call.hostname}>`]];
    case 'deploy':
      return [
        [
          'machine',
          'deploy',
          `<id of ${call.hostname}>`,
          ...(call.release === undefined ? [] : [field('distro_series', call.release)]),
          ...(call.userData === undefined
            ? []
            : [field('user_data', Buffer.from(call.userData).toString('base64'))]),
        ],
      ];
    case 'release':
      return [
        [
          'machine',
          'release',
          `<id of ${call.hostname}>`,
          field('comment', call.comment),
          ...(call.erase ? [field('erase', 'true')] : []),
        ],
      ];
    case 'abort':
      return [['machine', 'abort', `<id of ${call.hostname}>`, field('comment', call.comment)]];
    case 'mark':
      return [
        [
          'machine',
          call.as === 'broken' ? 'mark-broken' : 'mark-fixed',
          `<id of ${call.hostname}>`,
          field('comment', call.why),
        ],
      ];
    case 'rescue':
      return [
        [
          'machine',
          call.to === 'enter' ? 'rescue-mode' : 'exit-rescue-mode',
          `<id of ${call.hostname}>`,
        ],
      ];
  }
}
