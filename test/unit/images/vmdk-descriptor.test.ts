import { expect, test } from 'vitest';
import {
  describedBytes,
  flatName,
  vmdkDescriptor,
} from '../../../src/main/images/vmdk-descriptor.ts';

const GIBIBYTE = 1024 ** 3;

test('a descriptor names the file beside it and every sector of it', () => {
  const text = vmdkDescriptor('/vmfs/volumes/my store/images/images-9f86d081.vmdk', 3 * GIBIBYTE);
  expect(text).toMatch(/^# Disk DescriptorFile\nversion=1\n/);
  expect(text).toContain('\nRW 6291456 VMFS "images-9f86d081-flat.vmdk"\n');
  expect(text).toMatch(/\nCID=[0-9a-f]{8}\n/);
  expect(text).toMatch(
    /\nddb.uuid = "60 00 C2 9[0-9A-F]( [0-9A-F]{2}){4}-[0-9A-F]{2}( [0-9A-F]{2}){7}"\n/,
  );
  expect(describedBytes(text)).toBe(3 * GIBIBYTE);
  expect(vmdkDescriptor('a.vmdk', GIBIBYTE)).toBe(vmdkDescriptor('a.vmdk', GIBIBYTE));
});

test('two disks have two identities, which guests and hosts tell them apart by', () => {
  const identity = (name: string) => /ddb.uuid = .*/.exec(vmdkDescriptor(name, GIBIBYTE))?.[0];
  expect(identity('a.vmdk')).not.toBe(identity('b.vmdk'));
});

test('what others wrote is read, and what is no descriptor is none', () => {
  // As vmkfstools of ESXi writes one after growing it, in another order and with other words.
  const grown = `# Disk DescriptorFile
version=1
CID=fb183c20
parentCID=ffffffff
isNativeSnapshot="no"
createType="vmfs"

# Extent description
RW 83886080 VMFS "images-flat.vmdk"

# The Disk Data Base 
ddb.adapterType = "lsilogic"
`;
  expect(describedBytes(grown)).toBe(40 * GIBIBYTE);
  expect(describedBytes('')).toBeUndefined();
  expect(describedBytes('RW 1 VMFS "x"')).toBeUndefined();
  expect(describedBytes('<html>')).toBeUndefined();
});

test('the bytes lie beside the descriptor', () => {
  expect(flatName('a/b.vmdk')).toBe('a/b-flat.vmdk');
});
