/** An IPv4 address as a number, so that ranges can be compared. */
export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether an IPv4 address is on the network of another, which is written with its prefix. */
export function inSubnet(address: string, cidr: string): boolean {
  const [base = '', prefix = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(addressNumber(address) / size) === Math.floor(addressNumber(base) / size);
}

/** The prefix as a mask, as ifupdown takes it on old systems. */
export function netmask(cidr: string): string {
  const size = 2 ** (32 - Number(cidr.split('/')[1] ?? 32));
  const mask = 2 ** 32 - size;
  return [24, 16, 8, 0].map((shift) => Math.floor(mask / 2 ** shift) % 256).join('.');
}

/** Whether two addresses with prefix name the same network: `10.20.30.7/24` is on 10.20.30.0/24. */
export function sameNetwork(one: string, other: string): boolean {
  return one.split('/')[1] === other.split('/')[1] && inSubnet(one.split('/')[0] ?? '', other);
}
