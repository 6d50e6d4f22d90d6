import type { Machine } from '../machine.ts';
import { type Program, parseArgs } from '../program.ts';
import { keysOf, OTHER_KEY, PRACTICE_KEY, verify } from '../signing.ts';

/**
 * gpgv(1). Exit statuses as recorded from the real one under sstream-mirror: 2 for a wrong, missing or
 * armored keyring, 1 for a bad signature; texts of GnuPG 2.2.
 */
export function check(
  machine: Machine,
  keyringPath: string,
  signed: string,
): { status: 0 | 1 | 2; says: string } {
  let keys: ReadonlySet<string> = new Set();
  let says = '';
  if (!machine.fs.find(keyringPath))
    says += `gpgv: keyblock resource '${keyringPath}': No such file or directory\n`;
  else {
    const found = keysOf(machine.fs.readSync(keyringPath));
    if (found) keys = found;
    else
      says +=
        "gpgv: [don't know]: invalid packet (ctb=2d)\ngpgv: keydb_search failed: Invalid packet\n";
  }
  const verdict = verify(signed, keys);
  if (verdict.kind === 'not-signed') {
    return {
      status: 2,
      says: `${says}gpgv: no valid OpenPGP data found.\ngpgv: the signature could not be verified.\nPlease remember that the signature file (.sig or .asc)\nshould be the first file given on the command line.\n`,
    };
  }
  says += `gpgv: Signature made ${new Date(machine.now()).toUTCString().slice(0, 16)}\ngpgv:                using RSA key ${verdict.keyId}\n`;
  if (verdict.kind === 'no-key')
    return { status: 2, says: `${says}gpgv: Can't check signature: No public key\n` };
  const name =
    [PRACTICE_KEY, OTHER_KEY].find(({ id }) => id === verdict.keyId)?.name ?? verdict.keyId;
  if (verdict.kind === 'bad')
    return { status: 1, says: `${says}gpgv: BAD signature from "${name}"\n` };
  return { status: 0, says: `${says}gpgv: Good signature from "${name}"\n` };
}

export const gpgv: Program = (args, io) => {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-q -v --quiet --verbose --version',
    valued: '--keyring --status-fd --logger-fd --homedir -o --output',
  });
  if (flags.has('--version')) {
    io.out('gpgv (GnuPG) 2.2.27\n');
    return 0;
  }
  const { fs } = io.machine;
  const keyring = values.get('--keyring') ?? 'trustedkeys.kbx';
  const path = keyring.includes('/')
    ? fs.resolvePath(io.cwd, keyring)
    : `${io.env.HOME ?? '/root'}/.gnupg/${keyring}`;
  const file = rest[0] ?? '-';
  const full = fs.resolvePath(io.cwd, file);
  if (file !== '-' && !fs.find(full)) {
    io.err(
      `gpgv: can't open '${file}': No such file or directory\ngpgv: verify signatures failed: No such file or directory\n`,
    );
    return 2;
  }
  const signed = file === '-' ? io.stdin.toString('utf8') : fs.textSync(full);
  const { status, says } = check(io.machine, path, signed);
  io.err(says);
  const output = values.get('--output') ?? values.get('-o');
  if (status === 0 && output !== undefined) {
    const verdict = verify(signed, new Set([PRACTICE_KEY.id, OTHER_KEY.id]));
    const text = verdict.kind === 'not-signed' ? '' : verdict.text;
    if (output === '-') io.out(text);
    else fs.writeSync(fs.resolvePath(io.cwd, output), text);
  }
  return status;
};
