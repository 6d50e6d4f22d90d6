import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import type { EsxiHost, PracticeService } from './esxi-host.ts';
import type { Args } from './tasks.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

const POLICIES = ['on', 'off', 'automatic'];

/**
 * HostServiceSystem, HostDateTimeSystem and HostFirewallSystem: each call is done when it is answered.
 * Faults by its reference.
 */
export class HostMethods {
  readonly #host: EsxiHost;

  constructor(host: EsxiHost) {
    this.#host = host;
  }

  /** What a method of one of the three answers; undefined for a method that is none of theirs. */
  call(name: string, args: Args): { readonly value: string | undefined } | undefined {
    switch (name) {
      case 'HostServiceSystem.StartService':
        this.#run(args, true);
        break;
      case 'HostServiceSystem.StopService':
        this.#run(args, false);
        break;
      case 'HostServiceSystem.RestartService':
        if (!this.#service(args.id).running) throw invalidState();
        break;
      case 'HostServiceSystem.UpdateServicePolicy':
        if (!POLICIES.includes(String(args.policy))) throw invalidArgument('policy');
        this.#service(args.id).policy = String(args.policy);
        break;
      case 'HostDateTimeSystem.QueryDateTime':
        return { value: new Date(this.#host.time).toISOString() };
      case 'HostDateTimeSystem.UpdateDateTimeConfig':
        this.#setTime(args);
        break;
      case 'HostFirewallSystem.EnableRuleset':
      case 'HostFirewallSystem.DisableRuleset':
        // Of all rule sets the simulated host has one.
        if (args.id !== 'ntpClient') throw notFound(args.id);
        this.#host.ntpPortOpen = name.endsWith('EnableRuleset');
        break;
      default:
        return undefined;
    }
    this.#host.changed();
    return { value: undefined };
  }

  #run({ id }: Args, running: boolean): void {
    const service = this.#service(id);
    if (service.running === running) throw invalidState();
    service.running = running;
  }

  #setTime({ config }: Args): void {
    const { ntpConfig } = asFields(config);
    if (ntpConfig === undefined) return;
    const { server } = asFields(ntpConfig as Decoded);
    this.#host.ntpServers = Array.isArray(server) ? server.map(String) : [];
  }

  #service(id: Decoded | undefined): PracticeService {
    const found = this.#host.services.find(({ key }) => key === id);
    if (found === undefined) throw notFound(id);
    return found;
  }
}

const notFound = (id: Decoded | undefined) =>
  new VimFault('NotFound', `${String(id)} was not found.`);

function invalidState(): VimFault {
  const said = 'The operation is not allowed in the current state.';
  return new VimFault('InvalidState', said);
}
