export const errors = {
  'error.cancelled': 'Cancelled.',
  'error.disk-full': 'No space is left on {{host}}. Free some space, then try again.',
  'error.fingerprint-differs':
    'This is not the fingerprint that {{host}} shows ({{shown}}). Nothing was trusted.',
  'error.host-auth-failed':
    '{{host}} refused the login of {{user}}. Check the user name and the password or key.',
  'error.host-closed': 'The connection to {{host}} ended. Try again; what runs there goes on.',
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
  'error.internal': 'Something went wrong inside Labwright. The details may help in a bug report.',
  'error.job-failed': 'The work on {{host}} could not be started or failed.',
  'error.job-lost':
    'The job on {{host}} ended without leaving a result ({{why}}). What it did is observed anew.',
  'error.journal-damaged':
    'The journal was damaged. What could be read was saved to a new file; the damaged one is kept as {{kept}}.',
  'error.key-unreadable':
    'The private key for {{host}} cannot be read. Check its format and passphrase.',
  'error.lab-locked':
    'This lab is open in another Labwright (process {{pid}}). It is shown read-only here.',
  'error.lab-not-open': 'The lab is not open.',
  'error.not-in-this-shell': 'This is only possible in the desktop app.',
  'error.not-observed': 'Not checked yet.',
  'error.output-too-large': '{{host}} sent more output than a check may bring. It was stopped.',
  'error.output-unexpected': '{{host}} answered something else than expected ({{expected}}).',
  'error.plan-changed-on-disk':
    'lab.yaml was changed by another program meanwhile. Look at the difference before you save.',
  'error.plan-invalid': 'lab.yaml has errors: {{first}}',
  'error.plan-missing': 'There is no file {{path}}.',
  'error.plan-unreadable': '{{path}} cannot be read or written.',
  'error.preview-outdated':
    'What would be done now differs from what was shown. Look at the preview again.',
  'error.proof-failed': 'All actions ended, but the check still does not find the step done.',
  'error.read-only': 'This lab is open in another Labwright, so it can only be looked at here.',
  'error.run-busy': 'A run is under way. Wait for it or cancel it first.',
  'error.run-unknown': 'There is no such run in this lab.',
  'error.secret-missing': 'The secret {{name}} is needed and has no value yet.',
  'error.secret-unreadable':
    'The secret {{name}} cannot be opened on this computer. Enter it again.',
  'error.step-unknown': 'There is no step {{step}} in this lab.',
  'error.sudo-denied': '{{host}}: the user may not use sudo. Ask the administrator for the right.',
  'error.sudo-missing': '{{host}} has no sudo. Install it or log in as root.',
  'error.sudo-needs-terminal': '{{host}}: sudo insists on a terminal (requiretty in sudoers).',
  'error.sudo-wrong-password': '{{host}}: sudo refused the password.',
  'error.terminal-unknown': 'This terminal no longer exists.',
  'error.upload-corrupt':
    '{{path}} arrived damaged on {{host}} and was not put in place. Try again.',
  'error.vault-damaged': 'The secrets file was damaged. The backup is used; {{kept}} was kept.',
  'error.vault-insecure-store':
    'This system offers no safe place for secrets. They are kept in memory until the app ends.',
  'error.vault-locked': 'The secrets are locked. Enter the passphrase.',
  'error.vault-wrong-passphrase': 'This passphrase does not open the secrets.',
} as const;
