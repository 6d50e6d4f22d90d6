// The key pair a test logs in with, made on the spot for each opening of a bed.

import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './run-command.ts';

export interface BedKeys {
  privateKeyPath: string;
  publicKey: string;
}

export async function makeSshKeys(bedFolder: string): Promise<BedKeys> {
  const folder = await mkdtemp(join(bedFolder, 'ssh-'));
  const privateKeyPath = join(folder, 'id_ed25519');
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'labwright-bed', '-f', privateKeyPath];
  await mustRun('ssh-keygen', args);
  return { privateKeyPath, publicKey: await readFile(`${privateKeyPath}.pub`, 'utf8') };
}
