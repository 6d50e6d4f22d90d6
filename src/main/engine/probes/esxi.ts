import { quote } from '../../../contract/shell-quote.ts';
import { ProbeAnswerError, quick } from '../probe.ts';
import {
  answered,
  EsxiLicence,
  type EsxiVersion,
  readCsv,
  readLicence,
  readPolicy,
  readVersionFields,
  type SecurityPolicy,
  VIM_CMD,
} from './esxi-answers.ts';
import { PortgroupFact } from './portgroup.ts';

/** Python starts for each call of esxcli: seconds on an old host. */
const SECONDS = 30;

export const esxiVersion = quick<EsxiVersion & { update: string }>({
  key: 'esxi-version',
  script: 'esxcli system version get',
  seconds: SECONDS,
  parse: ({ text }) => readVersionFields(text),
});

/**
 * UUID of the hardware (SMBIOS), which the API tells too. `esxcli system uuid get` is another one, of
 * the installation: it begins with the time and ends with a hardware address.
 */
export const hardwareUuid = quick<string>({
  key: 'esxi-hardware',
  script: `${VIM_CMD}vc hostsvc/hostsummary | grep -E '^ *uuid = '`,
  shown: 'vim-cmd hostsvc/hostsummary (hardware.uuid)',
  seconds: SECONDS,
  parse: ({ text }) => {
    const uuid = /^\s*uuid = "([0-9a-f-]{36})"/im.exec(answered(text))?.[1];
    if (uuid === undefined) throw new ProbeAnswerError('the UUID of the hardware');
    return uuid.toLowerCase();
  },
});

/** The licence of the host. Its serial number never leaves the host. */
export const esxiLicence = quick<EsxiLicence>({
  key: 'esxi-licence',
  script: `${VIM_CMD}vc vimsvc/license --show | sed 's/serial:.*/serial: (hidden)/'`,
  shown: 'vim-cmd vimsvc/license --show',
  seconds: SECONDS,
  parse: ({ text }) => EsxiLicence.parse(readLicence(text)),
});

/** A portgroup with its security policy, and whether there is the switch that shall carry it. */
export function portgroupState(portgroup: string, vswitch: string) {
  const name = quote(portgroup);
  return quick<PortgroupFact>({
    key: `portgroup ${portgroup} ${vswitch}`,
    seconds: SECONDS,
    script: `s='network vswitch standard'
esxcli $s list | sed 's/^ *//' | grep -qxF ${quote(`Name: ${vswitch}`)} && echo '@switch'
echo '@list'; esxcli --formatter=csv $s portgroup list
echo '@policy'; esxcli --formatter=csv $s portgroup policy security get -p ${name} 2>/dev/null
:`,
    shown: `esxcli network vswitch standard portgroup list, policy security get -p ${name}`,
    parse: ({ text }) => {
      const [before = '', rest] = text.split('@list\n');
      const [list, policy = ''] = rest?.split('@policy\n') ?? [];
      if (list === undefined) throw new ProbeAnswerError('the list of portgroups');
      const rows = readCsv(list, 'name', 'virtualswitch', 'vlanid');
      const row = rows.find((each) => each.get('name') === portgroup);
      const switchExists = /^@switch$/m.test(before);
      if (row === undefined) return { switchExists };
      return PortgroupFact.parse({
        switchExists,
        portgroup: {
          switch: row.get('virtualswitch'),
          vlan: Number(row.get('vlanid')),
          policy: readPolicy(policy),
        },
      });
    },
  });
}

/** The command that gives a portgroup a policy of its own (long names of the options: unverified on 5.5). */
export function policyCommand(
  portgroup: string,
  { promiscuous, forgedTransmits, macChanges }: Omit<SecurityPolicy, 'own'>,
): string {
  return `esxcli network vswitch standard portgroup policy security set -p ${quote(portgroup)} --allow-promiscuous ${promiscuous} --allow-forged-transmits ${forgedTransmits} --allow-mac-change ${macChanges}`;
}

/** The command that lets a portgroup have the policy of its switch. */
export function inheritPolicyCommand(portgroup: string): string {
  return `esxcli network vswitch standard portgroup policy security set -p ${quote(portgroup)} --use-vswitch`;
}
