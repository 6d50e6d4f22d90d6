import { type Message, message } from '../../contract/message.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { type PowerAnswer, powerAnswer, powerIdentity } from '../engine/probes/power-identity.ts';
import { type Chapter, instanceId, type Step, type StepContext } from '../engine/step.ts';
import { installedRead, maasHere } from './maas-installed.ts';
import { virshAddress } from './power-address.ts';
import {
  account,
  authorized,
  client,
  eachFromMaas,
  key,
  knownHost,
  kvmOf,
} from './power-identity.ts';
import { restartHost } from './restart-host.ts';
import { firstLine } from './root-script.ts';

/** Any machine will do to see whether MAAS gets in; one of the plan may not have been made yet. */
const machineOf = ({ plan, owner }: StepContext): string =>
  machineSpecs(plan).find((spec) => spec.on === owner && spec.role === 'node')?.name ?? 'none';

const answerRead = (context: StepContext) => {
  const uri = virshAddress(kvmOf(context));
  return on(context.target, powerAnswer(maasHere(context).kind, uri, machineOf(context)));
};

/** Not before there is a key: a host that drops what it does not know would be waited for in vain. */
function readsOf(context: StepContext) {
  const { kind } = maasHere(context);
  const identity = on(context.target, powerIdentity(kind));
  const first = [installedRead(context), identity];
  const ready = context.facts.maybe(identity)?.key !== undefined;
  return ready ? [...first, answerRead(context)] : first;
}

/** The driver was let in and only did not find the machine (drivers/power/virsh.py). */
const isLetIn = ({ exitCode, said }: PowerAnswer): boolean =>
  exitCode === 0 || /Failed to get domain|Failed to get power state/.test(said);

type Cause = { readonly pattern: RegExp; readonly say: (context: StepContext) => Message };

const where = (context: StepContext) => ({
  host: context.owner,
  user: kvmOf(context).user,
  address: kvmOf(context).address,
});

/**
 * What virsh and ssh say, in their own words: OpenSSH's sshconnect.c, libvirt's rpc/virnetsocket.c and
 * remote driver, MAAS's drivers/power/virsh.py.
 */
const CAUSES: readonly Cause[] = [
  {
    pattern: /command not found|virsh: not found|No such file or directory: 'virsh'|unrecognized/,
    say: (context) => message('power.proof.no-tool', where(context)),
  },
  {
    pattern: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/,
    say: (context) => message('power.proof.host-key', where(context)),
  },
  {
    pattern: /libvirt-sock[^\n]*Permission denied|authentication (unavailable|failed)/,
    say: (context) => message('power.proof.group', where(context)),
  },
  {
    pattern: /Permission denied/,
    say: (context) => message('power.proof.denied', where(context)),
  },
  {
    pattern: /libvirt-sock[^\n]*(No such file|Connection refused)/,
    say: (context) => message('power.proof.no-libvirt', where(context)),
  },
  {
    pattern: /\bnc: (command )?not found|nc: No such file/,
    say: (context) => message('power.proof.no-nc', where(context)),
  },
  {
    pattern: /Could not resolve hostname|Name or service not known/,
    say: (context) => message('power.proof.dns', where(context)),
  },
  {
    pattern: /Connection refused|Connection timed out|No route to host|Network is unreachable/,
    say: (context) => message('power.proof.unreachable', where(context)),
  },
];

function causeOf(context: StepContext, answer: PowerAnswer): Message | undefined {
  // timeout(1): it hung, as it does behind a firewall that drops.
  if (answer.exitCode === 124) return message('power.proof.unreachable', where(context));
  return CAUSES.find(({ pattern }) => pattern.test(answer.said))?.say(context);
}

/**
 * The guide's last resort: "if virsh errs after it was installed, restart once". Offered where it errs
 * for no reason that is known, and not a second time.
 */
export const restartOnce: Step = {
  id: 'power.restart',
  targets: eachFromMaas,
  needs: ['power.client', 'power.known-host', 'power.authorized', 'kvm.service', 'kvm.group'],
  risks: ['changes-power'],
  reads: readsOf,
  check: (context) => {
    const answer = context.facts.need(answerRead(context));
    if (isLetIn(answer)) return { state: 'done', reason: message('power.restart.not-needed') };
    if (causeOf(context, answer) !== undefined || maasHere(context).kind === 'snap') {
      return { state: 'done', reason: message('power.restart.no-help') };
    }
    return answer.restarted
      ? { state: 'done', reason: message('power.restart.was') }
      : {
          state: 'todo',
          reason: message('power.restart.offered', { said: firstLine(answer.said) }),
        };
  },
  plan: (context) => {
    const answer = context.facts.need(answerRead(context));
    const helps = !isLetIn(answer) && causeOf(context, answer) === undefined && !answer.restarted;
    return helps && maasHere(context).kind === 'deb'
      ? restartHost(context.target, instanceId('power.restart', context.owner))
      : [];
  },
};

/** The power driver's own question, from the account that MAAS really uses. */
export const proof: Step = {
  id: 'power.proof',
  targets: eachFromMaas,
  needs: ['power.restart'],
  reads: readsOf,
  check: (context) => {
    const answer = context.facts.need(answerRead(context));
    const params = { uri: virshAddress(kvmOf(context)) };
    if (isLetIn(answer)) return { state: 'done', reason: message('power.proof.done', params) };
    const cause = causeOf(context, answer);
    if (cause !== undefined) return { state: 'manual', reason: cause };
    const { kind, version } = maasHere(context);
    // MAAS_PATH was missing from the snap until 3.7.1, so its ssh helper was not found (LP#2080646).
    const notes =
      kind === 'snap' && /^3\.([56]\.|7\.0)/.test(version ?? '')
        ? [message('power.proof.maas-path', { version: version ?? '' })]
        : [];
    const said = firstLine(answer.said.split('\n').at(-1) ?? '');
    return { state: 'manual', reason: message('power.proof.failed', { ...params, said }), notes };
  },
};

/** The guide's additional work for KVM: MAAS's own way to the hosts that run its machines. */
export const powerChapter: Chapter = {
  id: 'power-identity',
  steps: [client, account, key, knownHost, authorized, restartOnce, proof],
};
