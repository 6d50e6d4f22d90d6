export const maasSteps = {
  'chapter.maas-server.title': 'MAAS server',
  'step.maas.reachable.title': 'MAAS server is reachable',
  'step.maas.reachable.why': 'Everything in this chapter is asked and done over SSH.',
  'step.maas.sudo.title': 'sudo works on the MAAS server',
  'step.maas.sudo.why': 'Packages, the database and MAAS’s own commands belong to root.',
  'step.maas.clock.title': 'Clock of the MAAS server is right',
  'step.maas.clock.why':
    'Machines prove who they are by the time; a clock that is off lets commissioning hang.',
  'step.maas.source.title': 'Where MAAS comes from',
  'step.maas.source.why':
    'Which version would be installed is seen before it is. A MAAS that is there already is kept.',
  'step.maas.up-to-date.title': 'System is up to date',
  'step.maas.up-to-date.why': 'The guide brings the packages up to date before it installs MAAS.',
  'step.maas.restart.title': 'No restart is pending',
  'step.maas.restart.why':
    'A kernel or library that waits for a restart is better changed before MAAS runs.',
  'step.maas.time-daemon.title': 'Only one service sets the clock',
  'step.maas.time-daemon.why':
    'MAAS brings chrony; systemd-timesyncd beside it lets the clock drift.',
  'step.maas.ports.title': 'Its ports are free',
  'step.maas.ports.why':
    'DNS, DHCP, TFTP and the web interface fail one by one where another listens.',
  'step.maas.database.title': 'Database for MAAS',
  'step.maas.database.why': 'A MAAS from a snap brings no database; each version wants its own.',
  'step.maas.install.title': 'MAAS is installed',
  'step.maas.install.why': 'A MAAS that is there already, from wherever, is never installed over.',
  'step.maas.init.title': 'MAAS is initialised',
  'step.maas.init.why': 'The snap learns here what it is, its address and its database.',
  'step.maas.services.title': 'Its services run',
  'step.maas.services.why': 'One that has died is the cause of what goes wrong elsewhere.',
  'step.maas.answers.title': 'MAAS answers',
  'step.maas.answers.why':
    'It tells its version to everybody; this proves that it runs, and which.',
  'step.maas.address.title': 'Machines are given the right address of MAAS',
  'step.maas.address.why': 'With an old address machines fetch from where nobody answers.',
  'step.maas.admin.title': 'First administrator',
  'step.maas.admin.why': 'The password goes from the vault to MAAS’s own question.',
  'step.maas.api-key.title': 'API key is in the vault',
  'step.maas.api-key.why': 'Everything that is configured in MAAS is done with it.',

  'chapter.power-identity.title': 'Power of virtual machines',
  'step.power.client.title': 'virsh on the MAAS server',
  'step.power.client.why': 'MAAS switches machines on KVM hosts with it.',
  'step.power.account.title': 'MAAS’s own account',
  'step.power.account.why': 'Keys must lie where the system says that its home is.',
  'step.power.key.title': 'Key pair of MAAS',
  'step.power.key.why': 'Without a passphrase: nobody is there to type one.',
  'step.power.known-host.title': 'MAAS knows the KVM host',
  'step.power.known-host.why':
    'Its keys come over our own trusted connection, not from a scan of the network.',
  'step.power.authorized.title': 'KVM host lets MAAS in',
  'step.power.authorized.why': 'What ssh-copy-id does, by our own login.',
  'step.power.restart.title': 'A restart, if virsh still errs',
  'step.power.restart.why': 'The guide’s last resort after virsh was installed; offered once.',
  'step.power.proof.title': 'MAAS sees the machines of the KVM host',
  'step.power.proof.why': 'Asked as MAAS itself would ask, from the account that it uses.',

  'restart.action': 'Restart {{host}}',
  'restart.wait': 'Wait until {{host}} is back, and is the same machine',

  'maas.source.other-line':
    'MAAS {{version}} is installed, and the plan is for line {{line}}. Nothing is changed. Correct the line in the plan, or use another host.',
  'maas.source.is-snap':
    'The plan would take it from packages. It is a snap, and stays one: what follows is done for a snap.',
  'maas.source.is-deb':
    'The plan would take the snap. It is installed from packages, and stays so: what follows is done for packages.',
  'maas.source.other-version':
    'The plan names {{track}}; {{version}} is installed and is kept. Upgrading MAAS is a step of its own: make a backup first.',
  'maas.source.installed-snap': 'MAAS {{version}} is installed as a snap.',
  'maas.source.installed-deb': 'MAAS {{version}} is installed from packages.',
  'maas.source.no-ppa': 'The package source {{ppa}} is not among those of this host.',
  'maas.source.lists-old': 'The package lists are missing or older than the package sources.',
  'maas.source.not-offered':
    'The package sources of {{name}} do not offer MAAS. Add one that has it, or take the snap.',
  'maas.source.transitional':
    'In {{name}} the package “maas” only brings the snap. Say in the plan where it shall come from: snap, or ppa.',
  'maas.source.offers-other-line':
    'MAAS {{version}} would be installed (from {{origin}}), and the plan is for line {{line}}. Use the system that belongs to it, or correct the plan.',
  'maas.source.other-ubuntu': 'MAAS {{version}} is made for Ubuntu {{bases}}; this is {{name}}.',
  'maas.source.candidate': 'MAAS {{version}} would be installed, from {{origin}}.',
  'maas.source.channel': 'MAAS {{version}} is in the channel {{channel}}.',
  'maas.source.no-snapd': 'snapd, which installs snaps, is not on this host.',
  'maas.source.no-channel': 'The channel {{channel}} has no MAAS, or could not be asked: {{said}}',
  'maas.source.no-such-ppa': 'There is no package source {{ppa}} for this release of Ubuntu.',
  'maas.source.add-ppa': 'Add the package source {{ppa}}',
  'maas.source.remove-ppa': 'Remove the package source {{ppa}}',
  'maas.source.update': 'Bring the package lists up to date',

  'maas.up-to-date.done': 'Every package is up to date.',
  'maas.up-to-date.before': 'MAAS is installed; this was about the time before.',
  'maas.up-to-date.pending': '{{count}} packages can be updated: {{names}}',
  'maas.up-to-date.no-apt': 'This host has no apt. MAAS needs Ubuntu.',
  'maas.up-to-date.action': 'Update the package lists and the packages',
  'maas.restart.done': 'The system wants no restart.',
  'maas.restart.wanted': 'The system wants a restart, because of: {{packages}}',
  'maas.restart.later':
    'A restart is wanted, but MAAS runs here already. Choose the time yourself.',
  'maas.restart.after-updates': 'Known once the updates are there.',
  'maas.time-daemon.chrony': 'chrony sets the clock, and nobody else.',
  'maas.time-daemon.free': 'Nothing is in the way of the chrony that MAAS brings.',
  'maas.time-daemon.timesyncd': 'systemd-timesyncd sets the clock; MAAS brings chrony for that.',
  'maas.time-daemon.both': 'systemd-timesyncd and chrony both set the clock.',
  'maas.time-daemon.action': 'Switch systemd-timesyncd off',
  'maas.time-daemon.undo': 'Switch systemd-timesyncd on again',
  'maas.ports.done': 'Nobody else has the ports of MAAS ({{ports}}).',
  'maas.ports.taken': 'Another program has ports that MAAS needs: {{list}}',
  'maas.ports.mirror-1.7':
    'apache2 serves the image mirror on port 80. MAAS 1.7 runs in the same apache2, below /MAAS: both go together.',
  'maas.ports.mirror-3.x':
    'apache2 serves the image mirror on port 80. This MAAS answers on 5240: both go together.',
  'maas.ports.dnsmasq':
    'dnsmasq usually belongs to a network of libvirt or LXD. On a MAAS server: virsh net-destroy default; virsh net-autostart --disable default',
  'maas.ports.resolved':
    'systemd-resolved listens beyond its own address. Take DNSStubListenerExtra out of /etc/systemd/resolved.conf.',

  'maas.database.deb': 'The packages have brought and set up their own database.',
  'maas.database.in-use': 'MAAS is initialised and has its database.',
  'maas.database.test-db': 'The test database is there.',
  'maas.database.no-test-db': 'The snap maas-test-db is not installed.',
  'maas.database.install-test-db': 'Install the snap maas-test-db',
  'maas.database.unfit': 'MAAS {{maas}} works with PostgreSQL {{wanted}}; here it is {{version}}.',
  'maas.database.silent': 'PostgreSQL is installed but does not answer.',
  'maas.database.no-server': 'PostgreSQL is not installed.',
  'maas.database.no-role': 'PostgreSQL {{version}} runs; MAAS has no role there yet.',
  'maas.database.no-database':
    'PostgreSQL {{version}} runs; MAAS has a role there, but no database.',
  'maas.database.foreign':
    'There is a role “maas” in PostgreSQL that this lab did not make. It is left alone: put its password into the secret “{{secret}}”.',
  'maas.database.password-lost':
    'This lab’s role is there, but the vault does not hold its password (“{{secret}}”). It is given a new one.',
  'maas.database.done':
    'PostgreSQL {{version}} has a role and a database for MAAS; the vault holds the password (“{{secret}}”).',
  'maas.database.make-password': 'Make up a password and keep it as the secret “{{secret}}”',
  'maas.database.action': 'Make the role and the database “maas” in PostgreSQL',

  'maas.install.deb': 'MAAS {{version}} is installed from packages.',
  'maas.install.snap': 'MAAS {{version}} is installed as a snap.',
  'maas.install.no-snap': 'MAAS is not installed. It comes from the channel {{channel}}.',
  'maas.install.action': 'Install the snap of MAAS from {{channel}}',
  'maas.install.snap-said': 'snap says: {{said}}',
  'maas.install.wait': 'Wait until MAAS answers',
  'maas.init.deb': 'The packages have initialised it.',
  'maas.init.done': 'Region and rack in one, at {{url}}.',
  'maas.init.todo': 'MAAS is installed but not initialised.',
  'maas.init.other-mode':
    'MAAS was initialised as “{{mode}}”. This chapter is about region and rack in one; it is left alone.',
  'maas.init.action': 'Initialise MAAS as region and rack at {{url}}',
  'maas.init.wrong-password':
    'The database refuses the password of the secret “maas-database-password”.',
  'maas.init.no-database': 'The database does not answer.',
  'maas.init.timeout': 'maas init did not end in time. Its last words are in the output.',
  'maas.init.said': 'maas init says: {{said}}',
  'maas.services.done': 'These run: {{names}}',
  'maas.services.dead': 'These do not run: {{names}}',
  'maas.services.idle': 'These rest until MAAS needs them, such as DHCP: {{names}}',
  'maas.services.connections':
    '{{used}} of {{most}} connections to PostgreSQL are in use. MAAS fails when there is none left: raise max_connections.',
  'maas.services.action': 'Restart {{names}}',
  'maas.answers.done': 'MAAS {{version}} answers at {{url}}.',
  'maas.answers.silent': 'Nothing answers at {{url}}. {{said}}',
  'maas.answers.status': '{{url}} answers with HTTP {{status}}.',
  'maas.address.done': 'Machines are told {{url}}.',
  'maas.address.unknown': 'MAAS’s configuration does not tell its address.',
  'maas.address.other':
    'Machines are told {{url}}, and that is not here (this host: {{addresses}}; planned: {{wanted}}).',
  'maas.address.other-1.7':
    'Machines are told {{url}}, and that is not here (this host: {{addresses}}; planned: {{wanted}}). Change it with: sudo dpkg-reconfigure maas-region-controller',
  'maas.address.other-deb':
    'Machines are told {{url}}, and that is not here (this host: {{addresses}}; planned: {{wanted}}). Change it with: sudo maas-region local_config_set --maas-url {{wanted}}; sudo maas-rack config --region-url {{wanted}}; sudo systemctl restart maas-regiond maas-rackd',
  'maas.address.action': 'Give MAAS the address {{url}}; its services are restarted',
  'maas.admin.done': '“{{user}}” exists.',
  'maas.admin.absent': '“{{user}}” does not exist yet. Its password is the secret “{{secret}}”.',
  'maas.admin.no-password':
    '“{{user}}” does not exist yet, and the vault does not hold its password. Set the secret “{{secret}}”, then check again.',
  'maas.admin.action': 'Create the administrator {{user}} ({{email}}) with the secret “{{secret}}”',
  'maas.admin.taken': 'MAAS has another user with the name {{user}} or the address {{email}}.',
  'maas.admin.timeout': 'MAAS asked something that is not known here, and was not answered.',
  'maas.admin.said': 'MAAS says: {{said}}',
  'maas.api-key.done':
    'The vault holds an API key of “{{user}}” (“{{secret}}”), and MAAS knows it.',
  'maas.api-key.absent': 'The vault of this computer holds no API key (“{{secret}}”).',
  'maas.api-key.other':
    'What the vault holds as “{{secret}}” is not a key of “{{user}}”. The one that MAAS has now is taken.',
  'maas.api-key.action': 'Take the API key of {{user}} into the vault, as “{{secret}}”',
  'maas.api-key.none': 'MAAS gave no API key of {{user}}: {{said}}',

  'power.client.snap': 'The snap of MAAS brings virsh along.',
  'power.account.none': 'There is no account “maas” on this host.',
  'power.account.done': 'MAAS’s account has its home in {{home}} (shell {{shell}}).',
  'power.account.snap': 'A MAAS from a snap runs as root, with its home in {{home}}.',
  'power.account.no-home': 'The home of MAAS’s account, {{home}}, does not exist.',
  'power.account.no-shell': 'MAAS’s account has no login shell ({{shell}}).',
  'power.account.shell-only-guide':
    'The guide gives it one for ssh-copy-id. It is not needed for what follows: you may skip this step.',
  'power.account.make-home': 'Make {{home}}',
  'power.account.give-shell': 'Give the account maas the shell /bin/bash',
  'power.account.undo': 'Give the account maas its shell {{shell}} back',
  'power.key.absent': 'MAAS’s account has no key pair.',
  'power.key.done': 'MAAS’s account has the key {{path}}.',
  'power.key.locked':
    '{{path}} has a passphrase, so MAAS cannot use it. Take the passphrase away (ssh-keygen -p), or move the key aside.',
  'power.key.action': 'Make a key pair ({{type}}) in {{home}}/.ssh',
  'power.key.undo': 'Remove the key pair {{path}}',
  'power.known-host.done': 'MAAS knows {{host}} by its {{count}} keys.',
  'power.known-host.unknown': 'MAAS does not know all {{count}} keys of {{host}}.',
  'power.known-host.other':
    'MAAS knows {{host}} by another key than those {{count}} which it shows us.',
  'power.known-host.unverified':
    'From 3.0 on MAAS’s own driver looks at no host key (unverified-ssh). The proof below does.',
  'power.known-host.action': 'Tell MAAS’s account the host keys of {{host}}',
  'power.known-host.replace': 'Put the host keys of {{host}} in place of the old ones',
  'power.known-host.undo': 'Take the host keys of {{host}} away again',
  'power.authorized.no-key': 'MAAS’s account has no key pair yet.',
  'power.authorized.done': 'The key of {{maas}} may log in as {{user}}.',
  'power.authorized.absent': 'The key of {{maas}} may not log in as {{user}} yet.',
  'power.authorized.action': 'Let the key of {{maas}} log in as {{user}}',
  'power.authorized.undo': 'Take the key of MAAS out of the authorized_keys of {{user}}',
  'power.restart.not-needed': 'virsh answers; no restart is needed.',
  'power.restart.no-help': 'A restart would not help; the cause is known.',
  'power.restart.was': 'The MAAS server was restarted since virsh was installed.',
  'power.restart.offered':
    'virsh errs for no known reason ({{said}}). The guide advises one restart of the MAAS server.',
  'power.proof.done': 'MAAS gets in: {{uri}}',
  'power.proof.failed': '{{uri}} does not answer: {{said}}',
  'power.proof.no-tool': 'virsh is not on the MAAS server.',
  'power.proof.host-key':
    'MAAS’s account does not know the host key by which {{address}} shows itself. Is another machine answering there?',
  'power.proof.group':
    'MAAS gets in to {{host}}, but {{user}} may not use libvirt. The step about its group does that.',
  'power.proof.denied':
    '{{host}} does not let MAAS’s key in as {{user}}. Look at its sshd (PubkeyAuthentication, AuthorizedKeysFile, AllowUsers).',
  'power.proof.no-libvirt': 'libvirt does not run on {{host}}.',
  'power.proof.no-nc': 'netcat is missing on {{host}}: install netcat-openbsd there.',
  'power.proof.dns':
    'The name {{address}} cannot be resolved on the MAAS server. Give an IP address in the plan.',
  'power.proof.unreachable':
    'The MAAS server cannot reach {{address}} over SSH. Look at the network and firewall between them.',
  'power.proof.maas-path':
    'MAAS {{version}} cannot find its own SSH helper (fixed in 3.7.1). Renew the snap: sudo snap refresh maas --channel=3.7/stable',
} as const;
