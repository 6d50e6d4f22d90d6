import { domainXml } from '../../src/main/drivers/libvirt/domain-xml.ts';
import type { MachineSpec } from '../../src/main/engine/machine-specs.ts';

const FOLDER = '/var/lib/fake-virsh';

/**
 * A script that makes a practice host answer as libvirt does where our drivers ask for an inventory
 * and for power (virsh(1)): machines are files, power is a word in one.
 */
export function fakeVirsh(machines: readonly MachineSpec[]): string {
  const files = machines.map(
    (spec) => `printf 'shut off\\n' > ${FOLDER}/${spec.uuid}.state
cat > ${FOLDER}/${spec.uuid}.xml <<'DOMAIN'
${domainXml(spec, { accelerated: true, folder: '/var/lib/libvirt/images' }).trimEnd()}
DOMAIN
echo ${spec.uuid} >> ${FOLDER}/uuids
echo "<owner lab='${spec.mark.lab}' machine='${spec.mark.machine}'/>" > ${FOLDER}/${spec.uuid}.mark`,
  );
  return `mkdir -p ${FOLDER}
${files.join('\n')}
cat > /usr/local/bin/virsh <<'VIRSH'
#!/bin/sh
shift 3
d=${FOLDER}
case $1 in
version) echo 'Using library: libvirt 10.0.0' ; echo 'Running against daemon: 10.0.0' ;;
nodeinfo) echo 'CPU(s):              16' ; echo 'Memory size:         67108864 KiB' ;;
capabilities) echo "<capabilities><guest><arch><domain type='kvm'/></arch></guest></capabilities>" ;;
pool-list|net-list) ;;
list) cat $d/uuids ;;
domstate) cat $d/$2.state ;;
dumpxml) cat $d/$3.xml ;;
metadata) cat $d/$2.mark ;;
start) printf 'running\\n' > $d/$2.state ;;
destroy) printf 'shut off\\n' > $d/$2.state ;;
*) echo "virsh: $1 is not known here" >&2; exit 1 ;;
esac
VIRSH
chmod +x /usr/local/bin/virsh
`;
}
