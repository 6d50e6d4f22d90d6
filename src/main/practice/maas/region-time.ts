/** When things happen in a practice region: real time there, the test's own in a test. */
export interface RegionTime {
  /** Milliseconds since 1970. */
  now(): number;
  after(milliseconds: number, happens: () => void): void;
}

/** `Sun, 22 Nov. 2026 07:25:41`, as events are dated. */
export const eventDate = (at: number): string => {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(at)
    .toUTCString()
    .split(' ');
  return `${day} ${date} ${month}. ${year} ${time}`;
};

/** `Sun, 22 Nov 2026 07:25:41 -0000`, as scripts are dated. */
export const scriptDate = (at: number): string =>
  new Date(at).toUTCString().replace(/GMT$/, '-0000');

/** `2026-11-22T07:21:30.189`, as boot sources are dated. */
export const isoDate = (at: number): string => new Date(at).toISOString().replace(/Z$/, '');

/** `0:03:35`, as Python writes a duration. */
export const duration = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};
