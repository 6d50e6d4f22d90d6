import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import { type DatastoreFiles, type Location, locate } from './datastore-files.ts';
import type { PracticeVm } from './esxi-host.ts';

/** Where the files behind a machine's disks lie: a descriptor and the bytes beside it. */
function diskFiles({ devices }: PracticeVm): Location[] {
  return devices
    .filter(({ _type }) => _type === 'VirtualDisk')
    .flatMap(({ backing }) => {
      const { fileName } = asFields(backing as Decoded);
      const { datastore, path } = locate(String(fileName));
      return [path, path.replace(/\.vmdk$/, '-flat.vmdk')].map((each) => ({
        datastore,
        path: each,
      }));
    });
}

/** What the host makes for a new machine; its room is counted with the machine. */
export function noteFiles(files: DatastoreFiles, machine: PracticeVm): void {
  const { datastore, folder, name } = machine;
  files.makeFolder(datastore, folder);
  files.note(datastore, `${folder}/${name}.vmx`);
  for (const each of diskFiles(machine)) {
    if (files.file(each.datastore, each.path) === undefined) files.note(each.datastore, each.path);
  }
}

/** What a machine's serial ports write, from its first start on; nobody removes it with the machine [K]. */
export function noteLogs(files: DatastoreFiles, { devices }: PracticeVm): void {
  for (const { backing } of devices.filter(({ _type }) => _type === 'VirtualSerialPort')) {
    const { datastore, path } = locate(String(asFields(backing as Decoded).fileName));
    if (files.file(datastore, path) === undefined) files.note(datastore, path);
  }
}

/** The machine's own files and disks go; what else lies in its folder stays, and the folder with it [K]. */
export function removeFiles(files: DatastoreFiles, machine: PracticeVm): void {
  const { datastore, folder, name } = machine;
  files.removeFile(datastore, `${folder}/${name}.vmx`);
  for (const each of diskFiles(machine)) files.removeFile(each.datastore, each.path);
  if (files.names(datastore, folder).size === 0) files.removeFolder(datastore, folder);
}
