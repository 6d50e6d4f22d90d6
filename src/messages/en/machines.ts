export const machines = {
  'chapter.kvm.title': 'KVM host',
  'chapter.network.title': 'Networks of machines',
  'chapter.nodes.title': 'Machines',

  'step.kvm.reachable.title': 'Host is reachable',
  'step.kvm.reachable.why': 'Everything else is asked and done over SSH.',
  'step.kvm.sudo.title': 'sudo works',
  'step.kvm.sudo.why': 'libvirt, its disks and the network belong to root.',
  'step.kvm.clock.title': 'Clock is right',
  'step.kvm.clock.why':
    'Machines take their time from the host when they start; MAAS refuses nodes whose clock is off.',
  'step.kvm.packages.title': 'Packages are installed',
  'step.kvm.packages.why':
    'QEMU runs the machines, libvirt keeps them, MAAS switches them on and off through it.',
  'step.kvm.service.title': 'libvirt answers',
  'step.kvm.service.why': 'All that follows asks libvirt on this host.',
  'step.kvm.group.title': 'Login user may use libvirt',
  'step.kvm.group.why': 'MAAS logs in as this user and reaches libvirt without a password of root.',
  'step.kvm.storage.title': 'Storage pool for disks',
  'step.kvm.storage.why': 'The disks of the machines lie here, where virt-manager shows them too.',
  'step.kvm.acceleration.title': 'Processor runs guests itself',
  'step.kvm.acceleration.why':
    'Without hardware virtualization every machine is emulated, about ten times slower.',
  'step.network.bridge.title': 'Bridge with the host’s interface',
  'step.network.bridge.why':
    'Machines on the bridge are on the same wire as the host: MAAS reaches them, and they reach MAAS.',
  'step.network.isolated.title': 'Network without uplink',
  'step.network.isolated.why': 'A wire of its own: nothing from outside can answer DHCP on it.',
  'step.network.quiet.title': 'No other DHCP server',
  'step.network.quiet.why':
    'A second server gives nodes addresses without MAAS’s boot file; they then boot at random.',
  'step.nodes.room.title': 'Enough room for the machines',
  'step.nodes.room.why': 'Forecast before anything is created; what is promised twice is said.',
  'step.nodes.machine.title': 'Machine is as planned',
  'step.nodes.machine.why':
    'Network first, then disk, for good: MAAS decides at each start which of the two it is.',

  'kvm.service.done': 'libvirt answers on this host.',
  'kvm.service.silent': 'libvirt does not answer: {{said}}',
  'kvm.service.start': 'Start libvirt, now and at every start of the host',
  'kvm.group.done': '{{user}} is in the group {{group}}.',
  'kvm.group.root': 'The login user is root.',
  'kvm.group.absent': 'There is no group of libvirt yet.',
  'kvm.group.missing': '{{user}} is not in the group {{group}}.',
  'kvm.group.action': 'Put {{user}} into the group {{group}}',
  'kvm.group.undo': 'Take {{user}} out of the group {{group}}',
  'kvm.storage.done': 'Pool {{pool}} at {{path}}, {{available, bytes}} free.',
  'kvm.storage.absent': 'There is no storage pool {{pool}}.',
  'kvm.storage.inactive': 'The storage pool {{pool}} is not active.',
  'kvm.storage.action': 'Storage pool {{name}} at {{path}}, active at every start',
  'kvm.storage.undo': 'Forget the storage pool {{name}}; the files in {{path}} stay',
  'kvm.acceleration.done': 'KVM is available.',
  'kvm.acceleration.nested': 'Guests may run guests of their own.',
  'kvm.acceleration.none':
    'KVM is not available. Switch virtualization on in the firmware (VT-x or AMD-V); on a virtual host, allow nested virtualization (ESXi: vhv.enable = "TRUE"). Machines work without it, but slowly.',

  'bridge.done':
    '{{bridge}} has {{uplink}} and the address {{addresses}}; no delay by spanning tree.',
  'bridge.stp':
    'Spanning tree is on at {{bridge}}: a machine that starts is cut off for half a minute, and PXE gives up before.',
  'bridge.absent': 'There is no bridge {{bridge}}. The addresses of {{uplink}} move to it.',
  'bridge.no-uplink': 'This host has no interface {{uplink}}.',
  'bridge.without-uplink':
    'There is a bridge {{bridge}}, but {{uplink}} is not part of it. It was made by someone else, so it is left alone: add the interface by hand, or name another bridge in the plan.',
  'bridge.several-files':
    '{{uplink}} is configured in several files ({{files}}). Leave it in one of them.',
  'bridge.holds-secrets':
    '{{path}} holds passwords. They must not come into the journal: move {{uplink}} to a file of its own.',
  'bridge.unknown-config':
    '{{uplink}} is configured neither by netplan nor by /etc/network/interfaces. Make the bridge {{bridge}} by hand; the check then sees it.',
  'bridge.change':
    'Make {{bridge}}; what was there comes back by itself unless we are seen again within {{seconds}} s',
  'bridge.confirm': 'Log in over {{bridge}} and keep the change',
  'bridge.put-back':
    'The host could not be reached over {{bridge}} within {{seconds}} s, so it has put the old network configuration back. Look at the address and the gateway in the plan.',
  'bridge.refused':
    'The new network configuration did not come into force (its output is below). The old one is back.',
  'bridge.stp-off':
    'Switch spanning tree off at {{bridge}} (until the next start; set it in the host’s own configuration too)',

  'network.create': 'Create the network {{bridge}}',
  'network.remove': 'Remove the network {{bridge}}',
  'network.isolated.done': '{{bridge}} is a wire of its own.',
  'network.isolated.absent': 'There is no network {{bridge}}.',
  'network.isolated.dhcp':
    'libvirt itself answers DHCP on {{bridge}}. Nodes would boot from it instead of MAAS: name another bridge in the plan, or remove the DHCP range of that network.',
  'network.isolated.stp':
    "Spanning tree at {{bridge}} holds every new port back for {{seconds}} s; PXE gives up before. Switch it off (virsh net-edit: stp='off').",
  'network.quiet': 'Nobody but MAAS answers DHCP on {{bridge}}.',
  'network.other-dhcp':
    'Another DHCP server answers on {{bridge}}: {{servers}}. Switch it off, or nodes will not boot from MAAS.',

  'nodes.room.done':
    '{{machines}} machines are to be made: {{memory, bytes}} of memory, {{disk, bytes}} of disk. The host has {{hostMemory, bytes}} and {{available, bytes}}.',
  'nodes.room.too-large':
    '{{name}} shall have {{memory, bytes}} of memory; the host has {{hostMemory, bytes}}.',
  'nodes.room.memory-over':
    'Together with what runs, the machines may take more memory than the host has ({{hostMemory, bytes}}). Do not run all at once.',
  'nodes.room.disk-over':
    'The disks grow as they are filled. Full, they would take {{disk, bytes}}; {{available, bytes}} are free.',

  'machine.create': 'Create {{name}}, switched off',
  'machine.change': 'Bring {{name}} to its plan',
  'machine.restore': 'Put {{name}} back as it was',
  'machine.remove': 'Remove {{name}} with its disks',
  'machine.power-on': 'Switch {{name}} on',
  'machine.power-off': 'Switch {{name}} off, hard',
  'machine.power-reset': 'Reset {{name}}',
  'machine.done': '{{name}} is as planned. UUID {{uuid}}',
  'machine.done-foreign':
    '{{name}} is as planned. It was not made by this lab, so it is only looked at. UUID {{uuid}}',
  'machine.absent': '{{name}} does not exist.',
  'machine.foreign':
    '{{name}} exists, was not made by this lab and differs from the plan. It is left alone: change it by hand, or choose another name.',
  'machine.no-network': '{{name}} needs networks that the host does not have: {{bridges}}.',
  'machine.mac-taken':
    '{{other}} already has the hardware address planned for {{name}}. Two of them on one wire break both: give another in the plan (macs).',
  'machine.switch-off-first':
    '{{name}} differs from the plan and is running. Switch it off, then apply.',
  'machine.only-anew':
    '{{name}} differs from the plan in what cannot be changed safely afterwards. Change it by hand, or remove it and apply.',
  'machine.boot-order': '{{name}} boots in the order {{order}}; it must be network, then disk.',
  'machine.cpus': '{{name}} has {{found}} processors instead of {{wanted}}.',
  'machine.memory': '{{name}} has {{found}} MiB of memory instead of {{wanted}}.',
  'machine.nested-off': '{{name}} may not run guests of its own.',
  'machine.firmware':
    '{{name}} has {{found}} firmware instead of {{wanted}}. MAAS must commission it anew after such a change.',
  'machine.no-such-nic': '{{name}} has no interface with the address {{mac}}.',
  'machine.nic-not-first':
    'The interface {{mac}} of {{name}} is number {{at}}; machines boot reliably only from the first.',
  'machine.other-network':
    'The interface {{mac}} of {{name}} is on {{found}} instead of {{wanted}}.',
  'machine.nic-model':
    '{{name}} has a network card ({{model}}) that boot images often do not know.',
  'machine.no-serial':
    'The disks of {{name}} have no serial numbers; with several disks MAAS can take the wrong one.',
  'machine.disks': '{{name}} has {{found}} disks instead of {{wanted}}.',
  'machine.memory-floor':
    '{{name}} has {{memory}} MiB; current Ubuntu needs {{floor}} MiB to be commissioned.',
  'machine.many-nics':
    '{{name}} has more than three interfaces; on VMware the fourth would boot first.',
  'machine.host-not-nested': 'The host does not let guests run guests, whatever {{name}} is told.',
  'machine.emulated': 'Without KVM {{name}} is emulated: a commissioning takes many minutes.',

  'plan.unknown-network': 'There is no network “{{name}}” in this plan (networks: {{known}}).',
  'plan.not-hypervisor': 'The host “{{name}}” must have the role kvm or esxi.',
  'plan.network-elsewhere': 'The network “{{name}}” is on another host.',
  'plan.name-twice': 'Two machines would be called “{{name}}”.',
  'plan.macs-with-count':
    'Hardware addresses can be given to a single machine only (without count).',
  'plan.site-and-host': '“{{name}}” is both a host and a site. Give one of them another name.',
  'chapter.site.title': 'Hypervisor',
  'step.site.reachable.title': 'Site answers and is the one we trust',
  'step.site.reachable.why': 'Its certificate is pinned; nothing is sent to another one.',
  'step.site.licence.title': 'Licence lets us build',
  'step.site.licence.why':
    'With the free licence the API only reads; every change would be refused.',
  'site.reachable.done': '{{product}} answers at {{address}} as {{user}}.',
  'site.licence.done': '{{name}}',
  'site.licence.unknown': 'The site tells no licence.',
  'site.licence.read-only':
    '“{{name}}” lets the API only read. Give it a licence; or list the same machine in lab.yaml as a host with the role esxi and name it with shell: at this site. Its shell is not restricted, and the next plan uses it.',
  'site.licence.ends':
    'The evaluation ends in {{days}} days; machines that are off cannot be switched on after it.',
  'nodes.room.maintenance':
    'The host is in maintenance mode: it makes and starts no machine. Let it leave that mode, then check again.',
  'nodes.room.no-storage': 'There is no storage “{{name}}” to put disks on (known: {{known}}).',
  'hosts.role.site': 'ESXi or vCenter',
  'hosts.legacyTls': 'old TLS allowed',
  'hosts.driver': 'Driver',
  'hosts.driverApi': 'its API (vSphere)',
  'hosts.driverReads': 'its API, which only reads with this licence',
  'hosts.licence': 'Licence',
  'hosts.compareCertificate':
    'On the console of the host (DCUI): View Support Information shows a thumbprint. In its shell:',
  'hosts.certificateChanged': 'certificate has changed',
  'hosts.certificateUntrusted': 'certificate not trusted yet',
  'hosts.changedCertificate': 'The certificate has changed. Nothing was sent.',
  'hosts.changedCertificateHelp':
    'Another machine answers at this address, or the certificate was made anew: an upgrade, a new host name and joining a vCenter do that.',
  'hosts.newCertificate': 'Offered now',
  'hosts.replaceCertificate': 'Replace the certificate',
  'hosts.replaceCertificateHelp':
    'Do this only when you know why the certificate changed. From then on this one is trusted:',
  'hosts.replaceCertificateOpen': 'Replace the certificate…',
  'hosts.replaceCertificateTitle': 'Replace the certificate of {{host}}',
  'hosts.trustCertificate': 'Trust this certificate',
  'hosts.trustedCertificate': 'Trusted certificate',
  'libvirt.failed.nameTaken':
    'The host has a machine called {{name}} by now, which is not of this lab. Choose another name in the plan.',
  'libvirt.failed.notOurs': '{{name}} does not bear the mark of this lab; it was left alone.',
  'libvirt.failed.diskTaken':
    'The storage pool already has a disk called like that of {{name}}, which is not its own. Move it away, or choose another name in the plan.',
  'libvirt.failed.running': '{{name}} is running. Switch it off, then apply.',
} as const;
