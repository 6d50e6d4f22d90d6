import { z } from 'zod';
import { askApi, type Probe, quick } from '../probe.ts';

export const SiteTime = z.object({
  /** The clock of the host, in seconds since 1970; absent where the site has none (vcsim). */
  seconds: z.number().optional(),
  /** Whether the host's own firewall lets it ask time servers. */
  portOpen: z.boolean().optional(),
});
export type SiteTime = z.infer<typeof SiteTime>;

/** Time on the host of a site; `host` names one of a vCenter's. */
export function siteTime(host: string | undefined): Probe<SiteTime> {
  return askApi({
    key: 'site-time',
    ask: host === undefined ? { what: 'time' } : { what: 'time', host },
    shown: 'HostDateTimeSystem.QueryDateTime; RetrievePropertiesEx: config.firewall.ruleset',
    parse: (value) => SiteTime.parse(value),
  });
}

export const WritesRefused = z.object({
  /** Licence under which a write was refused; another one is asked anew. */
  licence: z.string(),
});

/**
 * That a site refused a write with RestrictedVersion. Nobody asks this: the run that met it notes
 * it, and the first write that is let through takes it away.
 */
export const writesRefused = quick<z.infer<typeof WritesRefused>>({
  key: 'site-writes-refused',
  script: '',
  shown: 'RestrictedVersion',
  parse: ({ text }) => WritesRefused.parse(JSON.parse(text)),
});
