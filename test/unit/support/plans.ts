import type { Plan } from '../../../src/contract/plan.ts';
import { readPlan } from '../../../src/main/plan/read-plan.ts';

const HEAD = '# The guide’s mirror.\n';

/** The guide's own plan, as a person would write it. */
export function planText(): string {
  return `${HEAD}version: 1
name: Guide lab # shown in the title
hosts:
  mirror:
    role: mirror
    address: 10.0.0.9
    user: ubuntu
    auth:
      agent: true
mirror:
  host: mirror
  line: v2
  source: http://maas.ubuntu.com/images/ephemeral-v2/releases/
  directory: /var/www/html/mirror/images/ephemeral-v2/releases
  filters:
    arch: '=amd64'
    subarch: '~(generic|hwe-t)'
`;
}

/** The plan of a text that is known to be good. */
export function planOf(text: string): Plan {
  const { plan, problems } = readPlan(text);
  if (plan === null) throw new Error(JSON.stringify(problems));
  return plan;
}
