export const servers = {
  'chapter.servers.title': 'Server machines',

  'step.servers.packages.title': 'Tools for images',
  'step.servers.packages.why': 'They fetch the image, prove it and make a disk of it.',
  'step.servers.image.title': 'Cloud image is ready',
  'step.servers.image.why':
    'Ubuntu’s cloud image starts without an installer: nothing asks for a “yes”. Its hash and signature are checked.',
  'step.servers.machine.title': 'Server is as planned',
  'step.servers.machine.why':
    'Its disk is a copy of the image, and its seed is in the CD drive. It starts from its disk: MAAS does not deploy it.',
  'step.servers.started.title': 'Server runs and answers',
  'step.servers.started.why': 'The seed is read when the machine first starts.',
  'step.servers.installed.title': 'Our key logs in',
  'step.servers.installed.why':
    'The login user has no password, and sudo asks for none; only the keys of the plan log in.',

  'servers.image.done': '{{path}} is proved. SHA-256 {{sha256}}',
  'servers.image.done-here': 'On this computer {{path}} is proved. SHA-256 {{sha256}}',
  'servers.image.newer':
    'A newer build is published at {{url}}. Machines that exist stay as they are.',
  'servers.image.absent': '{{url}} is not on this host yet ({{size, bytes}}).',
  'servers.image.absent-here':
    '{{url}} is not on this computer yet ({{size, bytes}}). ESXi cannot fetch it or make a disk of it, so this computer does.',
  'servers.image.pinned': 'The plan names the SHA-256 itself; no signature is asked for.',
  'servers.image.action': 'Fetch {{url}}, go on where it was cut off, and check its SHA-256',
  'servers.image.action-here':
    'Fetch {{url}} onto this computer, go on where it was cut off, and check its SHA-256',
  'servers.image.undo': 'Remove {{path}}',
  'servers.image.no-room':
    'The image takes {{size, bytes}}; {{path}} has {{available, bytes}} free.',
  'servers.image.disk-full':
    'The disk ran full. Make room for {{path}} and apply again; what is there is kept.',
  'servers.image.wrong-hash':
    'What came from {{url}} has another SHA-256 than was published. It was removed. A proxy that changes or keeps old files is the usual cause; a new build that was published meanwhile is another: check again.',
  'servers.image.keyring-absent':
    'The keyring {{keyring}} is not on this host. On Debian, where no package has it, name another keyring or give the SHA-256 of the image in the plan.',
  'servers.image.keyring-absent-here':
    'The keyring {{keyring}} is not on this computer. Where no package has it, name another keyring or give the SHA-256 of the image in the plan.',
  'servers.image.keyring-armored':
    'The keyring {{keyring}} is armored text; the binary form is needed (gpg --dearmor).',
  'servers.image.keyring-unreadable':
    'No key can be read from {{keyring}}. It must be a binary keyring as gpgv takes it (gpg --export), not GnuPG’s own keybox.',
  'servers.image.wrong-key':
    '{{folder}}/SHA256SUMS is signed, but not with a key of {{keyring}}. Name the right keyring in the plan; never leave the check out.',
  'servers.image.tampered':
    '{{folder}}/SHA256SUMS does not fit its signature: it was changed after it was signed, or came incomplete.',
  'servers.image.unproved':
    'The signature of {{folder}}/SHA256SUMS is of a known key and still does not count: {{why}}',
  'servers.image.clock-here':
    'The signature of {{folder}}/SHA256SUMS is from the future for this computer. Set its clock first.',
  'servers.image.clock':
    'The signature of {{folder}}/SHA256SUMS is from the future for this host. Set its clock first.',
  'servers.image.unlisted': '{{folder}}/SHA256SUMS does not list {{file}}.',
  'servers.image.status': 'The server answers {{status}} for {{url}}.',
  'servers.image.proxy-status':
    'The proxy {{proxy}} or the server behind it answers {{status}} for {{url}}.',
  'servers.image.refused':
    'The server refused to give {{url}}. Check again: it may have been replaced.',
  'servers.image.proxy':
    '{{url}} could not be fetched through the proxy {{proxy}} ({{code}}). Look at the proxy in the plan.',
  'servers.image.dns': 'The name in {{url}} cannot be resolved on this host. Does it need a proxy?',
  'servers.image.dns-here':
    'The name in {{url}} cannot be resolved on this computer. Does it need a proxy?',
  'servers.image.tls-here':
    'The certificate of {{url}} is not trusted on this computer, or the connection was not encrypted. A proxy that looks into it is the usual cause.',
  'servers.image.unreachable-here': '{{url}} cannot be reached from this computer ({{code}}).',
  'servers.image.tls':
    'The certificate of {{url}} is not trusted on this host, or the connection was not encrypted. A proxy that looks into it is the usual cause.',
  'servers.image.unreachable': '{{url}} cannot be reached from this host ({{code}}).',

  'servers.machine.seed': 'Seed of {{name}}: {{path}}',
  'servers.machine.folder': 'Make the folder of {{name}}, marked as ours: {{path}}',
  'servers.machine.disk': 'Make the disk of {{name}} from the image: {{path}}',
  'servers.machine.no-room':
    'The image becomes a disk of {{size, bytes}}; {{path}} has {{available, bytes}} free.',
  'servers.machine.seed-absent': 'The seed of {{name}} is not on the host.',
  'servers.machine.seed-old':
    'The plan has changed since the seed was written. A machine that has started once does not read it again.',
  'servers.machine.disk-too-small':
    'The image needs a larger first disk than the plan gives (disks_gib).',

  'servers.started.off': '{{name}} is not running.',
  'servers.started.silent': '{{name}} runs, but no SSH server answers at {{address}} yet.',
  'servers.started.silent-here':
    '{{name}} runs, but no SSH server answers this computer at {{address}} yet.',
  'servers.started.done': '{{name}} answers at {{address}}. Its host keys: {{keys}}',
  'servers.started.no-address':
    '{{name}} runs. Its address comes from DHCP, so nobody here knows where it answers: add it to the hosts of the plan.',
  'servers.started.wait': 'Wait until {{name}} answers at {{address}}',

  'servers.installed.no-host':
    'Add it to the plan, so that it can be set up: under hosts, {{name}} with address {{address}}, user {{user}} and the private key that belongs to the plan’s public key.',
  'servers.installed.other':
    'What answers at {{address}} is not {{name}}: it takes itself for {{found}}. Look at the address.',
  'servers.installed.running': 'Our key logs in to {{name}}; its first start is not finished.',
  'servers.installed.errors': '{{name}} is there, but its first start reports: {{errors}}',
  'servers.installed.done':
    '{{user}} logs in to {{name}} at {{address}}; its first start is finished.',
  'servers.installed.wait': 'Wait until the first start of {{name}} is finished',

  'machine.boot-order-server':
    '{{name}} boots in the order {{order}}; a server starts from its disk.',
  'upload.bytes': '{{size}} bytes, SHA-256 {{sha256}}',

  'plan.install-node':
    'MAAS puts the system on a node. Give the machine another role, or leave install out.',
  'plan.install-count': 'Only a single machine (without count) can be installed this way.',
  'plan.install-other-network': 'The machine has no interface on “{{name}}” (networks: {{known}}).',
  'plan.install-needs-address':
    'On “{{name}}” MAAS alone answers DHCP, so the machine needs an address there (install, addresses).',
  'plan.install-gateway-outside':
    'The gateway {{gateway}} is on none of the networks of its addresses.',
  'plan.install-keyring':
    'A KVM host reads the keyring itself: give the path that it has there, beginning with /.',
} as const;
