/** What only the command line says. */
export const cli = {
  'cli.apply-question': 'Apply this?',
  'cli.undo-question': 'Undo this?',
  'cli.change-question': 'Do this instead?',
  'cli.resume-question': 'Run {{run}} of {{when}} was interrupted. Go on with it?',
  'cli.resuming': 'Going on with run {{run}}.',
  'cli.dismissed': 'Run {{run}} is closed. What it did stays.',
  'cli.plan-problems': '{{path}} has errors:',
  'cli.in-use': 'Process {{pid}} has it. Do it there, or close that one first.',
  'cli.older-rows': '{{n}} older rows: --limit',
  'cli.nothing-to-undo': 'Nothing to undo.',
  'cli.predicted': 'predicted',
  'cli.trust-question': 'Trust {{host}}?',
  'cli.passphrase': 'Passphrase: ',
  'cli.open-address': 'Open this address in a browser on this computer; it works once:',
  'cli.in-window':
    'Labwright runs in a browser window of its own. Closing the window ends Labwright.',
  'cli.no-display': 'No window could be opened: no display is available here.',
  'cli.no-browser': 'No window could be opened: no Chromium, Chrome or Edge was found.',
  'cli.help.interrupted':
    'resume goes on with an interrupted run, dismiss closes it; the youngest one when no --run is given.\napply --yes goes on with it first; apply with --step or --expect stops and says that there is one.',
  'cli.help.secret': 'give a secret from a file, for this call only (- for standard input)',
  'cli.help.language': 'language of what is said; that of the system when left out',
  'cli.help.exit':
    'Exit code: 0 all done, claimed or skipped · 1 todo, drifted, blocked or manual · 2 unknown or an error',
} as const;
