import { z } from 'zod';
import { httpUrl, interfaceName, name, publicKey, remotePath, SecretName } from './plan-values.ts';

/*
 * The part of lab.yaml that is about MAAS. What MAAS itself decides (defaults of its settings) is left
 * out of a plan, and then left alone.
 */

const address = z.ipv4('an IPv4 address such as 192.168.10.12');

const AddressRange = z.strictObject({
  from: address.describe('First address'),
  to: address.describe('Last address'),
});

export const MaasSubnet = z
  .strictObject({
    cidr: z
      .cidrv4('an IPv4 address with its prefix, such as 192.168.10.11/24')
      .describe('The network, such as 10.20.30.0/24'),
    network: name.optional().meta({
      description: 'Network of this plan that it is; other DHCP servers are looked for there',
      'x-labwright-names': 'networks',
    }),
    interface: interfaceName
      .optional()
      .describe('MAAS 1.7: interface of the MAAS server on this network'),
    vlan: z.int().min(0).max(4094).default(0).describe('VLAN tag; 0 for untagged'),
    gateway: address.optional().describe('Default gateway that machines are given'),
    dns_servers: z
      .array(address)
      .max(3)
      .default([])
      .describe('DNS servers that machines are given; MAAS itself when left out'),
    dhcp: z.boolean().default(true).describe('MAAS answers DHCP here; nobody else may'),
    dynamic: AddressRange.optional().describe(
      'Addresses lent to machines that start from the network; needed for DHCP',
    ),
    static: AddressRange.optional().describe('MAAS 1.7: addresses for deployed machines'),
    reserved: z
      .array(
        AddressRange.extend({
          comment: z.string().max(100).optional().describe('What the addresses are for'),
        }),
      )
      .default([])
      .describe('Addresses that MAAS must not give out'),
  })
  .describe('A network on which MAAS serves machines');
export type MaasSubnet = z.infer<typeof MaasSubnet>;

/** As MAAS names an operating system and its release. */
const osRelease = z
  .string()
  .regex(/^[a-z0-9][a-z0-9./_-]{0,63}$/, 'a release as MAAS names it, such as jammy');

const architecture = z
  .string()
  .regex(
    /^[a-z0-9]+(\/[a-z0-9.-]+)?$/,
    'an architecture as MAAS names it, such as amd64 or amd64/generic',
  );

export const MaasImages = z
  .strictObject({
    source: httpUrl
      .optional()
      .describe('Stream to import from; the image mirror of this plan when left out'),
    keyring: remotePath
      .optional()
      .describe('Keyring of the stream on the MAAS server; the one that fits deb or snap'),
    releases: z.array(osRelease).min(1).max(20).describe('Ubuntu releases to import'),
    arches: z
      .array(z.string().regex(/^[a-z0-9]+$/, 'an architecture such as amd64'))
      .min(1)
      .default(['amd64'])
      .describe('Architectures to import'),
    commissioning: osRelease
      .optional()
      .describe('Release that machines are examined with; the newest imported when left out'),
    uploads: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[a-z0-9][a-z0-9./_-]{0,63}$/i, 'a name such as esxi/9 or my-image')
            .describe('Name in MAAS, such as custom/appliance'),
          title: z.string().min(1).max(100).optional().describe('Title that people read'),
          architecture: architecture.default('amd64/generic').describe('Architecture'),
          filetype: z
            .enum(['tgz', 'ddgz', 'ddtgz', 'ddtbz', 'ddtxz', 'ddraw'])
            .default('tgz')
            .describe('How the file is packed'),
          file: remotePath.describe('The file on the MAAS server'),
        }),
      )
      .default([])
      .describe('Images of your own'),
  })
  .describe('What MAAS deploys');
export type MaasImages = z.infer<typeof MaasImages>;

