import type { Io } from '../program.ts';
import type { Verb } from './esxcli.ts';
import type { EsxiState, PracticeBundle } from './esxi-state.ts';

const ROWS_5 = ['Name', 'Vendor', 'Acceptance Level', 'Creation Time', 'Modification Time'];

/** A table as esxcli prints it: names, dashes, rows, two blanks between the columns. */
function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = names.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}\n`;
  return [names, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

/**
 * What patches a host. Tables and results are those of public transcripts (6.0: upgrade notes and
 * eclair's README; 7.0 and 8.0: upgrade notes), the refusals those that people ask about.
 */
export function softwareVerbs(esxi: EsxiState): Record<string, Verb> {
  const refuse = (io: Io, text: string): number => {
    io.out(`${text}\n`);
    return 1;
  };
  const running = () => [...esxi.vms.values()].filter(({ power }) => power === 'on');
  const bundleAt = (io: Io, path: string): PracticeBundle | undefined =>
    io.machine.fs.find(path) === undefined
      ? undefined
      : esxi.bundles.find((bundle) => bundle.path === path);
  const noBundle = (io: Io, path: string) =>
    refuse(
      io,
      ` [MetadataDownloadError]\n Could not download from depot at zip:${path}?index.xml, skipping\n        url = zip:${path}?index.xml\n Please refer to the log file for more details.`,
    );
  const result = (message: string, bundle: PracticeBundle | undefined, reboot: boolean) =>
    `Installation Result
   Message: ${message}
   Reboot Required: ${reboot}
   VIBs Installed: ${bundle?.installed.join(', ') ?? ''}
   VIBs Removed: ${bundle?.removed.join(', ') ?? ''}
   VIBs Skipped: ${bundle?.skipped.join(', ') ?? ''}
`;
  return {
    'system maintenanceMode get': (_option, io) => {
      io.out(esxi.maintenance ? 'Enabled\n' : 'Disabled\n');
      return 0;
    },
    'system maintenanceMode set': (option, io) => {
      const wanted = option('-e', '--enable') === 'true';
      if (wanted === esxi.maintenance) {
        return refuse(io, `Maintenance mode is already ${wanted ? 'enabled' : 'disabled'}.`);
      }
      // It waits for machines to go, until the time is over.
      if (wanted && running().length > 0) return refuse(io, 'Timed out waiting for the operation.');
      esxi.maintenance = wanted;
      return 0;
    },
    'system shutdown reboot': (option, io) => {
      if (!esxi.maintenance) return refuse(io, 'The host must be in maintenance mode.');
      const seconds = Number(option('-d', '--delay') || 10);
      setTimeout(() => esxi.restart(), seconds * esxi.secondMs).unref();
      return 0;
    },
    'software profile get': (_option, io, flags) => {
      const name = flags.has('--rebooting-image')
        ? (esxi.pending?.profile ?? 'No pending image profile available.')
        : `(Updated) ESXi-${esxi.version}-${esxi.build}-standard`;
      io.out(`${name}\n   Name: ${name}\n   Vendor: VMware, Inc.\n   Stateless Ready: True\n`);
      return 0;
    },
    'software sources profile list': (option, io) => {
      const path = option('-d', '--depot');
      const bundle = bundleAt(io, path);
      if (bundle === undefined) return noBundle(io, path);
      const names = [bundle.profile, bundle.profile.replace(/standard$/, 'no-tools')];
      const columns = esxi.major >= 7 ? 5 : 3;
      const at = '2025-03-04T00:00:00';
      const rows = names.map((name) =>
        [name, 'VMware, Inc.', 'PartnerSupported', at, at].slice(0, columns),
      );
      io.out(table(ROWS_5.slice(0, columns), rows));
      return 0;
    },
    'software profile update': (option, io, flags) => {
      const path = option('-d', '--depot');
      const wanted = option('-p', '--profile');
      const bundle = bundleAt(io, path);
      if (bundle === undefined) return noBundle(io, path);
      if (bundle.profile !== wanted) {
        return refuse(
          io,
          ` [NoMatchError]\n No image profile found with name '${wanted}'\n        id = ${wanted}\n Please refer to the log file for more details.`,
        );
      }
      if (esxi.build === bundle.build || esxi.pending !== undefined) {
        const { installed, skipped } = bundle;
        const same = { ...bundle, installed: [], removed: [], skipped: [...installed, ...skipped] };
        // The words where nothing is to do are from memory.
        io.out(result('Host is not changed.', same, false));
        return 0;
      }
      if (flags.has('--dry-run')) {
        const said =
          'Dryrun only, host not changed. The following installers will be applied: [BootBankInstaller, LockerInstaller]';
        io.out(result(said, bundle, true));
        return 0;
      }
      if (!esxi.maintenance) {
        return refuse(
          io,
          ` [MaintenanceModeError]\n MaintenanceMode is required to remove: [${bundle.removed.join(', ')}]; install: [${bundle.installed.join(', ')}].\n Please refer to the log file for more details.`,
        );
      }
      esxi.pending = bundle;
      const said =
        'The update completed successfully, but the system needs to be rebooted for the changes to be effective.';
      io.out(result(said, bundle, true));
      return 0;
    },
  };
}
