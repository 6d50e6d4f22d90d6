const PREFIX = 'labwright-';
/** As `newRunId` makes them: the moment in UTC, and three random bytes. */
const RUN = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})-[0-9a-f]{6}$/;

/** The name of a snapshot says which run took it, and by that when, and that it is ours. */
export function snapshotName(run: string): string {
  return `${PREFIX}${run}`;
}

/** The run that took a snapshot; nothing for one that somebody else made. */
export function runOfSnapshot(name: string): string | undefined {
  const run = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
  return RUN.test(run) ? run : undefined;
}

/** When a run began, from its id, in milliseconds since the epoch. */
export function startOfRun(run: string): number {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    RUN.exec(run) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
