import { z } from 'zod';
import { Maas, MaasNodeWish, PhysicalNode } from './maas-plan.ts';
import {
  httpUrl,
  interfaceName,
  machineName,
  name,
  publicKey,
  remotePath,
  SecretName,
} from './plan-values.ts';

/*
 * Descriptions go into the published JSON Schema, where editors read them. Beyond the standard:
 * `enumDescriptions` is what VS Code reads; `x-labwright-names` says that a value names a key of
 * that mapping of the same file.
 */

/** The newest version of `lab.yaml` this build writes; older ones are migrated on reading. */
export const PLAN_VERSION = 1;

/** The same on this computer, which may be a Windows. */
const filePath = z
  .string()
  .regex(
    /^(\/|[A-Za-z]:[\\/])[A-Za-z0-9._@+:\\/ -]*$/,
    'an absolute path of letters, digits and . _ @ + : -',
  )
  .refine((value) => !value.split(/[\\/]/).includes('..'), 'no ".." in the path');

export const ProxySettings = z
  .strictObject({
    http: httpUrl
      .optional()
      .describe('Proxy for plain HTTP, for example http://proxy.example:3128'),
    https: httpUrl.optional().describe('Proxy for HTTPS (the proxy itself is usually http://)'),
    no_proxy: z
      .array(z.string().regex(/^[^\s,'"]+$/, 'no space, comma or quotation mark'))
      .optional()
      .describe('Hosts reached without the proxy'),
    apt: httpUrl.optional().describe('Proxy for apt alone; otherwise apt uses http and https'),
  })
  .describe('How a host reaches the outside');
export type ProxySettings = z.infer<typeof ProxySettings>;

export const HostAuth = z
  .strictObject({
    password: SecretName.optional().describe('Secret that holds the login password'),
    key: SecretName.optional().describe('Secret that holds a private key (OpenSSH or PEM)'),
    key_file: z.string().min(1).optional().describe('Path of a private key on this computer'),
    key_passphrase: SecretName.optional().describe('Secret that opens the private key'),
    agent: z.boolean().optional().describe('Offer the keys of the running ssh-agent'),
  })
  .refine(
    (auth) => auth.password || auth.key || auth.key_file || auth.agent,
    'at least one of password, key, key_file or agent',
  )
  .describe('How we log in; values are names of secrets');

/** A name or an address that a time service asks (ntp.conf(5)); no character that a shell would read. */
const timeServers = z
  .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/, 'a host name or an IP address'))
  .min(1)
  .max(4);

export const EsxiSettings = z
  .strictObject({
    ntp: timeServers.optional().describe('Time servers; set by us on ESXi 7.0 and later'),
    depot: z
      .string()
      .regex(
        /^\/vmfs\/volumes\/[A-Za-z0-9 ._@+:()/-]+\.zip$/,
        'a path such as /vmfs/volumes/datastore1/ESXi670-….zip',
      )
      .refine((value) => !value.split('/').includes('..'), 'no ".." in the path')
      .optional()
      .describe('Offline bundle to patch from: its absolute path on a datastore of the host'),
    profile: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._+()-]{0,126}$/, 'the name of an image profile')
      .optional()
      .describe('Image profile in the bundle, such as ESXi-6.7.0-20190802001-standard'),
  })
  .refine(
    ({ depot, profile }) => (depot === undefined) === (profile === undefined),
    'depot and profile together, or neither',
  )
  .describe('An ESXi host itself: its time and its patch level');
export type EsxiSettings = z.infer<typeof EsxiSettings>;

export const HostRole = z.enum(['mirror', 'maas', 'kvm', 'esxi', 'other']);

export const Host = z
  .strictObject({
    role: HostRole.meta({
      description: 'What the host is for',
      enumDescriptions: [
        'Image mirror',
        'MAAS server',
        'KVM host',
        'ESXi, by its own shell',
        'Anything else',
      ],
    }),
    address: z
      .string()
      .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or an IP address')
      .describe('Host name or IP address'),
    port: z.int().min(1).max(65535).default(22).describe('SSH port'),
    user: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'a login name')
      .describe('Login name'),
    auth: HostAuth,
    sudo_password: SecretName.optional().describe(
      'Secret that sudo asks for; the login password when left out',
    ),
    proxy: ProxySettings.optional().describe('Overrides the proxy of the lab for this host'),
    old_algorithms: z
      .boolean()
      .optional()
      .describe(
        'Offer this host SSH algorithms that are no longer safe (SHA-1): ESXi 5.x and such',
      ),
    esxi: EsxiSettings.optional(),
  })
  .describe('A machine reached over SSH');
export type Host = z.infer<typeof Host>;

/**
 * A filter of sstream-mirror: its operator and value (`=amd64`, `!=i386`, `~^(jammy|noble)$`).
 * A regular expression is searched for, not anchored (simplestreams filters.py).
 */
