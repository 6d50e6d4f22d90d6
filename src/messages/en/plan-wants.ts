/** What a value of lab.yaml must be: the messages of its schema (src/contract/plan.ts), word by word. */
export const planWants = {
  'plan.want.address': 'a host name or an IP address',
  'plan.want.auth': 'at least one of password, key, key_file or agent',
  'plan.want.directory': 'an absolute path of letters, digits and . _ @ + : -',
  'plan.want.filter': 'an operator (=, != or ~) and a value, such as =amd64',
  'plan.want.login': 'a login name',
  'plan.want.name': 'letters, digits, dot, dash or underscore',
  'plan.want.no-credentials': 'no user name or password in the address',
  'plan.want.no-parent': 'no ".." in the path',
  'plan.want.no-space': 'no space, comma or quotation mark',
  'plan.want.secret': 'a name such as mirror-password',
  'plan.want.url': 'an http:// or https:// address',
  'plan.want.interface': 'the name of an interface, such as br0 or eno1',
  'plan.want.machine': 'lower-case letters, digits and dashes',
  'plan.want.mac': 'a MAC address such as 52:54:00:…',
  'plan.want.cidr': 'an IPv4 address with its prefix, such as 192.168.10.11/24',
} as const;
