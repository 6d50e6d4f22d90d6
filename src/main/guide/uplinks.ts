/** Ends of machines on a bridge, as libvirt, QEMU and containers name them; they come and go. */
const GUEST_PORT = /^(vnet|tap|macvtap|veth)\d*/;

/** What leads out of a network: the host's own interfaces, or the uplinks of a switch. */
export function uplinksOf({ ports }: { readonly ports: readonly string[] }): string[] {
  return ports.filter((port) => !GUEST_PORT.test(port));
}
