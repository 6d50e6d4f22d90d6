import { createHash, generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import type { Domains } from './libvirt/domains.ts';
import type { MaasState } from './maas-state.ts';
import { type Fetch, Machine, type Release, type SudoPolicy } from './machine.ts';
import type { Uplink } from './network.ts';
import type { PracticeSource } from './practice-source.ts';
import type { Programs } from './program.ts';
import { bufferStreams } from './session.ts';
import { startSshServer } from './ssh-server.ts';

export interface PracticeHostOptions {
  readonly hostname: string;
  /** The login user, 'ubuntu' unless given. */
  readonly user?: string;
  readonly authorizedKeys?: readonly string[];
  readonly password?: string;
  readonly sudo?: SudoPolicy;
  readonly release?: Release;
  readonly clockOffsetMs?: number;
  /** Size of the root file system, 40 GiB unless given. */
  readonly diskBytes?: number;
  /** Simplestreams content that the host can download. */
  readonly source?: PracticeSource;
  /** How fast sstream-mirror downloads; as fast as it can unless given. */
  readonly bytesPerSecond?: number;
  readonly programs?: Programs;
  readonly layOut?: (machine: Machine) => void;
  /** sshd takes a password by questions only, as ESXi's does, and ends with none. */
  readonly keyboardOnly?: boolean;
  /** A host for machines: see machine.ts. */
  readonly kvm?: boolean;
  /** Its network card; a host for machines has one unless given. */
  readonly uplink?: Uplink;
  /** Where a port of the host's own loopback leads on this computer; see ssh-server.ts. */
  readonly service?: (port: number) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Private key, PEM or OpenSSH. */
  readonly hostKey?: string;
}

export interface PracticeHost {
  readonly hostname: string;
  readonly address: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly machineId: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKeyPublic: string;
  /** `SHA256:…` */
  readonly hostKeyFingerprint: string;
  /** Every command string that arrived in an exec request. */
  readonly commandLog: readonly string[];
  /** Every file that was fetched from the source. */
  readonly fetchLog: readonly Fetch[];
  /** Machines of its libvirt, on a host for machines. */
  readonly domains: Domains;
  /** Users of the MAAS that is installed on it, or will be. */
  readonly maas: MaasState;
  /** Runs a script as root: to break something, or to look. */
  run(script: string): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  setReachable(reachable: boolean): void;
  close(): Promise<void>;
}

const GIB = 1 << 30;

/** Starts a simulated Ubuntu server that answers SSH on a free port of 127.0.0.1. */
export async function startPracticeHost(options: PracticeHostOptions): Promise<PracticeHost> {
  const { authorizedKeys = [], password } = options;
  const machine = new Machine({
    hostname: options.hostname,
    user: options.user ?? 'ubuntu',
    sudo: options.sudo ?? 'password',
    release: options.release ?? 'jammy',
    clockOffsetMs: options.clockOffsetMs ?? 0,
    diskBytes: options.diskBytes ?? 40 * GIB,
    now: options.now ?? Date.now,
    ...(password === undefined ? {} : { password }),
    ...(options.kvm === undefined ? {} : { kvm: options.kvm }),
    ...(options.uplink === undefined ? {} : { uplink: options.uplink }),
    ...(options.source ? { source: options.source } : {}),
    ...(options.bytesPerSecond === undefined ? {} : { bytesPerSecond: options.bytesPerSecond }),
    ...(options.programs === undefined ? {} : { programs: options.programs }),
    ...(options.layOut === undefined ? {} : { layOut: options.layOut }),
  });
  const hostKey = options.hostKey ?? newHostKey();
  const parsed = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw parsed;
  const publicBytes = parsed.getPublicSSH();
  const server = await startSshServer({
    machine,
    hostKey,
    authorizedKeys,
    keyboardOnly: options.keyboardOnly ?? false,
    ...(options.service === undefined ? {} : { service: options.service }),
    ...(password === undefined ? {} : { password }),
  });
  return {
    hostname: options.hostname,
    address: '127.0.0.1',
    port: server.port,
    user: machine.options.user,
    machineId: machine.machineId,
    hostKeyPublic: `${parsed.type} ${publicBytes.toString('base64')}`,
    hostKeyFingerprint: `SHA256:${createHash('sha256').update(publicBytes).digest('base64').replace(/=+$/, '')}`,
    commandLog: machine.commandLog,
    domains: machine.libvirtOf('root').domains,
    maas: machine.maas,
    fetchLog: machine.fetchLog,
    async run(script) {
      const streams = bufferStreams();
      const { exitCode } = await machine.shell.script(script, {
        user: 'root',
        command: 'sh',
        streams,
        newGroup: true,
      });
      return {
        stdout: streams.stdout().toString('utf8'),
        stderr: streams.stderr().toString('utf8'),
        exitCode,
      };
    },
    setReachable: (reachable) => server.setReachable(reachable),
    async close() {
      machine.powerOff();
      await server.close();
    },
  };
}

/** An ed25519 key in OpenSSH's own format, the only one ssh2 reads for it (PROTOCOL.key). */
function newHostKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(String(jwk.x), 'base64url');
  const seed = Buffer.from(String(jwk.d), 'base64url');
  const field = (content: Buffer | string) => {
    const bytes = Buffer.from(content);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const publicKey = Buffer.concat([field('ssh-ed25519'), field(publicBytes)]);
  let secret = Buffer.concat([
    Buffer.from('practicepractice').subarray(0, 4),
    Buffer.from('practicepractice').subarray(0, 4),
    publicKey,
    field(Buffer.concat([seed, publicBytes])),
    field('practice host'),
  ]);
  for (let pad = 1; secret.length % 8 !== 0; pad++)
    secret = Buffer.concat([secret, Buffer.from([pad])]);
  const one = Buffer.alloc(4);
  one.writeUInt32BE(1);
  const all = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(publicKey),
    field(secret),
  ]);
  const lines = all.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
