import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import type { MoRef } from '../../drivers/vsphere/vim-value.ts';
import { describedBytes } from '../../images/vmdk-descriptor.ts';
import { fileNotFound, folderOf, type Location, locate } from './datastore-files.ts';
import { datastoreFault, type EsxiHost } from './esxi-host.ts';
import { PLACE } from './place-refs.ts';
import type { Args, Tasks } from './tasks.ts';
import type { AnswerObject } from './vim-answer.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

const KIB = 1024;
const SECTOR = 512;

/** Files and disks of the datastores, as FileManager, VirtualDiskManager and the browsers do them. */
export class DatastoreMethods {
  readonly #host: EsxiHost;
  readonly #tasks: Tasks;

  constructor(host: EsxiHost, tasks: Tasks) {
    this.#host = host;
    this.#tasks = tasks;
  }

  /** FileAlreadyExists, and FileNotFound for a missing parent (FileManager.MakeDirectory). */
  makeDirectory({ name, createParentDirectories }: Args): void {
    const { datastore, path } = this.#locate(name);
    const { files } = this.#host;
    if (files.hasFolder(datastore, path) || files.file(datastore, path) !== undefined) {
      const said = `Cannot complete the operation because the file or folder ${name} already exists`;
      throw new VimFault('FileAlreadyExists', said, { file: String(name) });
    }
    if (createParentDirectories !== true && !files.hasFolder(datastore, folderOf(path))) {
      throw fileNotFound(String(name));
    }
    files.makeFolder(datastore, path);
    this.#host.changed();
  }

  delete({ name }: Args): MoRef {
    return this.#tasks.start({
      description: 'FileManager.deleteFile',
      entity: PLACE.datacenter,
      run: async (progress) => {
        const { datastore, path } = this.#locate(name);
        await progress(50);
        const { files } = this.#host;
        const gone = files.removeFile(datastore, path) || files.removeFolder(datastore, path);
        if (!gone) throw fileNotFound(String(name));
        return undefined;
      },
    });
  }

  /** A disk can only grow; its descriptor is written anew, in the host's own words (famz.github.io, 2011). */
  extend({ name, newCapacityKb }: Args): MoRef {
    return this.#tasks.start({
      description: 'VirtualDiskManager.extendVirtualDisk',
      entity: PLACE.datacenter,
      run: async (progress) => {
        const { datastore, path } = this.#locate(name);
        const { files } = this.#host;
        const text = files.file(datastore, path)?.bytes?.toString('utf8');
        const flat = path.replace(/\.vmdk$/, '-flat.vmdk');
        const now = text === undefined ? undefined : describedBytes(text);
        if (now === undefined || files.file(datastore, flat) === undefined) {
          throw fileNotFound(String(name));
        }
        const wanted = Number(newCapacityKb) * KIB;
        // The fault is [K]; that a disk does not shrink is in the reference.
        if (wanted <= now) throw invalidArgument('newCapacityKb');
        await progress(50);
        files.rewrite(datastore, path, descriptor(wanted / SECTOR, flat));
        return undefined;
      },
    });
  }

  search(ref: MoRef, { datastorePath, searchSpec }: Args): MoRef {
    return this.#tasks.start({
      description: 'HostDatastoreBrowser.searchDatastore',
      entity: ref,
      run: async (progress) => {
        await progress(50);
        const at = this.#locate(datastorePath);
        const { files } = this.#host;
        if (!files.hasFolder(at.datastore, at.path)) throw fileNotFound(String(datastorePath));
        const { details } = asFields(searchSpec);
        const { fileSize } = asFields(details);
        const file: AnswerObject[] = [...files.names(at.datastore, at.path)].map(([path, size]) =>
          fileSize === true ? { path, fileSize: size } : { path },
        );
        return {
          _type: 'HostDatastoreBrowserSearchResults',
          folderPath: String(datastorePath),
          file,
        };
      },
    });
  }

  #locate(name: Decoded | undefined): Location {
    const at = locate(String(name));
    if (!this.#host.datastores.some((each) => each.name === at.datastore)) {
      throw datastoreFault(at.datastore);
    }
    return at;
  }
}

function descriptor(sectors: number, flat: string): string {
  return `# Disk DescriptorFile
version=1
encoding="UTF-8"
CID=fffffffe
parentCID=ffffffff
isNativeSnapshot="no"
createType="vmfs"

# Extent description
RW ${sectors} VMFS "${flat.split('/').at(-1)}"

# The Disk Data Base 
#DDB

ddb.adapterType = "lsilogic"
ddb.thinProvisioned = "1"
`;
}
