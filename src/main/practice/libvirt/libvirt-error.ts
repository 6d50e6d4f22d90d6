/** What libvirt refuses, in its own words; virsh puts `error: ` before each line. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
