/** Snapshots, what left the plan, adopted machines, and taking a lab down. */
export const changes = {
  'adopt.absent':
    'There is no machine with the UUID {{uuid}} here. {{name}} is adopted, so it is never made: correct “adopt”, or take it out of the plan.',
  'adopt.button': 'Put into the plan',
  'adopt.departs': 'In what it differs from what a machine of this role should be',
  'adopt.done':
    '{{name}} is as planned. It was adopted and bears no mark, so it is only looked at. UUID {{uuid}}',
  'adopt.fits': 'It is as a machine of this role should be.',
  'adopt.help':
    'These lines are added to lab.yaml; comments and the rest stay. The machine itself is not touched.',
  'adopt.lines': 'Lines for lab.yaml',
  'adopt.mark': 'Mark {{name}} as this lab’s',
  'adopt.markButton': 'Mark',
  'adopt.markHelp':
    'The mark is all that is changed now. Labwright may bring the machine to its plan after that, when you apply it. Undo takes the mark away again; the machine itself is never removed.',
  'adopt.markOpen': 'Mark as ours…',
  'adopt.open': 'Put into the plan…',
  'adopt.other-lab':
    '{{name}} bears the mark of another lab ({{lab}}), which looks after it. It is left alone.',
  'adopt.otherLabHelp': 'It bears the mark of another lab: {{lab}}.',
  'adopt.title': 'Put {{name}} into the plan',
  'adopt.unmark': 'Take the mark of this lab off {{name}}',
  'adopt.unmarked':
    '{{name}} differs from the plan. It was adopted and bears no mark, so it is left alone: mark it as ours (Nodes), or change it by hand.',
  'cli.help.way-back':
    '--snapshot takes a snapshot of each machine of the lab before a risky step on it; undo --revert goes\nback to those of a run, drop-snapshots forgets them. teardown takes back all that any run made.',
  'cli.nothing-to-do': 'Nothing to do.',
  'cli.teardown-question': 'Take the lab down?',
  'cli.drop-question': 'Remove these snapshots?',
  'cli.revert-question': 'Revert to the snapshots? What happened since is lost.',
  'error.machine-of-other-lab':
    '{{name}} bears the mark of another lab ({{lab}}), which looks after it. It is left alone.',
  'esxi.failed.marked': '{{name}} bears the mark of another lab; it was left alone.',
  'esxi.failed.noSnapshot': 'The snapshot of {{name}} is not there.',
  'guide.siteCallAlone': 'The call',
  'journal.runStarted.drop-snapshots': 'Removal of snapshots started',
  'journal.runStarted.mark': 'Marking of a machine started',
  'journal.runStarted.remove': 'Removal of what left the plan started',
  'journal.runStarted.revert': 'Return to snapshots started',
  'journal.runStarted.teardown': 'Taking the lab down started, steps: {{n}}',
  'leftover.found':
    'These bear the mark of this lab and are no longer in the plan: {{names}}. They stay as they are: put them into the plan again, or remove them (Nodes).',
  'leftover.none': 'Nothing that bears the mark of this lab is missing from the plan.',
  'libvirt.failed.marked': '{{name}} bears the mark of another lab; it was left alone.',
  'libvirt.failed.noSnapshot': 'The snapshot of {{name}} is not there.',
  'network.isolated.leads-out': '{{bridge}} is there and leads out by {{uplinks}}.',
  'nodes.leftover.button': 'Remove',
  'nodes.leftover.help':
    'It was made by this lab and is no longer in the plan. It stays until you remove it, or put it into the plan again.',
  'nodes.leftover.networks': 'Networks of this lab that are no longer in the plan',
  'nodes.leftover.open': 'Remove…',
  'nodes.leftover.openNamed': 'Remove {{name}}…',
  'nodes.leftover.panelHelp':
    'Only what bears the mark of this lab. A machine goes with its disks; one that was adopted or copied only loses the mark.',
  'nodes.leftover.title': 'Remove {{name}}',
  'nodes.owner.adopted': 'adopted, not marked',
  'nodes.owner.leftover': 'this lab, no longer planned',
  'nodes.snapshot.dropButton': 'Remove the snapshot',
  'nodes.snapshot.dropHelp':
    'The machine stays as it is. After that there is no way back to how it was before the run.',
  'nodes.snapshot.dropOpen': 'Remove the snapshot…',
  'nodes.snapshot.help':
    'A snapshot grows with every write, and on VMware no disk can be made larger while there is one. Remove it when all is well.',
  'nodes.snapshot.of': 'taken before run {{run}}',
  'nodes.snapshot.revertOpen': 'Revert to it…',
  'nodes.snapshots': 'Snapshots of this lab',
  'plan.adopt-alone':
    '“adopt” is about one machine that exists, so “{{key}}” has no place beside it.',
  'plan.adopt-twice': 'That machine is adopted as “{{name}}” already.',
  'risk.takes-over': 'From then on Labwright may change this machine.',
  'run.dropSnapshot': 'Remove its snapshots…',
  'run.kind.drop-snapshots': 'Snapshots',
  'run.kind.mark': 'Mark',
  'run.kind.remove': 'Removal',
  'run.kind.revert': 'Revert',
  'run.kind.teardown': 'Teardown',
  'snapshot.first': 'Take a snapshot first: {{machines}}',
  'snapshot.firstHelp':
    'Afterwards the run can be taken back by reverting to it; what else happened on the machine is then lost too. On KVM a running machine stands still while its memory is written; on VMware the memory is not kept.',
  'snapshot.gone': '{{name}} no longer has the snapshot of this run.',
  'snapshot.not-covered':
    'It was not done on a machine with a snapshot. Take it back step by step afterwards.',
  'snapshot.remove': 'Remove the snapshot of {{name}}',
  'snapshot.revert': 'Revert {{name}} to its snapshot; what happened since is lost',
  'snapshot.stays':
    '{{name}} still has our snapshot from before run {{run}} ({{at}}). It grows with every write; remove it when all is well.',
  'snapshot.take': 'Take a snapshot of {{name}}, called labwright-RUN after this run',
  'snapshot.trouble.efi':
    'No snapshot of {{name}} can be taken: libvirt makes none of a machine with UEFI firmware.',
  'snapshot.trouble.format':
    'No snapshot of {{name}} can be taken: the disk {{path}} is {{format}}, and only qcow2 keeps one.',
  'step.nodes.leftovers.title': 'Nothing is left over',
  'step.nodes.leftovers.why':
    'A machine that is taken out of the plan, or given another name there, is not removed by that.',
  'step.nodes.mark.title': 'Mark of the machine',
  'step.nodes.mark.why': 'Without it an adopted machine is only looked at.',
  'step.nodes.snapshot.title': 'Snapshot of the machine',
  'step.nodes.snapshot.why': 'A way back from what cannot be undone step by step.',
  'teardown.again': 'It was on {{host}} before. Take the lab down once more to take that back too.',
  'teardown.button': 'Take it down',
  'teardown.goes-with': 'It is inside {{name}} and goes with it.',
  'teardown.help':
    'Everything that the journal proves Labwright made is taken back in one run, what rests on others first. What others made stays, and so does lab.yaml.',
  'teardown.keepData': 'Keep mirrored and downloaded images',
  'teardown.kept': 'It stays, as you chose.',
  'teardown.open': 'Take the lab down…',
  'teardown.stays': 'There is no undo for it; it stays.',
  'teardown.title': 'Take the lab down',
  'undo.bySnapshot': 'Revert to the snapshot',
  'undo.bySnapshotHelp':
    'Puts the machines back to how they were just before this run. Everything that happened on them since is lost, also what has nothing to do with the run.',
  'undo.bySteps': 'Step by step',
  'undo.host-gone':
    '{{host}} is no longer in the plan, so it cannot be reached. Put it back to take this back.',
  'undo.in-use': 'It stays: {{names}} rests on it and is not removed with it.',
  'undo.revertButton': 'Revert',
  'undo.way': 'How',
} as const;
