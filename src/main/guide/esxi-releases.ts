/** The newest build of a line of ESXi that was known when this table was made. */
export interface EsxiRelease {
  /** Major and minor version: `8.0`. */
  readonly line: string;
  /** What the host itself calls its version: `8.0.3`. Builds are compared inside it only. */
  readonly version: string;
  /** What VMware calls the release. */
  readonly name: string;
  readonly build: number;
  /** ISO date of its release. */
  readonly released: string;
  /** Where the number comes from. */
  readonly source: string;
  /** Whether a second, independent place gives the same build. */
  readonly confirmed: boolean;
}

/** When the table was last held against its sources. */
export const RELEASES_KNOWN_ON = '2026-11-26';

/**
 * Broadcom's list is KB 316595 (before: KB 2143832), which cannot be fetched without a browser; so
 * each row names who quotes it. To renew a row: build and date from that list, then the date above.
 */
export const ESXI_RELEASES: readonly EsxiRelease[] = [
  {
    line: '5.5',
    version: '5.5.0',
    name: '5.5 Update 3k',
    build: 9919047,
    released: '2018-09-14',
    source: 'KB 2143832 as quoted by vCheck-vSphere; endoflife.date',
    confirmed: true,
  },
  {
    line: '6.0',
    version: '6.0.0',
    name: '6.0 EP 25 (ESXi600-202002001)',
    build: 15517548,
    released: '2020-02-20',
    source: 'KB 2143832 as quoted by vCheck-vSphere; nmap vmware-svrloc-vulns; endoflife.date',
    confirmed: true,
  },
  {
    line: '6.5',
    version: '6.5.0',
    name: 'ESXi650-202403001',
    build: 23084120,
    released: '2024-03-05',
    // The release is in VMSA-2024-0006 and endoflife.date; its build is from memory.
    source: 'VMSA-2024-0006; endoflife.date (name and date only)',
    confirmed: false,
  },
  {
    line: '6.7',
    version: '6.7.0',
    name: 'ESXi670-202503001',
    build: 24514018,
    released: '2025-03-04',
    // The bundle is named by public scripts that apply it; its build is from memory.
    source: 'VMSA-2025-0004 (name and date only)',
    confirmed: false,
  },
  {
    line: '7.0',
    version: '7.0.3',
    name: '7.0 Update 3w',
    build: 24784741,
    released: '2025-07-15',
    // VMSA-2026-0006 has later ones for extended support alone.
    source: 'VMSA-2025-0013; KB 316595 as quoted by public lists',
    confirmed: true,
  },
  {
    line: '8.0',
    version: '8.0.3',
    name: '8.0 Update 3k',
    build: 25595708,
    released: '2026-07-29',
    source: 'VMSA-2026-0006; Azure VMware Solution version table',
    confirmed: true,
  },
  {
    line: '9.0',
    version: '9.0.2',
    name: '9.0.2.0100',
    build: 25595025,
    released: '2026-07-29',
    source: 'VMSA-2026-0006',
    confirmed: true,
  },
  {
    line: '9.1',
    version: '9.1.1',
    name: '9.1.1.0',
    build: 25714478,
    // The day is not known; hosts with it were seen on 22 September.
    released: '2026-09',
    source: 'VCF 9.1.1 bill of materials as quoted by public lists',
    confirmed: true,
  },
];
