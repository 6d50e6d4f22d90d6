/** Whether `3.3.11` is before, say, `[3, 5]`. A version that is not one is not before anything. */
export function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (match === null) return false;
  const [theirMajor, theirMinor] = [Number(match[1]), Number(match[2])];
  return theirMajor < major || (theirMajor === major && theirMinor < minor);
}
