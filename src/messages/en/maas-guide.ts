/** Steps about MAAS: settings, images, networks, machines. */
export const maasGuide = {
  'maas.api-answers.done':
    'MAAS {{version}} answers (API {{api}}), and our key is an administrator’s.',
  'maas.api-answers.other-line':
    'The plan says line {{line}}, but MAAS {{version}} answers (API {{api}}). Change the plan’s line.',
  'maas.api-answers.not-admin':
    'Our key belongs to a user who is no administrator; nothing could be set up with it. Create a key of an administrator and store it under the name in the plan.',
  'maas.api-answers.unreadable': 'Part of MAAS’s answer is not understood and left out: {{what}}',
  'maas.settings.done': 'All settings of the plan are in force.',
  'maas.settings.differs': '{{name}} is {{found}}; the plan wants {{wanted}}.',
  'maas.settings.absent': 'This MAAS has no setting {{name}}; the plan’s value has no effect.',
  'maas.settings.no-dnssec':
    'This MAAS has no setting for DNSSEC (1.7 has none): set dnssec-validation in /etc/bind/named.conf.options and restart bind9.',
  'maas.settings.action': 'Set {{name}} to {{value}}',
  'maas.settings.undo': 'Set {{name}} back to {{value}}',
  'maas.ssh-keys.done': '{{n}} public keys may log in to what is deployed.',
  'maas.ssh-keys.missing': '{{n}} public keys of the plan are not in MAAS yet.',
  'maas.ssh-keys.none':
    'There is no public key, so nobody could log in to what is deployed; MAAS 1.7 then refuses to start it. Give one in the plan (ssh_keys).',
  'maas.ssh-keys.action': 'Add the public key {{key}}',
  'maas.ssh-keys.undo': 'Take the public key away again',
  'maas.image-source.done': 'Images come from {{url}}, vouched for by {{keyring}}.',
  'maas.image-source.none': 'MAAS has no source of images yet; the plan wants {{url}}.',
  'maas.image-source.other-url': 'Images come from {{found}}; the plan wants {{url}}.',
  'maas.image-source.other-keyring':
    'The source is checked against {{foundKeyring}}; on this MAAS it must be {{keyring}}, or the import fails on its signature.',
  'maas.image-source.other':
    'Another source is left alone: {{url}}. MAAS before 3.8 works well with one only.',
  'maas.image-source.action': 'Import from {{url}} from now on',
  'maas.image-source.undo': 'Import from {{url}} again',
  'maas.selections.done': 'Chosen: {{releases}}, and nothing more.',
  'maas.selections.missing': 'Not chosen yet: {{missing}}.',
  'maas.selections.wider':
    'Chosen beyond the plan: {{wider}}. A mirror that lacks one of them makes the whole import fail.',
  'maas.selections.action': 'Choose {{release}} ({{arches}})',
  'maas.selections.remove': 'Do not choose {{release}} any more',
  'maas.images.done': 'All chosen images are there: {{size, bytes}}.',
  'maas.images.absent': 'Not there yet: {{images}}.',
  'maas.images.importing':
    'Being imported: {{received, bytes}} of {{size, bytes}}. Not complete yet: {{images}}.',
  'maas.images.still-importing': 'MAAS is importing something else.',
  'maas.images.action': 'Start the import',
  'maas.images.wait': 'Wait until all chosen images are complete',
  'maas.commissioning-release.done': 'Machines are examined with {{release}}.',
  'maas.commissioning-release.differs':
    'Machines would be examined with {{found}}; the plan wants {{release}}.',
  'maas.commissioning-release.no-image':
    'Machines cannot be examined: there is no image of {{release}}. Import it, or choose another release.',
  'maas.commissioning-release.action': 'Examine machines with {{release}}',
  'maas.subnet.done': '{{cidr}}: gateway {{gateway}}, DNS {{dns}}.',
  'maas.subnet.absent': 'MAAS does not know {{cidr}} yet.',
  'maas.subnet.absent-1':
    'No interface of the cluster is on {{cidr}}. Give the server an address there, then check again.',
  'maas.subnet.other-vlan':
    '{{cidr}} is on VLAN {{found}} in MAAS; the plan says {{vlan}}. Move it in MAAS, or change the plan.',
  'maas.subnet.other-gateway': 'The gateway of {{cidr}} is {{found}}; the plan wants {{wanted}}.',
  'maas.subnet.other-dns': 'DNS servers of {{cidr}} are {{found}}; the plan wants {{wanted}}.',
  'maas.subnet.create': 'Make {{cidr}} known to MAAS',
  'maas.subnet.action': 'Set gateway and DNS servers of {{cidr}}',
  'maas.subnet.undo': 'Set gateway and DNS servers of {{cidr}} back',
  'maas.ranges.done': 'All address ranges of {{cidr}} are in force.',
  'maas.ranges.missing': 'Not in MAAS yet: {{missing}}.',
  'maas.ranges.in-the-way':
    '{{missing}} cannot be added: {{other}} is in the way. Machines may hold its addresses, so remove it in MAAS yourself, or change the plan.',
  'maas.ranges.small':
    'The dynamic range of {{cidr}} has {{size}} addresses for {{nodes}} machines; {{needed}} are safer, because start, installer and system may each take one.',
  'maas.ranges.add-dynamic': 'Lend {{from}} to {{to}} to machines that start from the network',
  'maas.ranges.add-static': 'Give {{from}} to {{to}} to deployed machines',
  'maas.ranges.add-reserved': 'Keep {{from}} to {{to}} out of MAAS’s hands',
  'maas.ranges.remove': 'Take the range {{from}} to {{to}} away again',
  'maas.quiet.done': 'Nobody else answers DHCP on {{cidr}} (asked on {{interface}}).',
  'maas.quiet.other':
    '{{servers}} answers DHCP on {{cidr}} too (asked on {{interface}}). Machines would get addresses without a boot file: switch it off first. MAAS’s own DHCP stays off until then.',
  'maas.quiet.no-interface':
    'The MAAS server has no interface on {{cidr}} (it has: {{known}}), so it can neither ask nor answer there.',
  'maas.dhcp.done': 'MAAS answers DHCP on {{cidr}}, by {{rack}}.',
  'maas.dhcp.off': 'DHCP is off on {{cidr}}; {{rack}} shall answer.',
  'maas.dhcp.dead': 'DHCP is on for {{cidr}}, but {{rack}} does not run it: {{info}}',
  'maas.dhcp.no-rack': 'No rack controller is there to answer DHCP on {{cidr}}.',
  'maas.dhcp.action': 'Switch DHCP on for {{cidr}}, answered by {{rack}}',
  'maas.dhcp.undo': 'Switch DHCP off again for {{cidr}}',
  'enrol.done': 'MAAS knows {{name}} by {{mac}} ({{id}}).',
  'enrol.absent': 'MAAS does not know {{name}} yet.',
  'enrol.name-taken':
    'Another machine in MAAS is called {{name}}. Rename it there, or change the plan.',
  'enrol.other-name':
    'The machine with {{mac}} is called {{found}} in MAAS; it enlisted by itself. It is taken over as {{name}}.',
  'enrol.other-power': 'MAAS switches {{name}} by {{found}}; the plan wants {{wanted}}.',
  'enrol.add': 'Add {{name}} to MAAS by its addresses',
  'enrol.adopt': 'Give {{name}} its name and power parameters in MAAS',
  'enrol.remove': 'Remove {{name}} from MAAS',
  'enrol.switched-by-us':
    'No driver of MAAS can switch {{name}}: Labwright does, before each step that needs it, and must be open for that.',
  'enrol.unverified':
    'MAAS does not check the certificate when it switches {{name}} (https+unverified): whoever is in between could read the password.',
  'enrol.by-hand':
    '{{name}} is switched by a person. MAAS 3.6 to 3.7.2 fail on such machines; 3.7.3 does not.',
  'enrol.stays-off':
    'MAAS is at work with {{name}}, but its hypervisor says that it is off: nothing will come of it until it is switched on.',
  'enrol.power-drift':
    'MAAS believes that {{name}} is {{believed}}; its hypervisor says {{found}}.',
  'enrol.stuck.asked':
    '{{name}} has shown no sign of life for {{seconds}} s since MAAS set to work: is its power on, and does it try the network first?',
  'enrol.stuck.powered':
    '{{name}} is on for {{seconds}} s and asked nobody for an address: boot order, cable, VLAN or portgroup, or spanning tree at its port.',
  'enrol.stuck.dhcp':
    '{{name}} got an address {{seconds}} s ago and fetched no boot loader: a second DHCP server, a firewall on TFTP, or the wrong firmware.',
  'enrol.stuck.bootloader':
    '{{name}} fetched its boot loader {{seconds}} s ago and no kernel: boot loaders or images are missing on the rack.',
  'enrol.stuck.kernel':
    '{{name}} started its kernel {{seconds}} s ago and fetched no root image: too little memory, a missing network driver, or no route to MAAS.',
  'enrol.stuck.ephemeral':
    '{{name}} has run from the network for {{seconds}} s and reported nothing: its clock, its gateway, or DNS.',
  'enrol.stuck.reporting':
    '{{name}} last reported {{seconds}} s ago. Look at its console and its script results.',
  'enrol.labels.done': '{{name}} has its pool and tags.',
  'enrol.labels.missing': '{{name}} lacks tags {{tags}}, pool {{pool}}.',
  'enrol.labels.action': 'Set pool and tags of {{name}}',
  'enrol.labels.undo': 'Take the tags of {{name}} away again',
  'enrol.others.none': 'MAAS knows no machine that the plan does not.',
  'enrol.others.some': '{{n}} machines in MAAS are not in the plan; they are left alone.',
  'enrol.others.one': '{{name}}: {{status}}, {{mac}}',
  'enrol.commission.new': '{{name}} was not examined yet.',
  'enrol.commission.failed': 'The examination of {{name}} failed: {{said}}',
  'enrol.commission.done': '{{name}} is examined, or being examined ({{status}}).',
  'enrol.commission.action': 'Have MAAS examine {{name}}',
  'enrol.ready.examining': '{{name}} is being examined: {{said}}',
  'enrol.ready.done': '{{name}} is ready ({{status}}).',
  'enrol.ready.wait': 'Wait until {{name}} is examined',
  'enrol.failed': '{{name}} is in the state {{status}}: {{said}}',
  'enrol.deploy.ready': '{{name}} is ready to be deployed.',
  'enrol.deploy.done': '{{name}} is deployed, or being deployed ({{status}}).',
  'enrol.deploy.other-release':
    '{{name}} runs {{found}}; the plan wants {{wanted}}. Release it to have it deployed anew.',
  'enrol.deploy.action': 'Deploy {{release}} on {{name}}; what its disks hold is overwritten',
  'enrol.release': 'Release {{name}}',
  'enrol.deployed.done': '{{name}} is deployed, with {{addresses}}.',
  'enrol.deployed.installing': '{{name}} is being installed: {{said}}',
  'enrol.deployed.wait': 'Wait until {{name}} is deployed',
  'step.maas.api-answers.title': 'MAAS’s API takes our key',
  'step.maas.settings.title': 'Settings of MAAS',
  'step.maas.ssh-keys.title': 'Public keys for what is deployed',
  'step.maas.image-source.title': 'Source of images',
  'step.maas.selections.title': 'Images chosen',
  'step.maas.images.title': 'Images imported',
  'step.maas.commissioning-release.title': 'Release for examination',
  'step.maas.subnet.title': 'Network in MAAS',
  'step.maas.ranges.title': 'Address ranges',
  'step.maas.quiet.title': 'Nobody else answers DHCP',
  'step.maas.dhcp.title': 'MAAS answers DHCP',
  'step.enrol.others.title': 'Machines beyond the plan',
  'step.enrol.known.title': 'Known to MAAS',
  'step.enrol.labels.title': 'Pool and tags',
  'step.enrol.commission.title': 'Examination started',
  'step.enrol.ready.title': 'Ready',
  'step.enrol.deploy.title': 'Deployment started',
  'step.enrol.deployed.title': 'Deployed',
  'step.maas.api-answers.why':
    'Everything below is asked and set by MAAS’s own API, through the SSH connection to its server.',
  'step.maas.settings.why':
    'What machines are told about DNS, proxy, time and their kernel comes from here.',
  'step.maas.ssh-keys.why': 'Without a key nobody can log in to what MAAS deploys.',
  'step.maas.image-source.why':
    'MAAS deploys from your mirror instead of the internet; the keyring must be the one of its package.',
  'step.maas.selections.why':
    'A mirror that was filtered still lists everything: only what it has may be chosen.',
  'step.maas.images.why': 'No machine can be added before there is an image.',
  'step.maas.commissioning-release.why':
    'MAAS starts machines with this release to learn what they are made of.',
  'step.maas.subnet.why': 'Machines are told this gateway and these DNS servers.',
  'step.maas.ranges.why': 'Addresses that MAAS lends, gives, or must leave alone.',
  'step.maas.quiet.why':
    'A second DHCP server gives addresses without a boot file; then machines start at random.',
  'step.maas.dhcp.why': 'From here on machines that start from this network meet MAAS.',
  'step.enrol.others.why': 'They are listed so that nothing surprises you, and never touched.',
  'step.enrol.known.why': 'By their known addresses: nothing has to be switched on to be found.',
  'step.enrol.labels.why': 'So that machines can be told apart when they are allocated.',
  'step.enrol.commission.why': 'MAAS switches the machine on and learns what it is made of.',
  'step.enrol.ready.why': 'Examined, tested and switched off again.',
  'step.enrol.deploy.why': 'The system is installed on the machine’s disks.',
  'step.enrol.deployed.why': 'The installed system has started and reported in.',
  'chapter.maas-settings.title': 'MAAS: settings',
  'chapter.maas-images.title': 'MAAS: images',
  'chapter.maas-network.title': 'MAAS: networks and DHCP',
  'chapter.enrol.title': 'Machines in MAAS',
} as const;
