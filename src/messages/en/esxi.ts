export const esxi = {
  'chapter.esxi.title': 'ESXi host',
  'hosts.role.esxi': 'ESXi host',
  'hosts.old-algorithms': 'old SSH algorithms',

  'step.esxi.reachable.title': 'Host is reachable',
  'step.esxi.reachable.why': 'Everything is asked and done in the shell of ESXi, over SSH.',
  'step.esxi.licence.title': 'Licence',
  'step.esxi.licence.why':
    'The free licence makes the API read-only; the shell is not restricted. MAAS, which uses the API, is.',
  'step.esxi.clock.title': 'Clock is right',
  'step.esxi.clock.why':
    'Machines take their time from the host when they start; MAAS refuses nodes whose clock is off.',
  'step.esxi.storage.title': 'Datastore for disks',
  'step.esxi.storage.why': 'The machines and their disks lie on one datastore.',
  'step.network.portgroup.title': 'Portgroup',
  'step.network.portgroup.why':
    'A wire for the machines. What frames it lets through decides whether machines inside machines get an address.',

  'step.network.policy.title': 'Portgroup lets machines run machines',
  'step.network.policy.why':
    'A standard switch drops frames for addresses that it did not give out itself; machines inside machines have such.',

  'esxi.reachable.done':
    '{{product}} {{version}} {{update}} (build {{build}}) answers at {{address}}.',
  'esxi.licence.free': 'Free licence ({{name}}). The shell does all that this lab needs.',
  'esxi.licence.free-power':
    'MAAS cannot switch these machines on and off by its VMware power type: the API refuses (RestrictedVersion). Give them the power type manual or webhook.',
  'esxi.licence.evaluation': 'Evaluation; {{days}} days are left.',
  'esxi.licence.ends':
    'When it ends, no machine can be switched on any more. Enter a licence before.',
  'esxi.licence.expired':
    'The evaluation has ended: machines cannot be switched on. Enter a licence (the free one will do) in the Host Client.',
  'esxi.licence.full': 'Licensed: {{name}}.',
  'esxi.clock.off':
    'The clock of the host is {{seconds}} s off. Set its time service: esxcli system ntp set -s SERVER -e true (7.0 and later), or in the Host Client.',
  'esxi.storage.done':
    'Datastore {{name}} at {{path}}, {{available, bytes}} of {{capacity, bytes}} free.',
  'esxi.storage.absent': 'There is no datastore {{name}}. The host has: {{known}}.',
  'esxi.storage.inactive': 'The datastore {{name}} is not mounted.',

  'portgroup.done': '{{portgroup}} is on {{switch}}, VLAN {{vlan}}.',
  'portgroup.absent': 'There is no portgroup {{portgroup}}.',
  'portgroup.no-switch':
    'There is no switch {{switch}}. Make it with its uplink by hand, or leave it out of the plan: then {{portgroup}} gets a switch of its own, without an uplink.',
  'portgroup.other-switch':
    '{{portgroup}} is on {{found}} instead of {{wanted}}. It was made by someone else, so it is left alone: change the plan or move it by hand.',
  'portgroup.other-vlan':
    '{{portgroup}} is on VLAN {{found}} instead of {{wanted}}. It was made by someone else, so it is left alone: change the plan or the VLAN by hand.',
  'portgroup.lets-nested': '{{portgroup}} lets frames of machines inside machines through.',
  'portgroup.closed':
    'Machines on {{portgroup}} shall run machines, but it refuses promiscuous mode, forged transmits or MAC changes: what runs inside them gets no address.',
  'portgroup.open':
    '{{portgroup}} lets machines read and forge frames of others. No machine of this plan needs that.',
  'portgroup.policy':
    'Let machines on {{portgroup}} run machines (promiscuous, forged transmits, MAC changes)',
  'portgroup.policy-undo': 'Give {{portgroup}} back the policy that it had',

  'esxi.failed.nameTaken':
    'The host has a machine called {{name}} by now, which is not of this lab.',
  'esxi.failed.notOurs': '{{name}} does not bear the mark of this lab; it was left alone.',
  'esxi.failed.folderTaken':
    'The datastore has a folder {{name}} with other files in it. Move it away, or choose another name.',
  'esxi.failed.running': '{{name}} is running. Switch it off, then apply.',
  'esxi.failed.noPower':
    'The host took the order, but {{name}} did not follow. Its log and open questions are below.',
  'esxi.failed.noRoom':
    'The disks of {{name}} could not be made on the datastore. Nothing of them was left behind.',
  'esxi.failed.mediaGone':
    'The disk or the seed of {{name}} is not in its folder any more, or is no disk. Apply again; it is put there anew.',
  'esxi.failed.diskSmall':
    'The image needs a larger first disk than the plan gives {{name}} (disks_gib).',
  'esxi.failed.noRoomLeft':
    'The datastore has no room for the disks of {{name}}. What is there is kept for the next try; taking the run back removes it.',
  'esxi.failed.foreignDisk':
    '{{name}} has a disk that lies outside its folder and would be deleted with it. Take it off the machine first.',
  'esxi.failed.notNow': 'hostd is restarting and gave no answers. Check again in a minute.',
  'esxi.failed.ambiguous':
    'Several registered machines bear the mark of {{name}}. Remove the copy from the inventory by hand; nothing was touched.',

  'plan.network-needs': 'A network on a host with the role {{role}} needs “{{key}}”.',
  'plan.network-other-kind': '“{{key}}” means nothing on a host with the role {{role}}.',
  'plan.efi-on-esxi':
    'From the shell of ESXi the boot order of EFI firmware cannot be set, and MAAS would lose the machine. Use bios.',
} as const;
