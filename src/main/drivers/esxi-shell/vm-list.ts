import { answered } from '../../engine/probes/esxi-answers.ts';

export interface ListedMachine {
  readonly vmid: number;
  readonly name: string;
  /** `[datastore] folder/name.vmx` taken apart. */
  readonly datastore: string;
  readonly file: string;
  readonly hardwareVersion: number;
}

export interface MachineList {
  readonly machines: readonly ListedMachine[];
  /** Ids of machines that hostd itself could not read. */
  readonly invalid: readonly number[];
}

/** A row; an annotation goes on over lines that look like nothing of ours. */
const ROW = /^(\d+)\s+(.+?)\s+\[([^\]]+)\] (.+?\.vmx)\s+(\S+)\s+vmx-(\d+)\s*(.*)$/;
const INVALID = /^Skipping invalid VM '(\d+)'/;

/** `vim-cmd vmsvc/getallvms`: Vmid, Name, File, Guest OS, Version, Annotation. */
export function readMachineList(text: string): MachineList {
  const machines: ListedMachine[] = [];
  const invalid: number[] = [];
  for (const line of answered(text).split(/\r?\n/)) {
    const skipped = INVALID.exec(line)?.[1];
    if (skipped !== undefined) invalid.push(Number(skipped));
    const [, vmid, name, datastore, file, , hardware] = ROW.exec(line) ?? [];
    if (vmid === undefined || name === undefined || !datastore || !file) continue;
    machines.push({
      vmid: Number(vmid),
      name,
      datastore,
      file,
      hardwareVersion: Number(hardware),
    });
  }
  return { machines, invalid };
}
