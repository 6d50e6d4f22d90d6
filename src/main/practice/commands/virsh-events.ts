import { LibvirtError } from '../libvirt/libvirt-error.ts';
import { pause } from '../program.ts';
import type { VirshCall, VirshCommand } from './virsh-command.ts';

/** How soon a listener notices that its daemon is gone. */
const LOOK_MS = 100;

/** `virsh event` for the life of machines, the only events that these have. */
async function listen(call: VirshCall): Promise<void> {
  const { io, libvirt, uri, flags, values, print } = call;
  const type = values.get('event');
  if (type === undefined)
    throw new LibvirtError('one of --list, --all, or --event <type> is required');
  if (type !== 'lifecycle') throw new LibvirtError(`unknown event type ${type}`);
  const limit = Number(values.get('timeout') ?? Number.POSITIVE_INFINITY) * 1000;
  const began = performance.now();
  const daemon = () => {
    const unit = io.machine.units.get('libvirtd.service');
    return unit?.active === 'active' ? unit.since : undefined;
  };
  const since = daemon();
  const loop = flags.has('loop');
  let count = 0;
  const stop = libvirt.domains.listen(({ domain, what }) => {
    if (count > 0 && !loop) return;
    count += 1;
    print(`event 'lifecycle' for domain '${domain}': ${what}\n`);
  });
  const end = () => print(`events received: ${count}\n`);
  try {
    while (loop || count === 0) {
      await pause(LOOK_MS, io.signal);
      if (daemon() !== since) {
        io.err(`error: Disconnected from ${uri} due to end of file\n`);
        end();
        throw new LibvirtError('internal error: client socket is closed');
      }
      if (performance.now() - began >= limit) {
        print('event loop timed out\n');
        break;
      }
    }
    end();
  } finally {
    stop();
  }
}

export const eventCommands: Readonly<Record<string, VirshCommand>> = {
  event: { flags: 'loop', valued: 'event timeout', run: listen },
};
