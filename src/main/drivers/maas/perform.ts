import { LabwrightError } from '../../../contract/error.ts';
import type { MaasMachine } from '../../../contract/maas.ts';
import type { MaasCall, MaasPowerForm } from '../../../contract/maas-call.ts';
import { sameNetwork } from '../../../contract/subnets.ts';
import type { CallOptions, Maas, PowerSettings, ProvisioningNetwork } from '../../engine/maas.ts';

export interface PerformOptions extends CallOptions {
  /** Values of secrets by their names in the vault. */
  readonly secret: (name: string) => Promise<string>;
}

/**
 * Carries out one change, so that repeating it after a run that was cut off changes nothing more. The
 * identity of the MAAS is asserted by the caller, before.
 */
export async function performMaasCall(
  maas: Maas,
  call: MaasCall,
  { secret, ...options }: PerformOptions,
): Promise<void> {
  switch (call.kind) {
    case 'set-setting':
      return maas.settings.set(call.name, call.value, options);
    case 'add-ssh-key': {
      const { items } = await maas.account.sshKeys(options);
      if (items.some(({ key }) => bare(key) === bare(call.key))) return;
      await maas.account.addSshKey(call.key, options);
      return;
    }
    case 'remove-ssh-key': {
      const { items } = await maas.account.sshKeys(options);
      for (const { id, key } of items) {
        if (bare(key) === bare(call.key)) await maas.account.removeSshKey(id, options);
      }
      return;
    }
    case 'set-source':
    case 'select-images':
    case 'deselect-images':
    case 'import-images':
      return performOnImages(maas, call, options);
    case 'add-range':
    case 'remove-range':
    case 'change-network':
    case 'create-network':
    case 'serve-dhcp':
    case 'stop-dhcp':
      return performOnNetwork(maas, call, options);
    case 'add-machine': {
      const known = await find(maas, call.macs, options);
      if (known !== undefined) return;
      const { hostname, architecture, macs, description } = call;
      const power = powerOf(call.power, secret);
      await maas.machines.create(
        { hostname, architecture, macs, power, commission: false, description },
        options,
      );
      return;
    }
    case 'remove-machine': {
      const known = await find(maas, call.macs, options);
      if (known === undefined) return;
      return maas.machines.remove(known.id, { macs: call.macs }, options);
    }
    case 'change-machine':
      return changeMachine(maas, call, { secret, ...options });
    default: {
      const machine = await mustFind(maas, call, options);
      return performOnMachine(maas, call, machine, options);
    }
  }
}

/** The key itself, without the comment behind it. */
const bare = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');

type ImageCall = Extract<
  MaasCall,
  { kind: 'set-source' | 'select-images' | 'deselect-images' | 'import-images' }
>;

async function performOnImages(maas: Maas, call: ImageCall, options: CallOptions): Promise<void> {
  if (call.kind === 'import-images') return maas.images.startImport(options);
  const [first] = (await maas.images.sources(options)).items;
  if (call.kind === 'set-source') {
    const { url, keyring } = call;
    if (first === undefined) await maas.images.addSource({ url, keyring }, options);
    else await maas.images.changeSource(first.id, { url, keyring }, options);
    return;
  }
  if (first === undefined) throw missing(maas, 'boot source');
  const { os, release } = call;
  const { items } = await maas.images.selections(first.id, options);
  const same = items.filter((each) => each.os === os && each.release === release);
  if (call.kind === 'deselect-images') {
    for (const { id } of same) await maas.images.removeSelection(first.id, id, options);
    return;
  }
  const { arches } = call;
  const there = same.some((each) =>
    arches.every((arch) => each.arches.includes(arch) || each.arches.includes('*')),
  );
  if (there) return;
  // One for the same release is refused as a duplicate: it is replaced.
  for (const { id } of same) await maas.images.removeSelection(first.id, id, options);
  const wanted = { os, release, arches, subarches: ['*'], labels: ['*'] };
  await maas.images.selectPatiently(first.id, wanted, options);
}

type NetworkCall = Extract<
  MaasCall,
  {
    kind:
      | 'add-range'
      | 'remove-range'
      | 'change-network'
      | 'create-network'
      | 'serve-dhcp'
      | 'stop-dhcp';
  }
>;