export const Maas = z
  .strictObject({
    host: name.meta({
      description: 'Name of the host that is the MAAS server',
      'x-labwright-names': 'hosts',
    }),
    line: z.enum(['1.7', '3.x']).meta({
      description: 'Which version line; an installed MAAS is asked for its own',
      enumDescriptions: ['MAAS 1.7 on Ubuntu 14.04', 'MAAS 2.x to 4.x'],
    }),
    from: z
      .enum(['archive', 'ppa', 'snap'])
      .optional()
      .meta({
        description: 'Where it is installed from; archive for 1.7, else snap',
        enumDescriptions: ['Ubuntu’s archive', 'The PPA of the MAAS team', 'The snap'],
      }),
    channel: z
      .string()
      .regex(
        /^\d+\.\d+(\/(stable|candidate|beta|edge))?$/,
        'a version with its channel, such as 3.7/stable',
      )
      .default('3.7/stable')
      .describe('Channel of the snap, or version of the PPA'),
    database: z
      .enum(['test-db', 'postgresql'])
      .default('postgresql')
      .meta({
        description: 'Database of a MAAS from a snap',
        enumDescriptions: ['The test database snap, for labs', 'PostgreSQL of the system'],
      }),
    url: httpUrl
      .optional()
      .describe('Address under which machines reach MAAS; that of its host when left out'),
    admin: z
      .strictObject({
        user: z
          .string()
          .regex(/^[A-Za-z0-9@.+_-]{1,30}$/, 'letters, digits and @ . + - _')
          .default('admin')
          .describe('Login name'),
        email: z.email('an e-mail address').describe('E-mail address; MAAS wants one'),
        password: SecretName.default('maas-admin-password').describe(
          'Secret that holds the password',
        ),
      })
      .describe('The first administrator'),
    api_key: SecretName.default('maas-api-key').describe('Secret that keeps the API key'),
    settings: z
      .strictObject({
        upstream_dns: z.array(address).max(5).optional().describe('DNS servers that MAAS asks'),
        dnssec: z
          .enum(['auto', 'yes', 'no'])
          .optional()
          .meta({
            description: 'Whether answers of the DNS servers must be signed',
            enumDescriptions: ['As the trust anchors say', 'Always', 'Never'],
          }),
        http_proxy: httpUrl.optional().describe('Proxy that MAAS and its machines use'),
        ntp_servers: z
          .array(z.string().regex(/^[A-Za-z0-9._:-]+$/, 'a host name or an IP address'))
          .max(5)
          .optional()
          .describe('Time servers'),
        kernel_options: z
          .string()
          .max(500)
          .regex(/^[^\n\r'"\\]*$/, 'one line without quotation marks')
          .optional()
          .describe('Kernel options of every machine, such as console=ttyS0,115200n8'),
      })
      .default({})
      .describe('Settings of MAAS; what is left out stays as it is'),
    ssh_keys: z
      .array(publicKey)
      .max(20)
      .default([])
      .describe('Public keys that may log in to deployed machines'),
    images: MaasImages.optional(),
    subnets: z.record(name, MaasSubnet).default({}).describe('Networks that MAAS serves, by name'),
  })
  .describe('The MAAS server and what is configured in it');
export type Maas = z.infer<typeof Maas>;

/** What MAAS shall do with a machine, virtual or physical. */
export const MaasNodeWish = z
  .strictObject({
    pool: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,62}$/, 'letters, digits, blank, dash and underscore')
      .optional()
      .describe('Resource pool; made when it is absent'),
    tags: z
      .array(z.string().regex(/^[A-Za-z0-9_-]{1,60}$/, 'letters, digits, dash and underscore'))
      .max(20)
      .default([])
      .describe('Tags that it has, beside others'),
    deploy: z
      .strictObject({
        release: osRelease
          .optional()
          .describe('What is deployed; MAAS’s default release when left out'),
        user_data: z.string().max(65_536).optional().describe('User data for cloud-init'),
      })
      .optional()
      .describe('Deployed with this; only made ready when left out'),
  })
  .describe('What MAAS does with it');
export type MaasNodeWish = z.infer<typeof MaasNodeWish>;

const login = {
  address: z
    .string()
    .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or an IP address')
    .describe('Address of the power controller'),
  user: z.string().min(1).max(120).describe('User of the power controller'),
  password: SecretName.describe('Secret that holds the password'),
};

/** How MAAS switches a machine that no hypervisor of the plan runs. */
export const NodePower = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('ipmi'),
      ...login,
      driver: z
        .enum(['LAN', 'LAN_2_0'])
        .default('LAN_2_0')
        .meta({ description: 'Version of IPMI', enumDescriptions: ['IPMI 1.5', 'IPMI 2.0'] }),
    }),
    z.strictObject({ type: z.literal('redfish'), ...login }),
    z.strictObject({
      type: z.literal('webhook'),
      on_uri: httpUrl.describe('Address that switches on'),
      off_uri: httpUrl.describe('Address that switches off'),
      query_uri: httpUrl.describe('Address that tells the state'),
      token: SecretName.optional().describe('Secret that holds the bearer token'),
    }),
    z.strictObject({ type: z.literal('manual') }),
  ])
  .describe('How its power is switched');
export type NodePower = z.infer<typeof NodePower>;

export const PhysicalNode = z
  .strictObject({
    macs: z
      .array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'a MAC address such as 52:54:00:…'))
      .min(1)
      .max(16)
      .describe('MAC addresses of its interfaces; the first is the one it boots from'),
    architecture: architecture.default('amd64/generic').describe('Architecture'),
    power: NodePower,
    maas: MaasNodeWish.optional(),
  })
  .describe('A physical machine');
export type PhysicalNode = z.infer<typeof PhysicalNode>;
