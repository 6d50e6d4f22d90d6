import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** hostd as far as the scripts need it; its state is a list of `VMID PATH` and a file for each that is on. */
const VIM_CMD = `#!/bin/sh
if [ -s "$S/unset" ]; then sed -i 1d "$S/unset"; echo "<unset>"; exit 0; fi
key() { sed -n "s/^$2 = \\"\\(.*\\)\\"$/\\1/p" "$1"; }
case $1 in
vmsvc/getallvms)
  echo "Vmid   Name   File   Guest OS   Version   Annotation"
  while read -r i p; do
    f=\${p#"$V"/}
    echo "$i   $(key "$p" displayName)   [\${f%%/*}] \${f#*/}   ubuntu64Guest   vmx-10   $(key "$p" annotation)"
  done <"$S/vms"
  cat "$S/noise" 2>/dev/null || : ;;
solo/registervm) echo "$(($(wc -l <"$S/vms") + 1)) $2" >>"$S/vms"; wc -l <"$S/vms" ;;
vmsvc/power.getstate) echo "Retrieved runtime info"; if [ -e "$S/on-$2" ]; then echo "Powered on"; else echo "Powered off"; fi ;;
vmsvc/power.on) [ -e "$S/dead" ] || : >"$S/on-$2" ;;
vmsvc/power.off) rm -f "$S/on-$2" ;;
vmsvc/snapshot.get)
  echo "Get Snapshot:"
  dashes=--
  while read -r n name; do
    [ "$dashes" != -- ] || echo "|-ROOT"
    printf '%s\\n' "\${dashes}Snapshot Name        : $name" "\${dashes}Snapshot Id        : $n" "\${dashes}Snapshot Desciption  : words" "\${dashes}Snapshot Created On  : 9/21/2026 14:56:33" "\${dashes}Snapshot State       : powered off" "\${dashes}|-CHILD"
    dashes=$dashes--
  done <"$S/snap-$2" 2>/dev/null ;;
vmsvc/snapshot.create)
  echo "$(($(cat "$S/snap-$2" 2>/dev/null | wc -l) + 1)) $3" >>"$S/snap-$2"
  p=$(sed -n "s/^$2 //p" "$S/vms"); sed -i 's/^\\(scsi.*fileName = ".*\\)\\.vmdk"/\\1-000001.vmdk"/' "$p"
  echo "create $2 $3 $5 $6" >>"$S/log" ;;
vmsvc/snapshot.revert) echo "revert $2 $3 $4" >>"$S/log" ;;
vmsvc/snapshot.remove) sed -i "/^$3 /d" "$S/snap-$2"; echo "remove $2 $3" >>"$S/log" ;;
vmsvc/reload) echo "reload $2" >>"$S/log" ;;
vmsvc/message) echo "No message." ;;
vmsvc/destroy) p=$(sed -n "s/^$2 //p" "$S/vms"); rm -r "\${p%/*}"; sed -i "/^$2 /d" "$S/vms" ;;
*) exit 1 ;;
esac
`;

const VMKFSTOOLS = `#!/bin/sh
case $1 in
-c) [ ! -e "$S/full" ] || { echo "not enough space" >&2; exit 1; }; : >"$5"; echo "$2 $5" >>"$S/log" ;;
-X) [ ! -e "$S/full" ] || { echo "not enough space" >&2; exit 1; }
  echo "grow $2 $3" >>"$S/log"; sed -i "s/^RW [0-9]*/RW $((\${2%G} * 2097152))/" "$3" ;;
-U) rm "$2" ;;
esac
`;

/** A folder that stands for an ESXi host: real shells run our scripts in it, no sleep sleeps. */
export class EsxiStandIn {
  readonly #root = mkdtempSync(join(tmpdir(), 'labwright-esxi-'));
  readonly #shell: readonly string[];
  readonly store = join(this.#root, 'volumes', 'my store');

  constructor(shell: readonly string[]) {
    this.#shell = shell;
    mkdirSync(this.store, { recursive: true });
    mkdirSync(join(this.#root, 'bin'));
    mkdirSync(join(this.#root, 'state'));
    this.program('vim-cmd', VIM_CMD);
    this.program('vmkfstools', VMKFSTOOLS);
    this.program('sleep', '#!/bin/sh\n');
    this.set('vms', '');
  }

  /** Puts a program of the host in place. */
  program(name: string, text: string): void {
    writeFileSync(join(this.#root, 'bin', name), text, { mode: 0o755 });
  }

  /** A file of the host's state, or of the datastore. */
  set(name: string, text: string): void {
    writeFileSync(join(this.#root, 'state', name), text);
  }

  state(name: string): string {
    const path = join(this.#root, 'state', name);
    return existsSync(path) ? readFileSync(path, 'utf8').replaceAll(this.#root, '') : '';
  }

  put(folder: string, file: string, text: string): void {
    mkdirSync(join(this.store, folder), { recursive: true });
    writeFileSync(join(this.store, folder, file), text);
  }

  read(folder: string, file: string): string {
    return readFileSync(join(this.store, folder, file), 'utf8');
  }

  register(folder: string): void {
    this.set(
      'vms',
      `${readFileSync(join(this.#root, 'state', 'vms'), 'utf8')}${90} ${this.store}/${folder}/${folder}.vmx\n`,
    );
  }

  files(): string[] {
    return readdirSync(this.store, { recursive: true }).map(String).sort();
  }

  run(script: string): { code: number | null; output: string } {
    const [program = '', ...words] = this.#shell;
    const volumes = join(this.#root, 'volumes');
    const ran = spawnSync(program, words, {
      input: script.replaceAll('/vmfs/volumes', volumes),
      encoding: 'utf8',
      env: {
        PATH: `${join(this.#root, 'bin')}:${process.env.PATH}`,
        S: join(this.#root, 'state'),
        V: volumes,
      },
    });
    return { code: ran.status, output: ran.stdout + ran.stderr };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