async function performOnNetwork(
  maas: Maas,
  call: NetworkCall,
  options: CallOptions,
): Promise<void> {
  const { items } = await maas.networks.list(options);
  const found = items.find(({ cidr }) => cidr !== '' && sameNetwork(cidr, call.cidr));
  if (call.kind === 'create-network') {
    if (found === undefined)
      await maas.networks.create({ cidr: call.cidr, name: call.name }, options);
    return;
  }
  if (found === undefined) throw missing(maas, call.cidr);
  switch (call.kind) {
    case 'add-range': {
      const { what, from, to, comment } = call;
      if (rangeOf(found, from, to) !== undefined) return;
      const range = { kind: what, start: from, end: to, comment };
      return maas.networks.addRange(found, range, options);
    }
    case 'remove-range': {
      const range = rangeOf(found, call.from, call.to);
      if (range !== undefined) await maas.networks.removeRange(found, range.id, options);
      return;
    }
    case 'change-network': {
      const { gateway, nameservers } = call;
      const change = {
        ...(gateway === undefined ? {} : { gateway }),
        ...(nameservers === undefined ? {} : { nameservers }),
      };
      return maas.networks.change(found, change, options);
    }
    case 'serve-dhcp':
      return found.dhcp ? undefined : maas.networks.serve(found, call.rack, options);
    case 'stop-dhcp':
      return found.dhcp ? maas.networks.stopServing(found, options) : undefined;
  }
}

const rangeOf = ({ ranges }: ProvisioningNetwork, from: string, to: string) =>
  ranges.find(({ start, end }) => start === from && end === to);

/** The machine with one of these addresses. */
async function find(
  maas: Maas,
  macs: readonly string[],
  options: CallOptions,
): Promise<MaasMachine | undefined> {
  const { items } = await maas.machines.list({ macs }, options);
  return items.find(({ nics }) => nics.some(({ mac }) => macs.includes(mac)));
}

async function mustFind(
  maas: Maas,
  { macs, hostname }: { readonly macs: readonly string[]; readonly hostname: string },
  options: CallOptions,
): Promise<MaasMachine> {
  const found = await find(maas, macs, options);
  if (found === undefined) throw missing(maas, hostname);
  return found;
}

function missing(maas: Maas, what: string): LabwrightError {
  return new LabwrightError('maas-object-missing', { maas: maas.about.root, what });
}

/** Secret values are fetched when the form is sent, and kept nowhere. */
function powerOf(
  { type, parameters, secrets }: MaasPowerForm,
  secret: (name: string) => Promise<string>,
): PowerSettings {
  return {
    type,
    parameters,
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([key, name]) => [key, () => secret(name)]),
    ),
  };
}

async function changeMachine(
  maas: Maas,
  call: Extract<MaasCall, { kind: 'change-machine' }>,
  { secret, ...options }: PerformOptions,
): Promise<void> {
  const machine = await mustFind(maas, call, options);
  const { rename, power, pool, addTags, removeTags } = call;
  if (pool !== undefined && !(await maas.machines.pools(options)).items.includes(pool)) {
    await maas.machines.createPool(pool, '', options);
  }
  if (rename !== undefined || power !== undefined || pool !== undefined) {
    await maas.machines.change(
      machine.id,
      {
        ...(rename === undefined ? {} : { hostname: rename }),
        ...(pool === undefined ? {} : { pool }),
        ...(power === undefined ? {} : { power: powerOf(power, secret) }),
      },
      options,
    );
  }
  if (addTags.length === 0 && removeTags.length === 0) return;
  const known = new Set((await maas.machines.tags(options)).items);
  for (const tag of addTags) {
    if (!known.has(tag)) await maas.machines.createTag(tag, '', options);
    await maas.machines.tag(tag, { add: [machine.id] }, options);
  }
  for (const tag of removeTags) {
    if (known.has(tag)) await maas.machines.tag(tag, { remove: [machine.id] }, options);
  }
}

type MachineCall = Extract<
  MaasCall,
  { kind: 'commission' | 'deploy' | 'release' | 'abort' | 'mark' | 'rescue' }
>;

/** Each starts something; what is under way already, or over, is not started again. */
async function performOnMachine(
  maas: Maas,
  call: MachineCall,
  { id, hostname, status }: MaasMachine,
  options: CallOptions,
): Promise<void> {
  const { lifecycle } = maas;
  switch (call.kind) {
    case 'commission':
      if (status === 'commissioning' || status === 'testing') return;
      return lifecycle.commission(id, {}, options);
    case 'deploy': {
      if (status === 'deploying' || status === 'deployed') return;
      const { release, userData } = call;
      const how = {
        ...(release === undefined ? {} : { series: release }),
        ...(userData === undefined ? {} : { userData }),
      };
      return lifecycle.deploy({ id, hostname }, how, options);
    }
    case 'release':
      if (status === 'ready' || status === 'releasing' || status === 'disk-erasing') return;
      return lifecycle.release(id, call.comment, options);
    case 'abort':
      return lifecycle.abort(id, call.comment, options);
    case 'mark':
      return call.as === 'broken'
        ? lifecycle.markBroken(id, call.why, options)
        : lifecycle.markFixed(id, call.why, options);
    case 'rescue':
      return call.to === 'enter'
        ? lifecycle.enterRescue(id, options)
        : lifecycle.leaveRescue(id, options);
  }
}
