export const steps = {
  'chapter.mirror.title': 'Image mirror',
  'step.mirror.reachable.title': 'Server is reachable',
  'step.mirror.reachable.why': 'Everything else is asked and done over SSH.',
  'step.mirror.sudo.title': 'sudo works',
  'step.mirror.sudo.why': 'Packages, the web root and the mirror itself belong to root.',
  'step.mirror.clock.title': 'Clock is right',
  'step.mirror.clock.why':
    'Signatures, certificates and logs go wrong when clocks differ by more than a minute.',
  'step.mirror.disk.title': 'Enough disk space',
  'step.mirror.disk.why':
    'The size is forecast from the source’s own index, before anything is downloaded.',
  'step.mirror.packages.title': 'Packages are installed',
  'step.mirror.packages.why':
    'simplestreams copies the images, the keyring proves where they come from, apache2 serves them.',
  'step.mirror.web-root.title': 'Directory below the web root',
  'step.mirror.web-root.why':
    'The web server publishes what lies here; it must be able to read it.',
  'step.mirror.images.title': 'Boot images are mirrored',
  'step.mirror.images.why':
    'MAAS then deploys from your own server: faster, and without the internet.',
  'step.mirror.signature.title': 'Signature verifies',
  'step.mirror.signature.why': 'Only a signed index proves that the images are Ubuntu’s.',
  'step.mirror.files.title': 'Every selected file is whole',
  'step.mirror.files.why':
    'The mirrored index lists everything, also what the filters left out. So each selected file is checked by size and hash.',
  'step.mirror.served.title': 'Mirror is served over HTTP',
  'step.mirror.served.why': 'MAAS fetches the images by HTTP; this is what it will see.',
  'step.mirror.refresh.title': 'Nightly refresh',
  'step.mirror.refresh.why': 'Ubuntu publishes new images; the mirror renews itself at night.',

  'finding.blocked': 'Waits for earlier steps.',
  'finding.skipped': 'Skipped by {{who}}: {{why}}',
  'finding.claimed': '{{who}} says it is done: {{why}}',
  'preview.not-checked': 'Not checked yet.',
  'preview.waits': 'Waits for {{steps}}.',
  'preview.needs-facts': 'Can only be planned once earlier steps are done.',
  'run.needs-failed': 'Not started, because {{step}} did not succeed.',
  'run.cannot-observe':
    'It could not be observed, so nothing was done. Mend the cause and check again.',
  'run.exit-code': 'The command ended with exit code {{code}}.',
  'run.fix-then-check':
    'Mend the cause, in the terminal if need be, then check again and apply what is left.',
  'run.waited-in-vain': 'It did not come about in time. Look at the cause, then apply again.',
  'run.manual-then-check': 'Do this by hand, then check again.',

  'plan.unknown-key-near': 'Unknown key “{{key}}”. Did you mean “{{near}}”?',
  'plan.unknown-key': 'Unknown key “{{key}}”.',
  'plan.missing-key': '“{{key}}” is missing.',
  'plan.wrong-value': '{{expected}}',
  'plan.not-one-of': 'One of these is expected: {{values}}',
  'plan.not-of-type': 'A value of this type is expected: {{type}}',
  'plan.too-small': 'Too small or too short: at least {{limit}}',
  'plan.too-big': 'Too large or too long: at most {{limit}}',
  'plan.unknown-host': 'There is no host “{{name}}” in this plan (hosts: {{known}}).',
  'plan.directory-outside': 'The directory must be below the web root {{root}}.',
  'plan.bad-regex': 'Not a regular expression: {{filter}}',
  'plan.source-is-index':
    'Give the address of the stream, not of an index file: an index.json would switch the verification of signatures off.',
  'plan.too-large': 'The file is too large to be a lab.yaml.',
  'plan.syntax': 'Not valid YAML: {{what}}',
  'plan.empty': 'The file holds no plan.',
  'plan.bad-version': 'Version {{version}} is not known.',
  'plan.newer-version':
    'This file was written by a newer Labwright (version {{version}}). Update Labwright to open it.',

  'host.reachable.done': '{{name}} answers at {{address}} as {{user}}.',
  'host.sudo.done': 'sudo gives root.',
  'host.sudo.not-root': 'sudo ran, but not as root. Check the sudoers rules of this user.',
  'host.clock.done': 'The clock differs by {{seconds}} s.',
  'host.clock.behind': 'The clock is {{seconds}} s behind this computer’s.',
  'host.clock.ahead': 'The clock is {{seconds}} s ahead of this computer’s.',
  'host.clock.action': 'Switch time synchronisation on and wait for it',
  'mirror.disk.done':
    '{{files}} files, {{total, bytes}} in all: {{fetch, bytes}} still to fetch, and {{reserve, bytes}} to keep free. {{available, bytes}} is free on {{mount}}.',
  'mirror.disk.nothing-to-fetch':
    'All {{files}} files ({{total, bytes}}) are here. {{available, bytes}} free on {{mount}}.',
  'mirror.disk.complete':
    'All {{files}} published files are here. How much a renewal needs is not known: the source cannot be asked.',
  'mirror.disk.short':
    'Only {{available, bytes}} free on {{mount}}, but {{needed, bytes}} needed. Enlarge the disk, or take fewer images in the plan.',
  'packages.done': 'Installed: {{names}}.',
  'packages.missing': 'Not installed: {{names}}.',
  'packages.half': 'Half configured by an earlier installation: {{names}}.',
  'packages.no-apt': '{{name}} has no apt. This chapter needs Ubuntu or Debian.',
  'packages.not-offered':
    'The package sources of {{name}} do not offer {{names}}. Use Ubuntu, or add a source that has them.',
  'apt.install': 'Install {{names}}',
  'apt.remove': 'Remove the packages that were installed: {{names}}',
  'mirror.web-root.done': '{{path}} exists and is readable.',
  'mirror.web-root.absent': '{{path}} does not exist yet.',
  'mirror.web-root.unreadable': '{{path}} cannot be read by the web server.',
  'mirror.web-root.action': 'Make {{path}}',
  'mirror.web-root.undo': 'Remove the empty folders from {{path}} down',
  'mirror.web-root.other-path':
    'The directory {{directory}} does not end like the stream’s own path {{path}}. (The original guide names two different directories; one place that mirrors the source’s path is easiest to find again.)',
  'mirror.images.absent': 'Nothing is mirrored yet: {{count}} files, {{bytes, bytes}}.',
  'mirror.images.unfinished':
    '{{have}} of {{count}} files are here, {{bytes, bytes}} to go. The index is published when all are complete.',
  'mirror.images.missing':
    '{{have}} of {{count}} files are as published. First one that is not: {{first}}',
  'mirror.images.done': 'All {{count}} selected files are here.',
  'mirror.images.newer':
    'The source has newer images: {{count}} files. The nightly refresh will take them.',
  'mirror.images.filter-none':
    'The filters match no image. sstream-mirror would end without an error and publish an empty mirror. The source offers these releases: {{releases}}',
  'mirror.images.action': 'Mirror the boot images',
  'mirror.images.action-bootloaders': 'Mirror the boot loaders',
  'mirror.images.forget':
    'Make sstream-mirror look again at {{count}} damaged files and all missing ones',
  'mirror.images.forget-missing': 'Make sstream-mirror look for what is missing',
  'mirror.images.undo': 'Remove the {{count}} files that were mirrored',
  'mirror.note.unanchored':
    '{{filter}} is a search and also takes: {{also}}. To take only what it names, write {{better}}',
  'mirror.note.filter-none':
    'The filters match no image. The source offers these releases: {{releases}}',
  'mirror.note.no-bootloaders':
    'The source offers no boot loaders. MAAS 2.1 and later need them: nodes would find no file over TFTP.',
  'mirror.signature.done': 'All index files are signed by {{keyring}}.',
  'mirror.signature.unsigned':
    'There is an index.json but no signed index.sjson: this mirror was made without verification. Mirror it again from the stream’s address.',
  'mirror.signature.wrong-key':
    '{{file}} is signed by a key that is not in {{keyring}}. Use the keyring that belongs to this source.',
  'mirror.signature.clock':
    '{{file}} cannot be verified: by the server’s clock, its key or signature is from the future. Put the clock right, then check again.',
  'mirror.signature.bad':
    'The signature of {{file}} is bad: the file was changed after it was signed.',
  'mirror.files.done': 'All {{count}} files have the size and hash of the signed index.',
  'mirror.files.no-index': 'No index is published yet.',
  'mirror.files.missing': '{{count}} files are missing or damaged. First: {{first}} is missing.',
  'mirror.files.size':
    '{{count}} files are missing or damaged. First: {{first}} has the wrong size.',
  'mirror.files.hash':
    '{{count}} files are missing or damaged. First: {{first}} has the wrong content.',
  'mirror.served.done': '{{url}} serves the index and every selected file, as seen from {{from}}.',
  'mirror.served.stopped': 'The web server is not running.',
  'mirror.served.unreachable':
    '{{from}} cannot fetch {{url}} although apache2 runs. Look at the firewall and at its listen address. {{detail}}',
  'mirror.served.status':
    '{{url}} answers with HTTP {{status}} to {{from}}. Look at the web server’s configuration.',
  'mirror.served.other':
    '{{url}} gives {{from}} another index than the one on disk. A cache or another server is in between.',
  'mirror.served.files':
    '{{count}} selected files are not served with their size. First: {{first}}',
  'mirror.served.no-fetcher':
    '{{from}} has neither curl nor wget, so it cannot look at the mirror. Install one of them there.',
  'mirror.served.action': 'Start apache2 and have it start with the system',
  'mirror.refresh.done': 'The mirror renews itself every night.',
  'mirror.refresh.absent': '{{path}} does not exist yet.',
  'mirror.refresh.differs': '{{path}} is not as planned.',
  'mirror.refresh.inactive': 'The timer is not active.',
  'mirror.refresh.write': 'Write {{path}}',
  'mirror.refresh.enable': 'Activate the timer',
  'mirror.refresh.undo': 'Remove the nightly refresh',
  'mirror.fail.keyring-absent':
    'The keyring {{keyring}} is not there. Install ubuntu-cloudimage-keyring or correct the path in the plan.',
  'mirror.fail.keyring-armored':
    'The keyring {{keyring}} is armored text. gpgv needs the binary form: gpg --dearmor makes it.',
  'mirror.fail.wrong-key':
    '{{source}} is signed by a key that is not in {{keyring}}. Nothing was written.',
  'mirror.fail.clock':
    'The signature of {{source}} cannot be verified while the server’s clock is {{seconds}} s behind. Put the clock right, then apply again. Nothing was written.',
  'mirror.fail.tampered':
    'The signature of {{source}} is bad: its index was changed on the way or at the source. Nothing was written.',
  'mirror.fail.disk-full':
    'The disk is full. The unfinished file is kept and goes on from there once there is room.',
  'mirror.fail.read-only':
    'The file system is read-only. Look at dmesg: a failing disk is often remounted so.',
  'mirror.fail.no-range':
    'The source cannot resume downloads, so the cut-off file was spoilt and discarded. Apply again: it is fetched from its start.',
  'mirror.fail.corrupt':
    '{{url}} does not match the signed index. The source or a proxy on the way is broken.',
  'mirror.fail.denied': '{{path}} cannot be written.',
  'mirror.fail.dns':
    'The name in {{source}} cannot be resolved on the server. Check its DNS and the proxy in the plan.',
  'mirror.fail.unreachable':
    '{{source}} cannot be reached from the server. Check its network and the proxy in the plan.',
  'mirror.fail.proxy':
    '{{source}} cannot be reached from the server through the proxy {{proxy}}. Check that the proxy in the plan is right and answers.',
  'mirror.fail.proxy-refused':
    'The proxy {{proxy}} does not give {{url}}. Check that it allows the source, and the source in the plan.',
  'mirror.fail.certificate':
    'The server does not accept the certificate of {{source}}. Check its clock and its ca-certificates; a proxy that looks inside HTTPS is another cause.',
  'mirror.fail.status':
    '{{url}} answers with HTTP {{status}}. Check the source in the plan, or try again later.',
  'mirror.fail.not-given': '{{url}} is not given by its server. Check the source in the plan.',
  'mirror.fail.no-fetcher':
    'The server has neither curl nor wget, so the source cannot be asked. Install one of them.',
  'mirror.fail.not-found': '{{url}} does not exist. Check the source in the plan.',
  'mirror.fail.filter': 'sstream-mirror does not understand the filter {{filter}}.',
  'mirror.fail.no-tool': 'sstream-mirror is not installed.',
  'apt.locked':
    'Another package manager is at work (the lock is held). Wait for it, then apply again.',
  'apt.no-package': 'The package sources do not offer {{name}}.',
  'apt.disk-full': 'No space is left for the packages.',
  'apt.read-only': 'The file system is read-only, so nothing could be installed.',
  'apt.clock-behind':
    'By the server’s clock the package lists are not valid yet. Put the clock right, then apply again.',
  'apt.expired':
    'By the server’s clock the package lists have expired. Put the clock right if it is ahead; else the package source is no longer renewed.',
  'apt.unsigned':
    'A package source is not signed by a known key. Mend the source; nothing was installed.',
  'apt.script-failed':
    'The installation script of {{name}} failed. Its own message is in the output.',
  'apt.unmet': 'Dependencies cannot be met. The package sources do not fit together.',
  'apt.unreachable':
    'The package sources cannot be reached. Check the network and the proxy in the plan.',
  'apt.proxy':
    'The package sources cannot be reached through the proxy {{proxy}}. Check that the proxy in the plan is right and answers.',
  'apt.proxy-refused':
    'The proxy {{proxy}} does not give the package sources (HTTP status {{status}}). Check that it allows them.',
  'propose.role': 'The first host with the mirror’s packages, or else the first one given.',
  'propose.address': 'As you gave it; it answered.',
  'propose.system': 'Observed system.',
  'propose.line': 'Chosen by the directory that was found, else today’s line.',
  'propose.directory': 'A mirror was found here.',
  'propose.directory-default': 'No mirror was found; this is the usual place.',
  'propose.user': 'As you gave it; this user logged in.',
  'propose.source': 'The usual source of this line; a mirror does not tell where it came from.',
  'propose.filters': 'What the mirror holds: its releases, architectures and kernels.',
  'propose.filters-default': 'The usual choice of this line; no images were found.',
  'propose.max': 'The most versions of one image that were found.',
  'propose.max-default': 'The newest version alone; no images were found.',
  'propose.refresh': 'A default: every night. Turn it off in the plan if you do not want it.',
  'propose.keyring': 'The keyring of the package ubuntu-cloudimage-keyring.',
} as const;
