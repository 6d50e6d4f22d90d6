import { quote } from '../../contract/shell-quote.ts';

/** A name that a shell and a terminal take as it is; a line break in one would send the line. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/** The command that shows a machine's serial console; by its UUID where the name is no plain word. */
export function consoleCommand(machine: { readonly name: string; readonly uuid: string }): string {
  const { name, uuid } = machine;
  return `sudo virsh -c qemu:///system console ${PLAIN.test(name) ? name : quote(uuid.replace(/[^\w-]/g, ''))}`;
}
