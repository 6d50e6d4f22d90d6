const UNITS = ['MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Memory and virtual disks in the unit that they are given in, powers of two: `4 GiB`. */
export function binarySize(mib: number, language: string): string {
  let value = mib;
  let unit = 0;
  // 1023.6 MiB would be written as 1024 MiB.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: value < 100 ? 1 : 0 });
  return `${number.format(value)} ${UNITS[unit]}`;
}
