import { type Probe, ProbeAnswerError, quick } from '../probe.ts';

export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** As ss shows it: `0.0.0.0`, `*`, `[::]`, `127.0.0.53%lo`. */
  readonly address: string;
  readonly port: number;
  /** Names of the processes behind it; the kernel cuts them at 15 characters. */
  readonly owners: readonly string[];
}

/**
 * Who listens where (ss(8) -lntup). Before iproute2 4.0 a process reads `("named",843,21)`, since then
 * `("named",pid=843,fd=21)`; the name comes first in both.
 */
export const listeners: Probe<readonly Listener[]> = quick({
  key: 'listeners',
  sudo: true,
  script: 'ss -lntup',
  parse: ({ exitCode, text }) => {
    if (exitCode !== 0) throw new ProbeAnswerError('ss -lntup');
    return [...text.matchAll(/^(tcp|udp) +\S+ +\d+ +\d+ +(\S+):(\d+) +\S+[^\S\n]*(.*)$/gm)].map(
      ([, protocol, address = '', port, rest = '']) => ({
        protocol: protocol === 'tcp' ? 'tcp' : 'udp',
        address,
        port: Number(port),
        owners: [...new Set([...rest.matchAll(/\("([^"]+)",/g)].map(([, name = '']) => name))],
      }),
    );
  },
});
