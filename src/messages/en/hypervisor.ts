/** The chapter on ESXi hosts and sites: who they are, their patch level, their time, their driver. */
export const hypervisor = {
  'step.site.installed.title': 'Something answers at the address',
  'step.site.installed.why':
    'ESXi is installed by hand, from its own installer. From then on everything is checked here.',
  'step.site.place.title': 'Host for machines and networks',
  'step.site.place.why':
    'A vCenter has many hosts. Machines and networks of the plan are made on one of them, and room is counted there.',
  'step.site.version.title': 'Version and patch level',
  'step.site.version.why':
    'A host that is behind lacks fixes, above all security fixes. Nothing else waits for it: the card may be skipped.',
  'step.site.ssh.title': 'SSH of the host runs',
  'step.site.ssh.why': 'The plan also reaches this host by its shell, which needs SSH.',
  'step.site.shell.title': 'Driver: API or shell',
  'step.site.shell.why':
    'The API is used wherever the licence lets it write; otherwise the shell of the same host does the work. That is decided before a run, never in the middle of one.',
  'step.site.ntp.title': 'Time servers',
  'step.site.ntp.why': 'Machines take their time from the host when they start.',
  'step.site.clock.title': 'Clock is right',
  'step.site.clock.why':
    'Machines take their time from the host when they start; MAAS refuses nodes whose clock is off.',
  'step.site.storage.title': 'Datastore for disks',
  'step.site.storage.why': 'The machines and their disks lie on a datastore of the site.',
  'step.esxi.installed.title': 'ESXi answers at the address',
  'step.esxi.installed.why':
    'ESXi is installed by hand, from its own installer. From then on everything is checked here.',
  'step.esxi.version.title': 'Version and patch level',
  'step.esxi.version.why':
    'A host that is behind lacks fixes, above all security fixes. Nothing else waits for it: the card may be skipped.',
  'step.esxi.ntp.title': 'Time servers',
  'step.esxi.ntp.why': 'Machines take their time from the host when they start.',
  'step.esxi.depot.title': 'Bundle to patch from',
  'step.esxi.depot.why':
    'ESXi is patched from an offline bundle on one of its datastores; no connection to the outside is needed.',
  'step.esxi.ssh-start.title': 'SSH starts with the host',
  'step.esxi.ssh-start.why':
    'The host is restarted for the patch. If its SSH was only started by hand, it would come back without it.',
  'step.esxi.update.title': 'Update, tried as a dry run first',
  'step.esxi.update.why':
    'What the update would change is the evidence here. The host goes into maintenance mode, so its machines must be off.',
  'step.esxi.restart.title': 'Restart into the new image',
  'step.esxi.restart.why':
    'ESXi writes an update beside the running image; only a restart puts it into force.',
  'step.esxi.maintenance.title': 'Out of maintenance mode',
  'step.esxi.maintenance.why': 'In maintenance mode a host makes and starts no machine.',

  'site.installed.done': 'Something answers at {{address}}.',
  'site.installed.silent':
    'Nothing answers at {{address}}. If ESXi is not installed there yet: start the machine from VMware’s installer (ISO on a USB stick or by the server’s remote console), choose the disk, set a password for root, and give it this address in its yellow screen (F2, Configure Management Network). If it is installed: look at power, cable and address.',
  'site.reachable.vcenter':
    '{{product}} answers at {{address}} as {{user}}. A vCenter with {{n}} hosts: {{hosts}}.',
  'site.place.esxi': 'A single host, {{host}}: everything is made on it.',
  'site.place.vcenter': 'Machines and networks are made on {{host}} (datacenter {{datacenter}}).',
  'site.place.first':
    'The plan names no host, so it is the first by name of: {{known}}. Name another with host: in lab.yaml.',
  'site.place.unknown': 'The site has no host “{{name}}”. It has: {{known}}.',
  'site.version.none': 'The site shows no host whose version could be looked at.',
  'site.version.how':
    'The API cannot patch a host. By hand: upload an offline bundle to a datastore and run esxcli software profile update in maintenance mode. Guided: list the same machine as a host with the role esxi, name it with shell: at this site, and give it esxi: with depot and profile.',
  'site.version.how-vcenter': 'Hosts of a vCenter are patched by its Lifecycle Manager.',
  'site.licence.by-shell':
    '“{{name}}” lets the API only read. Changes are made by the shell of {{host}}, which the licence does not restrict.',
  'site.licence.refused':
    'Under “{{name}}” the API has refused a change (RestrictedVersion), so it only reads. Enter another licence, or list the same machine as a host with the role esxi and name it with shell: at this site.',
  'site.ssh.done': 'SSH runs on {{host}}.',
  'site.ssh.unknown':
    '{{host}} does not list its services; whether SSH runs shows when it is used.',
  'site.ssh.off': 'SSH does not run on {{host}}.',
  'site.ssh.by-hand':
    'SSH does not run on {{host}}, and with this licence the API may not start it. Start it by hand: on the console F2, Troubleshooting Options, Enable SSH; or in the Host Client under Manage, Services, TSM-SSH.',
  'site.ssh.start': 'Start SSH on {{host}}',
  'site.ssh.stop': 'Stop SSH on {{host}} again',
  'site.shell.api': 'The API of {{site}} may write, so it is used. The shell of {{host}} is not.',
  'site.shell.licence':
    'The licence lets the API of {{site}} only read: everything here is planned by the shell of {{host}}. It is the same machine.',
  'site.shell.refused':
    'The API of {{site}} has refused a change: everything here is planned by the shell of {{host}}. It is the same machine.',
  'site.shell.other':
    '{{host}} is another machine than {{site}}: its hardware is {{ours}}, that of the site {{theirs}}. Its shell is not used; put the right host into the plan.',
  'site.shell.vcenter':
    '{{site}} is a vCenter, which is always used by its API. Take shell: out of the plan; it is for a single ESXi host.',
  'site.shell.efi':
    'From the shell the boot order of EFI firmware cannot be set, and MAAS would lose these machines: {{names}}. Use bios, or give the host a licence.',
  'site.clock.unknown': 'The site does not tell its time.',
  'site.clock.off':
    'The clock of the host is {{seconds}} s off. Name its time servers with ntp: in lab.yaml, or set them in the Host Client.',

  'esxi.installed.done': 'A host answers at {{address}}.',
  'esxi.installed.silent':
    'Nothing answers SSH at {{address}}. If ESXi is not installed there yet: start the machine from VMware’s installer (ISO on a USB stick or by the server’s remote console), choose the disk, set a password for root, and give it this address in its yellow screen (F2, Configure Management Network). If it is installed: start SSH (F2, Troubleshooting Options, Enable SSH), and look at power, cable and address.',
  'esxi.installed.other':
    '{{address}} is not ESXi but {{system}}. Correct the address or the role.',
  'esxi.version.newest':
    '{{name}} has the newest build known for its line: {{version}} build {{build}}, {{release}}. (Known on {{known}}.)',
  'esxi.version.newer':
    '{{name}} has {{version}} build {{build}}, which is newer than our table: {{release}}, build {{newest}}. (Known on {{known}}.)',
  'esxi.version.older':
    '{{name}} has {{version}} build {{build}}. The newest known for its line is {{release}}, build {{newest}}, of {{released}}. (Known on {{known}}.)',
  'esxi.version.unknown':
    '{{name}} has {{version}} build {{build}}. This line is not in our table (of {{known}}).',
  'esxi.version.unconfirmed':
    'The build of {{release}} in our table was not confirmed by a second source.',
  'esxi.version.how':
    'Patch it: upload an offline bundle to a datastore of {{host}} and name it in lab.yaml (esxi: with depot and profile). The steps then appear here.',
  'esxi.version.guided': 'The steps that patch {{host}} are below, in the chapter on the host.',

  'time.done': '{{host}} asks {{servers}}.',
  'time.other-servers': '{{host}} shall ask {{servers}}; it asks: {{found}}.',
  'time.stopped':
    '{{host}} knows its time servers ({{servers}}), but its time service does not run.',
  'time.closed': 'The firewall of {{host}} does not let it ask {{servers}}.',
  'time.too-old':
    'The shell of {{host}} can set time servers only from ESXi 7.0 on. Set them in the Host Client or the C# client (Configuration, Time Configuration): {{servers}}.',
  'time.no-service': '{{host}} lists no time service. Set its time servers by hand: {{servers}}.',
  'time.set': 'Let {{host}} ask {{servers}} for the time',
  'time.open': 'Let the firewall of {{host}} pass its time service (ntpClient)',
  'time.start': 'Start the time service of {{host}}, also with the host',
  'time.undo': 'Put the time service of {{host}} back as it was',
  'esxi.clock.slow':
    'The clock of {{host}} is {{seconds}} s off although it has time servers. Wait a few minutes; if it stays so, the servers are not reached, or the difference is too large to be made up: set the clock once in the Host Client.',

  'esxi.depot.done': '{{path}} holds the profile {{profile}}.',
  'esxi.depot.absent':
    'There is no file {{path}}. Upload the offline bundle (-depot.zip, from Broadcom’s support site) in the Host Client under Storage, Datastore browser, or with scp.',
  'esxi.depot.no-profile': '{{path}} holds no profile {{profile}}. It holds: {{known}}.',
  'esxi.ssh-start.done': 'SSH starts with the host.',
  'esxi.ssh-start.unknown':
    'The host does not say whether SSH starts with it. If it is not back after the restart, start SSH on its console.',
  'esxi.ssh-start.off':
    'SSH runs but does not start with the host: after the restart nobody could log in.',
  'esxi.ssh-start.set': 'Let SSH start with {{host}}',
  'esxi.ssh-start.undo': 'No longer start SSH with {{host}}',
  'esxi.update.done': 'The host has all of {{profile}}.',
  'esxi.update.staged': '{{profile}} is installed and waits for the restart.',
  'esxi.update.todo':
    '{{profile}} would install {{installed}} packages (VIBs), remove {{removed}} older ones and leave {{skipped}} as they are.',
  'esxi.update.lost': 'Removed without a successor: {{vibs}}. Make sure that nothing needs them.',
  'esxi.update.reboot': 'The host must be restarted afterwards.',
  'esxi.update.no-reboot': 'No restart is needed.',
  'esxi.update.no-way-back':
    'An update cannot be taken back from here. The old image stays on the disk: Shift+R while the host starts goes back to it, once.',
  'esxi.update.running':
    '{{host}} can be patched only while no machine runs on it. Switch these off first ({{n}}): {{names}}.',
  'esxi.update.run': 'Update {{host}} to {{profile}}',
  'esxi.maintenance.enter': 'Put {{host}} into maintenance mode',
  'esxi.maintenance.leave': 'Take {{host}} out of maintenance mode',
  'esxi.maintenance.done': '{{host}} is not in maintenance mode.',
  'esxi.maintenance.ours': '{{host}} is in maintenance mode, into which we put it.',
  'esxi.maintenance.others':
    '{{host}} is in maintenance mode, and it was not we who put it there. Take it out in the Host Client when whoever did so agrees.',
  'esxi.restart.done': 'No image waits for a restart of {{host}}.',
  'esxi.restart.waits': '{{profile}} waits for a restart of {{host}}.',
  'esxi.restart.run': 'Restart {{host}} in {{seconds}} s',
  'esxi.restart.wait': 'Wait until {{host}} is back with the new image',
  'esxi.patch.running':
    'By now a machine runs on {{host}}. Nothing was changed; switch it off and apply again.',
  'esxi.patch.notEntered':
    '{{host}} did not enter maintenance mode. Nothing was changed; look for machines that still run.',
  'esxi.patch.notLeft': '{{host}} took the order but is still in maintenance mode.',
  'esxi.patch.noMaintenance':
    '{{host}} is no longer in maintenance mode: somebody took it out. Nothing was changed.',

  'portgroup.distributed':
    '{{portgroup}} is of a distributed switch. It is used as it is: such switches reach over many hosts and are never changed from here.',
  'portgroup.distributed-policy':
    '{{portgroup}} is of a distributed switch, which is not changed from here. Let it learn MAC addresses and allow forged transmits (vSphere 6.7 and later), or allow promiscuous mode, in the vSphere Client.',

  'undo.stays': 'What it did stays: it cannot be taken back from here, or need not be.',
  'run.driver-changed':
    'This was shown to be done at {{from}}, and would by now be done at {{to}}: what the licence allows has changed since. A run does not change its driver half-way, so nothing was done. Preview and apply again.',
  'plan.esxi-settings': '“esxi” means something only on a host with the role esxi.',
  'plan.shell-not-esxi': '“{{name}}” must be a host with the role esxi to be the shell of a site.',
  'plan.shell-twice': '“{{name}}” is already the shell of the site “{{other}}”.',
  'plan.shell-own-machines':
    '“{{name}}” is the shell of the site “{{site}}”: put the networks and machines of that machine on the site.',
  'hosts.driverAllowed': 'Its licence lets the API write.',
  'hosts.driverShell': 'the shell of {{host}}',
  'hosts.hosts': 'Hosts',
  'hosts.place': 'Machines are made on',
  'hosts.shellOf': 'shell of the site {{site}}',
} as const;