export const StreamFilter = z
  .string()
  .regex(/^(=|!=|~)[^\s'"\\]+$/, 'an operator (=, != or ~) and a value, such as =amd64');

export const Mirror = z
  .strictObject({
    host: name.meta({
      description: 'Name of the host that keeps the mirror',
      'x-labwright-names': 'hosts',
    }),
    line: z.enum(['v2', 'v3']).meta({
      description: 'Which streams: by the version of MAAS',
      enumDescriptions: ['Streams of MAAS 1.x', 'Streams of MAAS 2.1 and later'],
    }),
    source: httpUrl.describe('The stream to mirror'),
    directory: remotePath.describe('Directory that receives the files'),
    web_root: remotePath
      .default('/var/www/html')
      .describe('Directory that the web server publishes'),
    keyring: remotePath
      .default('/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg')
      .describe('Binary keyring that the index must be signed with'),
    filters: z
      .strictObject({
        arch: StreamFilter.optional().describe('Architectures, for example =amd64'),
        subarch: StreamFilter.optional().describe('Kernels, for example ~^(generic|hwe-t)$'),
        release: StreamFilter.optional().describe('Ubuntu releases, for example ~^(jammy|noble)$'),
      })
      .describe('Which images to take'),
    max: z.int().min(1).max(10).default(1).describe('How many versions of each image to keep'),
    bootloaders: z
      .boolean()
      .optional()
      .describe('Second pass for boot loaders; line v3 needs it (on by default there)'),
    refresh: z
      .enum(['nightly', 'off'])
      .default('nightly')
      .meta({
        description: 'Whether the mirror renews itself every night',
        enumDescriptions: ['Every night', 'Only when you apply it'],
      }),
    seen_from: name.optional().meta({
      description: 'Another host that must be able to fetch from the mirror',
      'x-labwright-names': 'hosts',
    }),
  })
  .describe('The image mirror');
export type Mirror = z.infer<typeof Mirror>;

export const Site = z
  .strictObject({
    address: z
      .string()
      .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or an IP address')
      .describe('Host name or IP address of the ESXi host or vCenter'),
    port: z.int().min(1).max(65535).default(443).describe('HTTPS port'),
    user: z.string().min(1).max(120).describe('User of the site, such as root'),
    password: SecretName.describe('Secret that holds the password'),
    datastore: z
      .string()
      .min(1)
      .max(80)
      .optional()
      .describe('Datastore for disks; the one with the most room when left out'),
    legacy_tls: z
      .boolean()
      .default(false)
      .describe('Allow TLS 1.0, for an ESXi 5.5 that cannot be patched'),
    shell: name.optional().meta({
      description:
        'Name of the host with the role esxi that is the same machine; its shell does what the licence forbids the API',
      'x-labwright-names': 'hosts',
    }),
    host: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('vCenter: host for machines and networks; the first by name when left out'),
    ntp: timeServers.optional().describe('Time servers of that host'),
  })
  .describe('A hypervisor reached by its API: an ESXi host or a vCenter');
export type Site = z.infer<typeof Site>;

/** As VMware shows it; no character that a shell, a path or a CSV line would have to escape. */
const vmwareName = (length: number) =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9 ._()-]*[A-Za-z0-9._()-])?$/,
      'letters, digits, blanks, . _ ( ) -',
    )
    .max(length);

export const Network = z
  .strictObject({
    on: name.describe('Name of the KVM host, ESXi host or site that has this network'),
    bridge: interfaceName.optional().describe('KVM host: the bridge, for example br0'),
    uplink: interfaceName
      .optional()
      .describe('KVM host: interface that joins the bridge; its addresses move to the bridge'),
    address: z
      .cidrv4('an IPv4 address with its prefix, such as 192.168.10.11/24')
      .optional()
      .describe('Address of the bridge; that of the uplink when left out'),
    gateway: z.ipv4().optional().describe('Default gateway, when the address is given here'),
    portgroup: vmwareName(80).optional().describe('ESXi: the portgroup, for example PROV'),
    switch: vmwareName(31)
      .optional()
      .describe('ESXi: standard switch of the portgroup; one of its own when left out'),
    vlan: z.int().min(0).max(4095).optional().describe('ESXi: VLAN of the portgroup'),
    provisioning: z
      .boolean()
      .default(false)
      .describe('Nodes boot from this network; MAAS alone may answer DHCP on it'),
  })
  .describe('A network of machines on a hypervisor');
export type Network = z.infer<typeof Network>;

/** The name that a network has on its hypervisor. */
export function networkNameOf(network: Network | undefined): string | undefined {
  return network?.bridge ?? network?.portgroup;
}
/** Ubuntu's releases whose cloud image lies where the others do, and how each is called there. */
export const UBUNTU_IMAGES = {
  trusty: 'ubuntu-14.04-server-cloudimg-amd64-disk1.img',
  xenial: 'ubuntu-16.04-server-cloudimg-amd64-disk1.img',
  bionic: 'ubuntu-18.04-server-cloudimg-amd64.img',
  focal: 'ubuntu-20.04-server-cloudimg-amd64.img',
  jammy: 'ubuntu-22.04-server-cloudimg-amd64.img',
  noble: 'ubuntu-24.04-server-cloudimg-amd64.img',
} as const;

