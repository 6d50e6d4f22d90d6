import type { MoRef } from '../../drivers/vsphere/vim-value.ts';

const ref = (type: string, value: string): MoRef => ({ type, value });

/** The objects of a standalone host that never change, by the names that ESXi gives them [K]. */
export const PLACE = {
  serviceInstance: ref('ServiceInstance', 'ServiceInstance'),
  rootFolder: ref('Folder', 'ha-folder-root'),
  datacenter: ref('Datacenter', 'ha-datacenter'),
  vmFolder: ref('Folder', 'ha-folder-vm'),
  hostFolder: ref('Folder', 'ha-folder-host'),
  computeResource: ref('ComputeResource', 'ha-compute-res'),
  pool: ref('ResourcePool', 'ha-root-pool'),
  host: ref('HostSystem', 'ha-host'),
  networkSystem: ref('HostNetworkSystem', 'networkSystem'),
  serviceSystem: ref('HostServiceSystem', 'serviceSystem'),
  dateTimeSystem: ref('HostDateTimeSystem', 'dateTimeSystem'),
  firewallSystem: ref('HostFirewallSystem', 'firewallSystem'),
  environmentBrowser: ref('EnvironmentBrowser', 'ha-env-browser'),
  propertyCollector: ref('PropertyCollector', 'ha-property-collector'),
  viewManager: ref('ViewManager', 'ViewManager'),
  sessionManager: ref('SessionManager', 'ha-sessionmgr'),
  licenseManager: ref('LicenseManager', 'ha-license-manager'),
  fileManager: ref('FileManager', 'ha-nfc-file-manager'),
  virtualDiskManager: ref('VirtualDiskManager', 'ha-vdiskmanager'),
  /** Of every datastore, as `datastore-1-browser` [K]. */
  datastoreBrowser: ref('HostDatastoreBrowser', 'ha-datastorebrowser'),
} as const;
