import { ClusterInterfaces } from './cluster-interfaces.ts';
import { Events } from './events.ts';
import { Images, type Streams } from './images.ts';
import { type Iron, Lifecycle } from './lifecycle.ts';
import { addressesOf } from './machine.ts';
import { Machines } from './machines.ts';
import { Networks } from './networks.ts';
import { newRack, type Rack } from './rack.ts';
import type { RegionTime } from './region-time.ts';
import { ScriptSets } from './script-sets.ts';
import { commissioningScripts, scripts1 } from './scripts-data.ts';
import { SETTINGS_1, SETTINGS_3, Settings } from './settings.ts';
import { SshKeys } from './ssh-keys.ts';
import { Users } from './users.ts';

/** The two lines: what was recorded, and what the source of 1.7 says. */
export type RegionLine = '3.3' | '1.7';

export interface RegionOptions {
  readonly line: RegionLine;
  readonly time: RegionTime;
  readonly iron: Iron;
  readonly streams: Streams;
  readonly admin: { readonly name: string; readonly email: string; readonly password: string };
  /** The administrator's API key, whole. */
  readonly key: string;
  readonly rack: { readonly id: string; readonly hostname: string };
  /** Networks that the server is on, with its address on each. */
  readonly networks: readonly { readonly cidr: string; readonly address: string }[];
}

/** Everything that the region of a MAAS knows. */
export class Region {
  readonly time: RegionTime;
  readonly users: Users;
  readonly settings: Settings;
  readonly keys = new SshKeys();
  readonly images: Images;
  readonly networks: Networks;
  readonly machines: Machines;
  readonly events: Events;
  readonly scripts: ScriptSets;
  readonly lifecycle: Lifecycle;
  readonly rack: Rack;
  /** What 1.7 has in place of subnets. */
  readonly interfaces: ClusterInterfaces;
  /** When it came to be: what its first start made is dated so. */
  readonly since: number;

  constructor(options: RegionOptions) {
    const { time, iron, rack, networks } = options;
    this.time = time;
    this.since = time.now();
    this.users = new Users(time, options.admin, options.key);
    this.images = new Images(time, options.streams);
    this.settings = new Settings(
      options.line === '1.7' ? SETTINGS_1 : SETTINGS_3,
      () => this.images.releases,
    );
    this.networks = new Networks(
      rack.id,
      networks.map(({ cidr }) => cidr),
    );
    const addresses = networks.map(({ address }) => address);
    this.rack = newRack(rack.id, rack.hostname, addresses);
    this.interfaces = new ClusterInterfaces(this.networks, networks);
    this.machines = new Machines(
      this.images,
      this.settings,
      addresses.length,
      options.line === '1.7' ? 'Node' : 'Machine',
    );
    this.networks.assignedBy(() => this.machines.all.flatMap(addressesOf));
    this.events = new Events(time);
    this.scripts = new ScriptSets(time, options.line === '1.7' ? scripts1 : commissioningScripts);
    const { machines, events, scripts, images } = this;
    const parts = { time, iron, machines, networks: this.networks, images, events, scripts };
    this.lifecycle = new Lifecycle(parts);
  }

  /** What MAAS tells its administrators by itself. */
  get notifications(): readonly unknown[] {
    const told = (ident: string, users: boolean, category: string, message: string) => ({
      ident,
      user: null,
      users,
      admins: true,
      message,
      context: {},
      category,
      dismissable: true,
    });
    const first = told(
      'commissioning_release_deprecated',
      false,
      'info',
      'Ubuntu focal is no longer a supported commissioning series. Ubuntu focal has been automatically selected.',
    );
    // Told when images came without that series, and not taken back when another was set (recorded).
    const lacking =
      this.images.releases.length > 0 && !this.images.releases.includes('focal')
        ? [
            told(
              'commissioning_series_unselected',
              true,
              'error',
              'ubuntu focal is configured as the commissioning release but it is not selected for download!',
            ),
            told(
              'commissioning_series_unavailable',
              true,
              'error',
              'ubuntu focal is configured as the commissioning release but it is unavailable in the configured streams!',
            ),
          ]
        : [];
    return [first, ...lacking].map((notification, index) => ({
      ...notification,
      id: index + 1,
      resource_uri: `/MAAS/api/2.0/notifications/${index + 1}/`,
    }));
  }
}
