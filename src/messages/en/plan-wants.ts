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
} as const;
