import type { Action } from '../../../contract/action.ts';
import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import { binaryUpload } from '../../engine/binary-upload.ts';
import {
  type InstallMedia,
  type SeedPlace,
  type StorageFact,
  seedName,
} from '../../engine/hypervisor.ts';
import { flatDiskLines, imageDisk } from '../../engine/image-shell.ts';
import { type MachineSpec, mayHaveMedia } from '../../engine/machine-specs.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { flatName } from '../../images/vmdk-descriptor.ts';
import { BEST_DIGEST } from '../../ssh/host-dialect.ts';
import { claim, ESXI_EXIT, fail, folderOf, onHost, prelude } from './machine-script.ts';
import { diskFile, machineVmx, serialLog, type VmxMedia } from './vmx-machine.ts';

/*
 * A machine that is installed from an image. Its folder with its .vmx comes first, so that all which comes
 * into it is owned; then seed and disk; and when both are there, the host is told of it.
 */

const SECTORS_PER_GIB = 1024 ** 3 / 512;

const mediaOf = (spec: MachineSpec, { image }: InstallMedia): VmxMedia => ({
  disk: imageDisk(spec.name, image),
  seed: seedName(spec),
});

const inFolder = (spec: MachineSpec, storage: StorageFact, file: string): string =>
  `${storage.path}/${spec.name}/${file}`;

export function installActions(
  spec: MachineSpec,
  hardwareVersion: number | undefined,
  storage: StorageFact,
  media: InstallMedia,
): Action[] {
  const { name, on: target } = spec;
  const files = mediaOf(spec, media);
  const text = machineVmx(spec, hardwareVersion, files);
  const { url, sha256, size } = media.image;
  const path = inFolder(spec, storage, files.disk);
  return [
    onHost(spec, {
      id: 'make-folder',
      title: message('servers.machine.folder', { name, path: `${storage.path}/${name}` }),
      script: folderScript(spec, text, storage),
    }),
    ...seedActions(spec, storage, media.seed),
    {
      kind: 'disk',
      id: 'put-disk',
      title: message('servers.machine.disk', { name, path }),
      target,
      image: { url, sha256, size },
      path,
      equivalent: [
        ...flatDiskLines(media.image, files.disk),
        `scp ${files.disk} ${flatName(files.disk)} ${quote(`${target}:${storage.path}/${name}/`)}`,
      ],
    },
    onHost(spec, {
      id: 'create-machine',
      title: message('machine.create', { name }),
      script: installScript(spec, text, storage, files),
    }),
  ];
}

export function seedActions(spec: MachineSpec, storage: StorageFact, seed: Uint8Array): Action[] {
  const { path } = seedPlace(spec, storage);
  const title = message('servers.machine.seed', { name: spec.name, path });
  const at = { id: 'write-seed', title, target: spec.on, path, mode: '644', sudo: false } as const;
  return [binaryUpload(at, seed)];
}

export function seedPlace(spec: MachineSpec, storage: StorageFact): SeedPlace {
  const path = inFolder(spec, storage, seedName(spec));
  return {
    path,
    digest: quick({
      key: `digest ${path}`,
      script: `[ -e ${quote(path)} ] || { echo absent; exit; }
${BEST_DIGEST}
echo "$h $("\${h}sum" <${quote(path)})"`,
      shown: `sha256sum ${path}`,
      parse: ({ text }) => {
        if (/^absent$/m.test(text)) return {};
        const [, name, digest] = /^(sha256|sha1|md5) ([0-9a-f]+)\b/m.exec(text) ?? [];
        if (name === undefined) throw new ProbeAnswerError(`a digest of ${path}`);
        return { [name]: digest };
      },
    }),
  };
}

/** Lines that take away what an installed machine has beside its own files; known by the seed, which goes last. */
export function removeMedia(spec: MachineSpec): string {
  if (!mayHaveMedia(spec)) return '';
  const { name } = spec;
  const [seed, disk] = [seedName(spec), `"$d"/${name}-????????`];
  return `if [ -e "$d/${seed}" ]; then
  for f in ${disk}.vmdk; do [ ! -e "$f" ] || vmkfstools -U "$f"; done
  rm -f ${disk}.vmdk.labwright-new ${disk}-flat.vmdk ${disk}-flat.vmdk.labwright-new
  rm -f "$d/${serialLog(name)}" "$d/${seed}.labwright-new" "$d/${seed}"
fi
`;
}

/** Makes the folder of a machine that gets its disk from an image: what comes into it then is owned. */
function folderScript(spec: MachineSpec, text: string, storage: StorageFact): string {
  return `${prelude(spec)}d=${folderOf(spec, storage)}\n${claim(spec, text, storage, true)}`;
}

/** Makes a machine of the disk that is in its folder; the disk stays when something fails. */
function installScript(
  spec: MachineSpec,
  text: string,
  storage: StorageFact,
  { disk, seed }: VmxMedia,
): string {
  const { name, disksGib } = spec;
  const [first = 0, ...others] = disksGib;
  const noRoom = fail(ESXI_EXIT.noRoomLeft, `the disks of ${name} do not fit on ${storage.name}`);
  const made = others
    .map((gib, index) => ({ gib, file: diskFile(name, index + 1) }))
    .map(
      ({ gib, file }) =>
        `[ -e "$d/${file}" ] || vmkfstools -c ${gib}G -d thin "$d/${file}" || ${noRoom}\n`,
    )
    .join('');
  // Sectors of the extent, as the descriptor has them; growing to what it is would be an error.
  return `${prelude(spec)}d=${folderOf(spec, storage)}
${claim(spec, text, storage, true)}[ -e "$d/${disk}" ] && [ -e "$d/${seed}" ] || ${fail(ESXI_EXIT.mediaGone, `disk or seed of ${name} is not in its folder`)}
n=$(sed -n 's/^RW  *\\([0-9][0-9]*\\)  *VMFS .*/\\1/p' "$d/${disk}")
[ -n "$n" ] || ${fail(ESXI_EXIT.mediaGone, `${disk} describes no disk`)}
[ "$n" -le ${first * SECTORS_PER_GIB} ] || ${fail(ESXI_EXIT.diskSmall, `the image needs a larger first disk than ${first} GiB`)}
[ "$n" -eq ${first * SECTORS_PER_GIB} ] || vmkfstools -X ${first}G "$d/${disk}" || ${noRoom}
${made}vc solo/registervm "$vmx" ${name}
ours
[ -n "$id" ]
`;
}
