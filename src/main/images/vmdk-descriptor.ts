import { createHash } from 'node:crypto';

const SECTOR = 512;
/** Geometry of a SCSI disk as VMware writes it: as many heads and sectors as a BIOS can name. */
const HEADS = 255;
const SECTORS = 63;

/** The file that holds the bytes of a disk, beside its descriptor. */
export function flatName(descriptor: string): string {
  return descriptor.replace(/\.vmdk$/, '-flat.vmdk');
}

/**
 * The descriptor of a disk whose bytes lie flat beside it, in the form that vmkfstools writes (VMware's
 * Virtual Disk Format 5.0; `vmfs` is what a datastore calls monolithicFlat). The content identifier must
 * only differ where content does; the disk's UUID is what the guest sees of it.
 */
export function vmdkDescriptor(name: string, bytes: number): string {
  const digest = createHash('sha256').update(`${name}\n${bytes}`).digest();
  const flat = flatName(name).split('/').at(-1);
  // 60 00 C2 9 is what VMware's own begin with.
  const uuid = Buffer.concat([Buffer.from([0x60, 0x00, 0xc2]), digest.subarray(0, 13)]);
  uuid[3] = 0x90 | ((uuid[3] ?? 0) & 0x0f);
  const hex = [...uuid].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  return `# Disk DescriptorFile
version=1
encoding="UTF-8"
CID=${digest.toString('hex', 13, 17)}
parentCID=ffffffff
isNativeSnapshot="no"
createType="vmfs"

# Extent description
RW ${bytes / SECTOR} VMFS "${flat}"

# The Disk Data Base
#DDB

ddb.adapterType = "lsilogic"
ddb.geometry.cylinders = "${Math.floor(bytes / SECTOR / HEADS / SECTORS)}"
ddb.geometry.heads = "${HEADS}"
ddb.geometry.sectors = "${SECTORS}"
ddb.thinProvisioned = "1"
ddb.uuid = "${hex.slice(0, 8).join(' ')}-${hex.slice(8).join(' ')}"
ddb.virtualHWVersion = "8"
`;
}

/** Bytes of the disk that a descriptor describes; undefined when it is none that we can tell. */
export function describedBytes(descriptor: string): number | undefined {
  const extents = [...descriptor.matchAll(/^RW +(\d+) +(?:VMFS|FLAT) +"/gm)];
  if (!/^createType *= *"/m.test(descriptor) || extents.length === 0) return undefined;
  return extents.reduce((sum, [, sectors]) => sum + Number(sectors) * SECTOR, 0);
}
