import { VIM_CMD } from '../../engine/probes/esxi-answers.ts';

/**
 * Shell text for busybox's ash, without sudo: `rows` prints `VMID PATH` of every registered machine.
 * A row that an annotation makes up can only name a file a second time, which is then refused. An
 * answer that is no list fails: “not registered” must never be read out of hostd's silence.
 */
export const ROWS = `${VIM_CMD}rows() {
  r=$(vc vmsvc/getallvms) || return 38
  case $r in *Vmid*) ;; *) return 38 ;; esac
  printf '%s\\n' "$r" | sed -n 's#^\\([0-9][0-9]*\\)  *.*\\[\\([^]]*\\)\\] \\(.*\\.vmx\\)  *[^ ][^ ]*  *vmx-[0-9].*#\\1 /vmfs/volumes/\\2/\\3#p'
}
`;
