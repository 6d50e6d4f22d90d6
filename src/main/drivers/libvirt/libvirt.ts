import type { UploadAction } from '../../../contract/action.ts';
import type { PowerChange } from '../../../contract/machines.ts';
import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import { binaryUpload } from '../../engine/binary-upload.ts';
import {
  type Hypervisor,
  type InstallMedia,
  type StorageFact,
  seedPath,
} from '../../engine/hypervisor.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { fileDigest } from '../../engine/probes/new-machine.ts';
import { diskSizes, mark, unmark } from './adoption.ts';
import { domainEvents } from './domain-events.ts';
import { domainXml, mendedXml, networkXml, volumeName } from './domain-xml.ts';
import { libvirtInventory } from './inventory-probe.ts';
import { removeSnapshot, revertToSnapshot, snapshotTrouble, takeSnapshot } from './snapshots.ts';
import { asRoot, base, LIBVIRT_EXIT, mustBeOff, mustBeOurs, VIRSH } from './virsh-script.ts';

/** A document on standard input; XML has no line that is our word. */
const defining = (xml: string): string => `v define /dev/stdin <<'LABWRIGHT_XML'
${xml.trimEnd()}
LABWRIGHT_XML
`;

/** Name that libvirt knows our network by; the bridge has the name that the plan gives it. */
const networkName = (bridge: string): string => `labwright-${bridge}`;

/** Ends the script unless the network bears the mark of this lab (libvirt keeps it since 2.1). */
const networkMustBear = (bridge: string, lab: string): string =>
  `case $(v net-dumpxml ${networkName(bridge)} | tr "'" '"') in
*'lab="${lab}"'*) ;;
*) echo ${quote(`${bridge} does not bear the mark of this lab; it is left alone`)} >&2; exit ${LIBVIRT_EXIT.notOurs} ;;
esac
`;

/**
 * A disk with the content of an image, as large as the plan says; the system grows into it when it
 * first starts. It is a copy, so the image may go later. Copying takes long, so it comes before the
 * machine is defined and is put in its place afterwards: a machine that is there has its disk.
 */
function installedDisk(
  spec: MachineSpec,
  storage: StorageFact,
  { image }: InstallMedia,
): { readonly copy: string; readonly place: string } {
  const volume = volumeName(spec.name, 0);
  const disk = quote(`${storage.path}/${volume}`);
  const half = quote(`${storage.path}/.${volume}.labwright-new`);
  return {
    copy: `if [ ! -e ${disk} ]; then
  rm -f ${half}
  qemu-img convert -O qcow2 ${quote(image.path)} ${half}
  qemu-img resize ${half} ${spec.disksGib[0]}G
  chmod 600 ${half}
fi
`,
    place: `[ ! -e ${half} ] || mv ${half} ${disk}
v pool-refresh ${quote(storage.name)}
`,
  };
}

function seedUpload(spec: MachineSpec, storage: StorageFact, seed: Uint8Array): UploadAction {
  const path = seedPath(storage, spec);
  const title = message('servers.machine.seed', { name: spec.name, path });
  return binaryUpload({ id: 'write-seed', title, target: spec.on, path, mode: '644' }, seed);
}

function createScript(
  spec: MachineSpec,
  xml: string,
  storage: StorageFact,
  media: InstallMedia | undefined,
): string {
  const { uuid, name } = spec;
  const pool = quote(storage.name);
  const volumes = spec.disksGib.map((gib, index) => ({ gib, volume: volumeName(name, index) }));
  const taken = volumes
    .map(
      ({ volume }) => `if v vol-info ${quote(volume)} --pool ${pool} >/dev/null 2>&1; then
  echo ${quote(`${storage.name} already has ${volume}, which is not of this machine`)} >&2; exit ${LIBVIRT_EXIT.diskTaken}
fi
`,
    )
    .map((text) => text.replaceAll(/^/gm, '  ').trimEnd())
    .join('\n');
  const made = volumes
    .slice(media === undefined ? 0 : 1)
    .map(
      ({ gib, volume }) =>
        `v vol-info ${quote(volume)} --pool ${pool} >/dev/null 2>&1 || v vol-create-as ${pool} ${quote(volume)} ${gib}G --format qcow2\n`,
    )
    .join('');
  const disk = media && installedDisk(spec, storage, media);
  const copy = disk ? `${disk.copy.replaceAll(/^/gm, '  ').trimEnd()}\n` : '';
  return `set -e
${VIRSH}if ! v dominfo ${uuid} >/dev/null 2>&1; then
  if v dominfo ${quote(name)} >/dev/null 2>&1; then
    echo ${quote(`a machine called ${name} exists and is not of this lab`)} >&2; exit ${LIBVIRT_EXIT.nameTaken}
  fi
${taken}
${copy}  ${defining(xml)}fi
${disk?.place ?? ''}${made}`;
}

