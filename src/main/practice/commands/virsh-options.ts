import { LibvirtError } from '../libvirt/libvirt-error.ts';

/** Options of one virsh command: names in angle brackets are wanted, in this order. */
export interface VirshUsage {
  /** `domain uuid?`: operands by position; those with `?` can be left out. */
  readonly operands?: string;
  readonly flags?: string;
  readonly valued?: string;
}

export interface VirshOptions {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  need(name: string): string;
}

/** As vsh does it: operands may be given by name as well (`--domain node-1`). */
export function virshOptions(
  command: string,
  usage: VirshUsage,
  args: readonly string[],
): VirshOptions {
  const words = (list: string | undefined) => (list ?? '').split(' ').filter((word) => word !== '');
  const operands = words(usage.operands);
  const names = operands.map((name) => name.replace('?', ''));
  const valued = new Set([...names, ...words(usage.valued)]);
  const known = new Set(words(usage.flags));
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const item = args[index] ?? '';
    if (item.startsWith('--')) {
      const [name = '', given] = item.slice(2).split(/=(.*)/s);
      if (known.has(name)) flags.add(name);
      else if (valued.has(name)) values.set(name, given ?? args[++index] ?? '');
      else throw new LibvirtError(`command '${command}' doesn't support option --${name}`);
      continue;
    }
    const next = names.find((name) => !values.has(name));
    if (next === undefined) throw new LibvirtError(`unexpected data '${item}'`);
    values.set(next, item);
  }
  const missing = operands.find((name) => !name.endsWith('?') && !values.has(name));
  if (missing !== undefined)
    throw new LibvirtError(`command '${command}' requires <${missing}> option`);
  return { flags, values, need: (name) => values.get(name) ?? '' };
}
