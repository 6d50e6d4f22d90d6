const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in the unit people use, decimal as disks and downloads are sold: `4.1 GB`. */
export function formatBytes(bytes: number, language: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.6 kB would be written as 1000 kB.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const maximumFractionDigits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits }).format(value)} ${UNITS[unit]}`;
}

/** The part of i18next's formatter service that we use. */
export interface FormatRegistry {
  add(name: string, format: (value: unknown, language: string | undefined) => string): void;
}

/** Makes `{{size, bytes}}` work; every i18next instance of ours needs it. */
export function addFormats(formatter: FormatRegistry | undefined): void {
  formatter?.add('bytes', (value, language) => formatBytes(Number(value), language ?? 'en'));
}
