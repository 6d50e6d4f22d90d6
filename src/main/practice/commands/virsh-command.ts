import type { LibvirtState } from '../libvirt/libvirt-state.ts';
import type { Io } from '../program.ts';
import type { VirshOptions, VirshUsage } from './virsh-options.ts';

export interface VirshCall extends VirshOptions {
  readonly io: Io;
  readonly libvirt: LibvirtState;
  readonly uri: string;
  readonly quiet: boolean;
  /** What the command is asked for. */
  print(text: string): void;
  /** What is only said to a person: not with `-q`. */
  say(text: string): void;
  /** A file that is named on the command line. */
  file(name: string): string;
}

/** One command of virsh(1); what it throws is printed behind `error:`. */
export interface VirshCommand extends VirshUsage {
  readonly run: (call: VirshCall) => void | Promise<void>;
}
