export const errors = {
  'error.argument-extra':
    '{{argument}} is one argument too many: every value belongs to an option.',
  'error.cancelled': 'Cancelled.',
  'error.command-unknown': 'There is no command {{command}}.',
  'error.consent-missing':
    'Nothing was done: without a terminal to ask on, this needs {{options}}.',
  'error.disk-full': 'No space is left on {{host}}. Free some space, then try again.',
  'error.fingerprint-differs':
    'This is not the fingerprint that {{host}} shows ({{shown}}). Nothing was trusted.',
  'error.host-auth-failed':
    '{{host}} refused the login of {{user}}. Check the user name and the password or key.',
  'error.host-closed': 'The connection to {{host}} ended. Try again; what runs there goes on.',
  'error.host-forward-forbidden':
    '{{host}} does not let anyone reach ports through it (AllowTcpForwarding of its sshd).',
  'error.host-forward-refused':
    'Nothing answers on port {{port}} at {{address}}, as seen from {{host}}.',
  'error.host-identity-changed':
    '{{host}} is not the machine that was trusted: its machine ID differs. Nothing was changed. If it was reinstalled, replace the identity under Hosts.',
  'error.host-key-changed':
    'The host key of {{host}} has changed. Nothing was sent. Compare the fingerprints under Hosts before you go on.',
  'error.host-key-revoked':
    'The host key of {{host}} is marked as revoked in known_hosts. Nothing was sent.',
  'error.host-key-unknown':
    '{{host}} is not known yet. Compare its fingerprint ({{type}} {{fingerprint}}) and trust it under Hosts.',
  'error.host-no-shell':
    '{{host}} did not start a POSIX shell. Check the login shell of the user and its start-up files.',
  'error.host-refused':
    '{{address}} port {{port}} refused the connection. Is the SSH server running there?',
  'error.host-sessions-full':
    '{{host}} does not allow another session on this connection (MaxSessions of its sshd). Close terminals to it that are not needed, or raise MaxSessions.',
  'error.host-silent':
    '{{address}} port {{port}} accepted the connection and then said nothing. Is it an SSH server?',
  'error.host-timeout': '{{host}} did not answer in time. The connection was closed.',
  'error.host-unknown': 'The plan has no host named {{host}}.',
  'error.host-unreachable':
    '{{address}} port {{port}} cannot be reached. Check the address, the cable and the firewall.',
  'error.host-unresolved':
    'The name {{address}} cannot be resolved. Check its spelling or use an IP address.',
  'error.host-no-common-algorithm':
    '{{host}} and Labwright have no algorithm in common. It is probably an old SSH server.',
  'error.image-absent':
    'The image {{url}} is not on this computer, or is not the file any more that was proved. Apply the step that fetches it again.',
  'error.image-cache-full':
    'No space is left on this computer for {{path}}. Free some space, then try again; what is there is kept.',
  'error.image-damaged': 'The image {{what}} is damaged: its tables do not fit together.',
  'error.image-larger-than-disk':
    '{{url}} is a disk of {{needed, bytes}}; the plan gives the machine a first disk of {{given, bytes}} (disks_gib).',
  'error.image-no-disk':
    '{{what}} is no disk image that Labwright can read: neither qcow2 nor a raw disk with a boot sector.',
  'error.image-status':
    'The server answers {{status}} for {{url}}. It may have been replaced by a newer build: check again.',
  'error.image-unfit':
    'The image {{what}} uses something that only QEMU can read ({{feature}}). Convert it: qemu-img convert -O qcow2.',
  'error.image-unreachable':
    '{{url}} could not be fetched: the connection broke again and again ({{why}}). What is there is kept.',
  'error.image-wrong-hash':
    'What came from {{url}} has another SHA-256 than was published. It was removed. A proxy that changes or keeps old files is the usual cause; a new build that was published meanwhile is another: check again.',
  'error.internal': 'Something went wrong inside Labwright. The details may help in a bug report.',
  'error.job-failed': 'The work on {{host}} could not be started or failed.',
  'error.job-lost':
    'The job on {{host}} ended without leaving a result. What it did is observed anew.',
  'error.job-lost.absent':
    'The job on {{host}} left nothing behind, so its result is not known. What it did is observed anew.',
  'error.job-lost.rebooted':
    '{{host}} was started anew while the job ran. What it did is observed anew.',
  'error.job-lost.killed':
    'The job on {{host}} was killed by someone else or for want of memory. What it did is observed anew.',
  'error.job-lost.never-started': 'The job on {{host}} did not begin. Nothing was done by it.',
  'error.journal-damaged':
    'The journal was damaged. What could be read was saved to a new file; the damaged one is kept as {{kept}}.',
  'error.key-unreadable':
    'The private key for {{host}} cannot be read. Check its format and passphrase.',
  'error.lab-locked':
    'This lab is open in another Labwright (process {{pid}}). It is shown read-only here.',
  'error.lab-not-open': 'The lab is not open.',
  'error.look-failed': 'It could not be found out.',
  'error.not-in-this-shell': 'This is only possible in the desktop app.',
  'error.not-observed': 'Not checked yet.',
  'error.option-missing': '{{command}} needs the option {{option}}.',
  'error.option-unfit': '{{command}} has no option {{option}}. Nothing was done.',
  'error.option-unknown': 'There is no option {{option}}.',
  'error.option-value':
    'The option {{option}} was given a value that it does not take, or none where it needs one.',
  'error.output-too-large': '{{host}} sent more output than a check may bring. It was stopped.',
  'error.output-unexpected': '{{host}} answered something else than expected ({{expected}}).',
  'error.plan-changed-on-disk':
    'lab.yaml was changed by another program meanwhile. Look at the difference before you save.',
  'error.plan-invalid': 'lab.yaml has errors: {{first}}',
  'error.plan-missing': 'There is no file {{path}}.',
  'error.plan-unreadable': '{{path}} cannot be read or written.',
  'error.port-unusable':
    'Port {{port}} cannot be used here: something else has it, or it is not for this user.',
  'error.preview-outdated':
    'What would be done now differs from what was shown. Look at the preview again.',
  'error.proof-failed': 'All actions ended, but the check still does not find the step done.',
  'error.read-only': 'This lab is open in another Labwright, so it can only be looked at here.',
  'error.run-busy': 'A run is under way. Wait for it or cancel it first.',
  'error.run-interrupted':
    'Run {{run}} of {{when}} was interrupted. Nothing was done. Go on with it or close it first.',
  'error.run-not-interrupted':
    'There is no interrupted run of this name in this lab. Nothing was done.',
  'error.run-undone': 'This run was taken back already. There is nothing left of it to undo.',
  'error.run-unknown': 'There is no such run in this lab.',
  'error.secret-file': 'The file with the secret {{name}} cannot be read.',
  'error.secret-in-argument':
    'Give secrets as --secret NAME=@FILE. A value in the command itself would be visible to everyone on this computer.',
  'error.secret-missing': 'The secret {{name}} is needed and has no value yet.',
  'error.secret-unreadable':
    'The secret {{name}} cannot be opened on this computer. Enter it again.',
  'error.site-answer-cut':
    'The answer of {{site}} stopped in the middle. Check the network, then try again.',
  'error.site-answer-too-large':
    '{{site}} sent more than {{limit, bytes}} in one answer. It was stopped.',
  'error.site-answer-unexpected': '{{site}} answered something else than expected ({{expected}}).',
  'error.site-busy': '{{site}} is busy or just starting. Wait a minute, then try again.',
  'error.site-certificate-changed':
    'The certificate of {{site}} has changed. Nothing was sent. Trusted: {{pinned}}. Shown now: {{offered}}. Compare them before you go on.',
  'error.site-certificate-unknown':
    '{{site}} is not known yet. Compare its certificate ({{fingerprint}}, for {{subject}}, valid until {{validTo}}) and trust it.',
  'error.site-closed': 'The connection to {{site}} ended. Try again; what runs there goes on.',
  'error.site-datastore-full':
    'No space is left on the datastore of {{site}} ({{what}}). Free some space or choose another datastore.',
  'error.site-download-refused':
    '{{site}} did not give the file {{what}} (HTTP status {{status}}). Check your rights on the datastore.',
  'error.site-fault': '{{site}} refused with {{fault}}: {{said}}',
  'error.site-field-too-new':
    '{{path}} needs vSphere API {{since}}; this site speaks {{version}}. Nothing was sent.',
  'error.site-file-exists':
    '{{what}} already exists on {{site}}. Choose another name or delete it first.',
  'error.site-file-missing': '{{site}} has no file {{what}}. Check the datastore and the path.',
  'error.site-folder-taken':
    '{{what}} on {{site}} has files that are not of this machine. Move them or choose another name.',
  'error.site-identity-changed':
    '{{site}} is not the site that was trusted: its instance ID differs. Nothing was changed.',
  'error.site-in-maintenance':
    'The host of {{site}} is in maintenance mode. Leave it, then try again.',
  'error.site-licence-expired':
    'A licence of {{site}} has expired or is missing. Machines cannot be powered on until it is renewed.',
  'error.site-licence-read-only':
    'The licence of {{site}} lets its API only read, as the free ESXi licence does. This change was not made. Give it a licence, or name with shell: at this site the host with the role esxi that is the same machine: the next plan then uses its shell, which is not restricted.',
  'error.site-login-refused':
    '{{site}} refused the login of {{user}}. Check the user name and the password. Several wrong tries lock the account for a while.',
  'error.site-mac-taken':
    'The MAC address {{mac}} already belongs to {{machine}} on {{site}}, which is not of this lab. Choose another.',
  'error.site-mac-unfit':
    'ESXi takes {{mac}} for no fixed MAC address. It must lie between 00:50:56:00:00:00 and 00:50:56:3f:ff:ff.',
  'error.site-name-taken':
    'The name {{what}} is already in use on {{site}}. Choose another, or remove what has it.',
  'error.site-no-permission':
    'The user may not do this on {{site}} ({{what}}). Give the user the right, or log in as another.',
  'error.site-no-resources':
    '{{site}} has not enough CPU or memory left for this. Power something off or ask for less.',
  'error.site-not-ours':
    '{{what}} on {{site}} does not carry the mark of this lab. Nothing was changed.',
  'error.site-not-supported':
    '{{site}} does not support this ({{what}}). It may need a vCenter, newer hardware or a newer version.',
  'error.site-not-vsphere':
    '{{site}} answered, but not as vSphere does ({{found}}; expected SOAP). Check the address and the port.',
  'error.site-object-busy':
    'Something else is being done with {{what}} on {{site}}, or it is in use. Wait until that ends, then try again.',
  'error.site-object-gone': '{{what}} no longer exists on {{site}}. Look at the site again.',
  'error.site-object-missing':
    '{{site}} has no {{kind}} named {{what}}. Check the name in the plan.',
  'error.site-path-unfit': '{{what}} cannot be part of a path on a datastore.',
  'error.site-power-state':
    'The machine on {{site}} is {{what}}, which does not allow this. Power it on or off first.',
  'error.site-question':
    '{{what}} on {{site}} waits for an answer to a question: {{said}} Answer it in the web page of the site.',
  'error.site-refused':
    '{{address}} port {{port}} refused the connection. Is ESXi or vCenter running there?',
  'error.site-request-refused':
    '{{site}} did not accept the request ({{what}}). Check the values in the plan; the details may help in a bug report.',
  'error.site-request-unfit':
    'Labwright would have sent {{path}} in a form that vSphere does not have ({{rule}}). Nothing was sent.',
  'error.site-session-lost': '{{site}} ended the session and did not take a new one. Try again.',
  'error.site-silent': '{{site}} did not answer in time. The connection was closed.',
  'error.site-timed-out':
    '{{site}} began, but did not finish in the time it allows itself. Look at the site, then try again.',
  'error.site-tls-refused':
    '{{site}} and Labwright have no TLS version or cipher in common. Patch the site or, if it is old, allow old TLS for it.',
  'error.site-too-old': '{{site}} speaks vSphere API {{version}}. Labwright needs 5.5 or later.',
  'error.site-unreachable':
    '{{address}} port {{port}} cannot be reached. Check the address, the cable and the firewall.',
  'error.site-unresolved':
    'The name {{address}} cannot be resolved. Check its spelling or use an IP address.',
  'error.site-upload-refused':
    '{{site}} did not take the file {{what}} (HTTP status {{status}}). Check the datastore, its free space and your rights.',
  'error.step-unknown': 'There is no step {{step}} in this lab.',
  'error.sudo-denied': '{{host}}: the user may not use sudo. Ask the administrator for the right.',
  'error.sudo-missing': '{{host}} has no sudo. Install it or log in as root.',
  'error.sudo-needs-terminal': '{{host}}: sudo insists on a terminal (requiretty in sudoers).',
  'error.sudo-wrong-password': '{{host}}: sudo refused the password.',
  'error.terminal-unknown': 'This terminal no longer exists.',
  'error.upload-corrupt':
    '{{path}} arrived damaged on {{host}} and was not put in place. Try again.',
  'error.vault-damaged':
    'The secrets file was damaged. Its backup is used, which is one save older: values that were saved last may be missing. The damaged file is kept as {{kept}}.',
  'error.vault-insecure-store':
    'This system offers no safe place for secrets. They are kept in memory until the app ends.',
  'error.vault-locked': 'The secrets are locked. Enter the passphrase.',
  'error.vault-lost':
    'The secrets file was damaged and there is no usable backup. The secrets are asked for again. The damaged file is kept as {{kept}}.',
  'error.vault-wrong-passphrase': 'This passphrase does not open the secrets.',
  'journal.identities-anew':
    'The identities of {{hosts}} are not in the journal any more, so they cannot be compared: they are recorded anew at the next check. Make sure that these are your machines.',
} as const;