export const CloudImage = z
  .strictObject({
    url: httpUrl.describe(
      'A disk image with cloud-init; SHA256SUMS and its signature lie beside it',
    ),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'a SHA-256, 64 digits in lower case')
      .optional()
      .describe('Pins the image; then nothing else vouches for it'),
    keyring: filePath
      .default('/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg')
      .describe(
        'Binary keyring that SHA256SUMS must be signed with: a file of the KVM host, for ESXi one of this computer',
      ),
  })
  .describe('Another image than Ubuntu’s own of the release');
export type CloudImage = z.infer<typeof CloudImage>;

export const MachineInstall = z
  .strictObject({
    release: z
      .enum(Object.keys(UBUNTU_IMAGES) as [keyof typeof UBUNTU_IMAGES])
      .default('noble')
      .describe('Release of Ubuntu'),
    image: CloudImage.optional(),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'a login name')
      .default('ubuntu')
      .describe('Login that is made: no password, these keys alone, and sudo without a password'),
    authorized_keys: z.array(publicKey).min(1).describe('Public keys that may log in'),
    addresses: z
      .record(
        name,
        z
          .cidrv4('an IPv4 address with its prefix, such as 192.168.10.12/24')
          .describe('Address with its prefix'),
      )
      .default({})
      .describe('Address on each network; DHCP where there is none'),
    gateway: z
      .ipv4()
      .optional()
      .describe('Default gateway; that of the network it has an address on when left out'),
    nameservers: z.array(z.ipv4()).max(3).default([]).describe('DNS servers'),
  })
  .describe('Ubuntu, put on the machine by its cloud image and a seed');
export type MachineInstall = z.infer<typeof MachineInstall>;

export const MachineRole = z.enum(['node', 'mirror', 'maas', 'kvm', 'other']);
export type MachineRole = z.infer<typeof MachineRole>;

export const MachineGroup = z
  .strictObject({
    on: name.describe('Name of the KVM host, ESXi host or site that runs it'),
    role: MachineRole.default('node').describe('What it is for; a node is deployed by MAAS'),
    count: z
      .int()
      .min(1)
      .max(200)
      .optional()
      .describe('How many equal machines: NAME-1, NAME-2 …; one, called NAME, when left out'),
    cpus: z.int().min(1).max(256).default(2).describe('Virtual processors of each'),
    memory_mib: z.int().min(128).max(4_194_304).default(4096).describe('Memory of each, MiB'),
    disks_gib: z
      .array(z.int().min(1).max(65_536))
      .min(1)
      .max(8)
      .default([40])
      .describe('Size of each disk, GiB'),
    datastore: vmwareName(42)
      .optional()
      .describe('ESXi: datastore of its disks; the largest one when left out'),
    networks: z
      .array(name)
      .min(1)
      .max(10)
      .describe('Networks of its interfaces, in order; the first is the one it boots from'),
    macs: z
      .array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'a MAC address such as 52:54:00:…'))
      .optional()
      .describe('MAC addresses of the first machine’s interfaces, when they must be these'),
    firmware: z
      .enum(['bios', 'efi'])
      .default('bios')
      .describe('Fixed before MAAS knows the machine; BIOS is the safer choice for PXE'),
    nested: z.boolean().default(false).describe('Its guests may use hardware virtualization'),
    install: MachineInstall.optional(),
    maas: MaasNodeWish.optional(),
    adopt: z
      .string()
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case')
      .optional()
      .describe('UUID of a machine that exists already: it is looked after, never made or removed'),
  })
  .describe('Machines that a hypervisor runs');
export type MachineGroup = z.infer<typeof MachineGroup>;

export const Plan = z
  .strictObject({
    version: z.literal(PLAN_VERSION).describe('Version of this file format'),
    name: z.string().min(1).max(80).describe('Name of the lab'),
    id: z
      .string()
      .regex(/^[a-z0-9-]{4,40}$/, 'lower-case letters, digits and dashes')
      .optional()
      .describe('Marks what this lab made; never change it. The name stands in when it is absent'),
    proxy: ProxySettings.optional(),
    hosts: z.record(name, Host).default({}).describe('Machines reached over SSH, by name'),
    sites: z.record(name, Site).default({}).describe('ESXi hosts and vCenters, by name'),
    networks: z.record(name, Network).default({}).describe('Networks of machines, by name'),
    machines: z
      .record(machineName, MachineGroup)
      .default({})
      .describe('Machines to build on hypervisors, by name'),
    mirror: Mirror.optional(),
    maas: Maas.optional(),
    nodes: z
      .record(machineName, PhysicalNode)
      .default({})
      .describe('Physical machines that MAAS deploys, by name'),
  })
  .describe('The desired state of a lab. It holds no secrets and is made to be kept in git.');
export type Plan = z.infer<typeof Plan>;

/** A plan as a person writes it: with defaults left out. */
export type PlanInput = z.input<typeof Plan>;

/** Whether the second pass for boot loaders is wanted (MAAS gets them from the stream since 2.1). */
export function wantsBootloaders(mirror: Mirror): boolean {
  return mirror.bootloaders ?? mirror.line === 'v3';
}