/** Repeating it is harmless, but for a reset; `off` is the power button held down. */
function powerScript(uuid: string, to: PowerChange): string {
  if (to === 'reset') return `v reset ${uuid}\n`;
  return to === 'on'
    ? `case $(v domstate ${uuid}) in running) ;; paused) v resume ${uuid} ;; *) v start ${uuid} ;; esac\n`
    : `case $(v domstate ${uuid}) in 'shut off'|crashed) ;; *) v destroy ${uuid} ;; esac\n`;
}

/** KVM machines, by `virsh` on the host. What is shown is the very script that is run. */
export const libvirt: Hypervisor = {
  inventory: libvirtInventory,
  changes: domainEvents,
  explain: (exitCode, name) => {
    const found = Object.entries(LIBVIRT_EXIT).find(([, code]) => code === exitCode);
    return found && message(`libvirt.failed.${found[0]}`, { name });
  },
  description: (uuid) =>
    quick({
      key: `domain ${uuid}`,
      script: `virsh -q -c qemu:///system dumpxml --inactive ${uuid}`,
      sudo: true,
      parse: ({ exitCode, text }) => {
        if (exitCode !== 0) throw new ProbeAnswerError('the description of a machine');
        return text;
      },
    }),
  create: (spec, inventory, storage, media) => {
    const xml = domainXml(spec, {
      accelerated: inventory.accelerated,
      folder: storage.path,
      ...(media === undefined ? {} : { cd: seedPath(storage, spec) }),
    });
    return [
      ...(media === undefined ? [] : [seedUpload(spec, storage, media.seed)]),
      asRoot(spec, {
        id: 'create-machine',
        title: message('machine.create', { name: spec.name }),
        script: createScript(spec, xml, storage, media),
      }),
    ];
  },
  seedPlace: (spec, storage) => {
    const path = seedPath(storage, spec);
    return { path, digest: fileDigest(path) };
  },
  putSeed: (spec, storage, seed) => [seedUpload(spec, storage, seed)],
  mend: (spec, description) => [
    asRoot(spec, {
      id: 'change-machine',
      title: message('machine.change', { name: spec.name }),
      script: `set -e\n${VIRSH}${mustBeOurs(spec)}${mustBeOff(spec)}${defining(mendedXml(description, spec))}`,
    }),
  ],
  restore: (spec, description) => [
    asRoot(spec, {
      id: 'restore-machine',
      title: message('machine.restore', { name: spec.name }),
      script: `set -e\n${VIRSH}${mustBeOurs(spec)}${mustBeOff(spec)}${defining(description)}`,
    }),
  ],
  remove: (spec, storage) => {
    const pool = quote(storage.name);
    // Its name is the machine's UUID, so it is nobody else's, whether the plan still tells of it or not.
    const seed = `rm -f ${quote(seedPath(storage, spec))}\n`;
    const volumes = spec.disksGib
      .map((_, index) => quote(volumeName(spec.name, index)))
      .map(
        (volume) =>
          `! v vol-info ${volume} --pool ${pool} >/dev/null 2>&1 || v vol-delete ${volume} --pool ${pool}\n`,
      )
      .join('');
    return [
      asRoot(spec, {
        id: 'remove-machine',
        title: message('machine.remove', { name: spec.name }),
        // The domain bears the mark, so it goes last: what is left half-way is still known as ours.
        script: `set -e
${VIRSH}v dominfo ${spec.uuid} >/dev/null 2>&1 || { ${seed.trim()}; exit 0; }
${mustBeOurs(spec)}case $(v domstate ${spec.uuid}) in 'shut off'|crashed) ;; *) v destroy ${spec.uuid} ;; esac
${volumes}${seed}v undefine ${spec.uuid} --managed-save --snapshots-metadata${spec.firmware === 'efi' ? ' --nvram' : ''}
`,
      }),
    ];
  },
  createNetwork: (target, bridge, lab) => [
    {
      ...base,
      id: 'create-network',
      title: message('network.create', { bridge }),
      target,
      script: `set -e
${VIRSH}v net-info ${networkName(bridge)} >/dev/null 2>&1 || v net-define /dev/stdin <<'LABWRIGHT_XML'
${networkXml(networkName(bridge), bridge, lab).trimEnd()}
LABWRIGHT_XML
v net-autostart ${networkName(bridge)}
v net-start ${networkName(bridge)}
`,
    },
  ],
  removeNetwork: (target, bridge, _details, lab) => [
    {
      ...base,
      id: 'remove-network',
      title: message('network.remove', { bridge }),
      target,
      script: `${VIRSH}v net-info ${networkName(bridge)} >/dev/null 2>&1 || exit 0
${lab === undefined ? '' : networkMustBear(bridge, lab)}v net-destroy ${networkName(bridge)}
v net-undefine ${networkName(bridge)}
`,
    },
  ],
  power: (spec, to) => [
    asRoot(spec, {
      id: `power-${to}`,
      title: message(`machine.power-${to}`, { name: spec.name }),
      script: `set -e\n${VIRSH}${mustBeOurs(spec)}${powerScript(spec.uuid, to)}`,
    }),
  ],
  snapshotTrouble,
  takeSnapshot,
  revertToSnapshot,
  removeSnapshot,
  diskSizes,
  mark,
  unmark,
};
