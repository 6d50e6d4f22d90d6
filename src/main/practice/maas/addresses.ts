import { isIPv4 } from 'node:net';

export const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

/** First and last address of a network, both counted. */
export function bounds(cidr: string): readonly [number, number] {
  const [address = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(address) / size) * size;
  return [first, first + size - 1];
}

export const inside = (cidr: string, address: string): boolean => {
  const [first, last] = bounds(cidr);
  const value = toNumber(address);
  return isIPv4(address) && value >= first && value <= last;
};
