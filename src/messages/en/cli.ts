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
} as const;
