/** What is measured inside machines and on the wire. */
export const measured = {
  'step.network.portfast.title': 'Switch lets nodes speak at once (PortFast)',
  'step.network.portfast.why':
    'A switch port with spanning tree listens and learns for up to 50 s after its link came up. The firmware of a node gives up before: the first start from the network fails, a second one works. PortFast opens the port at once.',
  'step.network.portfast.measure': 'Measure at the next power-on',
  'step.network.portfast.measuring':
    'Waiting for a machine that starts from the network, for up to 10 minutes. Switch one on now, here under Nodes or elsewhere.',
  'network.portfast.never':
    'Not measured yet on {{bridge}}. Set PortFast on the switch ports of the nodes, then measure, or say that it is done.',
  'network.portfast.portgroup':
    'ESXi cannot watch {{portgroup}}. Set PortFast on the switch ports of its uplinks and of physical nodes, and say that it is done.',
  'network.portfast.done':
    'The first request of {{mac}} came through {{bridge}} {{seconds}} s after its link was up.',
  'network.portfast.slow-machine':
    'No port held it back: the machine itself took so long to ask. Others are measured the same way.',
  'network.portfast.late':
    'The first request of {{mac}} came through {{bridge}} only {{seconds}} s after its link was up; most firmware gives up after 15 s. Something holds new ports back: spanning tree, here or on a switch.',
  'network.portfast.never-through':
    '{{mac}} asked {{requests}} times and nothing came through {{bridge}}: its port stayed closed for {{seconds}} s. That is spanning tree, and firmware gives up before.',
  'network.portfast.outside':
    'A request of {{mac}} came in from outside {{bridge}}. When its link came up there cannot be seen from here: if it started at the first try, say that this is done.',

  'network.quiet.by-hand':
    'No Linux machine that we log in to is on {{portgroup}}, and ESXi cannot ask. On any machine there, see who answers DHCP: only MAAS may.',

  'step.servers.nested.title': 'Server can run machines itself',
  'step.servers.nested.why':
    'Asked inside the server: a hypervisor that was told to pass virtualization on does not always do so, and guests are then emulated, ten times slower.',
  'servers.nested.off': '{{name}} does not run; it is asked when it does.',
  'servers.nested.done': '{{name}} has {{extension}} and /dev/kvm.',
  'servers.nested.cpu-mode':
    'The processor of {{name}} has neither VT-x nor AMD-V, as its machine does not pass them on (cpu mode). Switch it off and apply its machine’s step: host-passthrough.',
  'servers.nested.vhv':
    'The processor of {{name}} has neither VT-x nor AMD-V, as its machine does not pass them on. Switch it off and apply its machine’s step: vhv.enable = "TRUE".',
  'servers.nested.emulated':
    'The processor of {{name}} has neither VT-x nor AMD-V: its host has no KVM and emulates it. Switch virtualization on in the firmware of the host.',
  'servers.nested.host-parameter':
    'The processor of {{name}} has neither VT-x nor AMD-V, as its host lets no guest have them. On the host: "options kvm_intel nested=1" (AMD: kvm_amd) in /etc/modprobe.d, then load the module anew.',
  'servers.nested.host-old':
    'The processor of {{name}} has neither VT-x nor AMD-V, as its ESXi host lets no guest have them: ESXi 5.1 or later is needed, on a processor with EPT or RVI that is switched on in the firmware.',
  'servers.nested.restart':
    'The processor of {{name}} has neither VT-x nor AMD-V, though host and machine are set to pass them on. A machine that ran before that gets them when it is switched off and on; a restart from inside is not enough.',
  'servers.nested.module':
    '{{name}} has {{extension}} but no /dev/kvm: load its module (sudo modprobe {{module}}); dmesg tells why it may not load.',
  'servers.nested.refused': '{{name}} has {{extension}}, but kvm-ok says: {{said}}',
} as const;
