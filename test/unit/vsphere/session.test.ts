import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import {
  listMachines,
  listNics,
  type MachineRow,
} from '../../../src/main/drivers/vsphere/machines.ts';
import {
  setPortgroupSecurity,
  setSwitchSecurity,
} from '../../../src/main/drivers/vsphere/networks.ts';
import { powerOn } from '../../../src/main/drivers/vsphere/power.ts';
import { retrieveOne } from '../../../src/main/drivers/vsphere/properties.ts';
import { openSession, type Session } from '../../../src/main/drivers/vsphere/session.ts';
import { runTask } from '../../../src/main/drivers/vsphere/tasks.ts';
import { type Update, watch } from '../../../src/main/drivers/vsphere/updates.ts';
import { child } from '../../../src/main/drivers/vsphere/xml-reader.ts';
import { envelope, ref, SoapStub, type StubCall, StubFault } from '../support/soap-stub.ts';

const MACHINE = { type: 'VirtualMachine', value: 'vm-1' };

let stub: SoapStub;
let session: Session;
let asked: number;

beforeEach(async () => {
  stub = await SoapStub.start();
  asked = 0;
  session = await openSession(stub.site, {
    user: 'root',
    password: async () => {
      asked += 1;
      return 'Zq7<secret>';
    },
  });
});

afterEach(async () => {
  await session.close();
  await stub.stop();
});

async function errorOf(work: Promise<unknown>): Promise<LabwrightError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw new Error(`not a typed error: ${error}`);
  return error;
}

const property = (name: string, value: string, type = 'xsd:string') =>
  `<propSet><name>${name}</name><val xsi:type="${type}">${value}</val></propSet>`;

const machine = (id: string, name: string) =>
  `<objects>${ref('obj', 'VirtualMachine', id)}${property('name', name)}${property('runtime.powerState', 'poweredOff', 'VirtualMachinePowerState')}</objects>`;

const page = (objects: string, token?: string) =>
  `<returnval>${token === undefined ? '' : `<token>${token}</token>`}${objects}</returnval>`;

async function names(): Promise<string[]> {
  const rows: MachineRow[] = [];
  for await (const found of listMachines(session)) rows.push(...found);
  return rows.map(({ name }) => name);
}

const notAuthenticated = () => new StubFault('NotAuthenticated');

describe('a list in pages', () => {
  test('is followed to its end', async () => {
    stub.on('RetrievePropertiesEx', () => page(machine('1', 'a') + machine('2', 'b'), 't1'));
    stub.on('ContinueRetrievePropertiesEx', (call, nth) => {
      expect(child(call.element, 'token')?.text).toBe(`t${nth}`);
      return page(machine(`${nth + 2}`, `c${nth}`), nth === 3 ? undefined : `t${nth + 1}`);
    });
    expect(await names()).toEqual(['a', 'b', 'c1', 'c2', 'c3']);
    expect(stub.count('DestroyView')).toBe(1);
  });

  test('goes on after the session was lost between pages, and gives nothing twice', async () => {
    stub.on('RetrievePropertiesEx', () => page(machine('1', 'a') + machine('2', 'b'), 't'));
    stub.on('ContinueRetrievePropertiesEx', (_call, nth) => {
      if (nth === 1) throw notAuthenticated();
      return page(machine('3', 'c'));
    });
    expect(await names()).toEqual(['a', 'b', 'c']);
    expect(stub.count('Login')).toBe(2);
    expect(stub.count('CreateContainerView')).toBe(2);
  });

  test('sees that the session is gone even where it comes as missing properties', async () => {
    const fault = '<fault xsi:type="NotAuthenticated"/><localizedMessage>gone</localizedMessage>';
    const missing = `<objects>${ref('obj', 'VirtualMachine', '1')}<missingSet><path>name</path><fault>${fault}</fault></missingSet></objects>`;
    stub.on('RetrievePropertiesEx', (_call, nth) => page(nth === 1 ? missing : machine('1', 'a')));
    expect(await names()).toEqual(['a']);
    expect(asked).toBe(2);
  });

  test('ends with an error when the new session is lost as well', async () => {
    stub.on('RetrievePropertiesEx', () => {
      throw notAuthenticated();
    });
    expect((await errorOf(names())).code).toBe('site-session-lost');
    expect(stub.count('Login')).toBe(2);
  });

  test('names what may not be read', async () => {
    const fault = `<fault xsi:type="NoPermission">${ref('object', 'Folder', 'f')}<privilegeId>System.Read</privilegeId></fault><localizedMessage/>`;
    stub.on('RetrievePropertiesEx', () =>
      page(
        `<objects>${ref('obj', 'VirtualMachine', '1')}<missingSet><path>name</path><fault>${fault}</fault></missingSet></objects>`,
      ),
    );
    const error = await errorOf(names());
    expect([error.code, error.params.what]).toEqual(['site-no-permission', 'System.Read']);
  });

  test('of known objects leaves out what was deleted meanwhile', async () => {
    stub.on('RetrievePropertiesEx', ({ body }) => {
      if (body.includes('>gone<')) {
        throw new StubFault('ManagedObjectNotFound', ref('obj', 'VirtualMachine', 'gone'));
      }
      return page(machine('1', 'a'));
    });
    const gone = { type: 'VirtualMachine', value: 'gone' };
    let seen = 0;
    for await (const found of listNics(session, [gone, MACHINE])) seen += found.length;
    expect(seen).toBe(1);
    const error = await errorOf(retrieveOne(session, gone, ['name']));
    expect([error.code, error.params.what]).toEqual(['site-object-gone', 'gone']);
  });

  test('that is left early gives its connection back', async () => {
    // Larger than what is read at once, so that the rest is left unread.
    const large = machine('1', 'a') + machine('3', 'c'.repeat(500_000));
    stub.on('RetrievePropertiesEx', () => page(large, 't'));
    stub.on('ContinueRetrievePropertiesEx', () => page(machine('2', 'b')));
    for (let round = 0; round < 20; round += 1) {
      for await (const _rows of listMachines(session)) break;
    }
    expect(stub.count('CreateContainerView')).toBe(20);
    // Two batches are always under way.
    const many = Array.from({ length: 600 }, (_, id) => ({ ...MACHINE, value: `vm-${id}` }));
    for (let round = 0; round < 20; round += 1) {
      for await (const _found of listNics(session, many)) break;
    }
    expect(await names()).toHaveLength(3);
  });

  test('of 35 MB comes in pieces, long before the last byte', async () => {
    const device = `<VirtualDevice xsi:type="VirtualE1000"><key>4000</key><deviceInfo><label>Network adapter 1</label><summary>${'x'.repeat(6400)}</summary></deviceInfo><macAddress>00:50:56:00:00:01</macAddress></VirtualDevice>`;
    const objects = (id: number) =>
      `<objects>${ref('obj', 'VirtualMachine', `vm-${id}`)}${property('config.hardware.device', device, 'ArrayOfVirtualDevice')}</objects>`;
    let sentWhenFirstCame = 0;
    let sent = 0;
    stub.on('RetrievePropertiesEx', () => async (response) => {
      const [head = '', tail = ''] = envelope(
        '<RetrievePropertiesExResponse><returnval>CUT</returnval></RetrievePropertiesExResponse>',
      ).split('CUT');
      response.write(head);
      for (let id = 0; id < 5000; id += 1) {
        sent += 1;
        // Writes as fast as the client reads, so that "sent" means something.
        if (!response.write(objects(id))) await new Promise((next) => response.once('drain', next));
      }
      response.end(tail);
    });
    let count = 0;
    for await (const found of listNics(session, [MACHINE])) {
      if (count === 0) sentWhenFirstCame = sent;
      count += found.filter(({ nics }) => nics[0]?.mac === '00:50:56:00:00:01').length;
    }
    expect(count).toBe(5000);
    expect(sentWhenFirstCame).toBeLessThan(2500);
  });
});

describe('a lost session', () => {
  test('is renewed once for all calls that find it gone, asking for the password once', async () => {
    const allCame = Promise.withResolvers<void>();
    stub.on('MakeDirectory', async (_call, nth) => {
      if (nth > 3) return '';
      if (nth === 3) allCame.resolve();
      await allCame.promise;
      throw notAuthenticated();
    });
    const files = { type: 'FileManager', value: 'fm' };
    const call = () => session.call('MakeDirectory', files, { name: '[a] b' });
    await Promise.all([call(), call(), call()]);
    expect(asked).toBe(2);
    expect(stub.count('MakeDirectory')).toBe(6);
  });

  test('whose password no longer fits says so, and not with what', async () => {
    stub.on('MakeDirectory', () => {
      throw notAuthenticated();
    });
    stub.on('Login', () => {
      throw new StubFault('InvalidLogin');
    });
    const files = { type: 'FileManager', value: 'fm' };
    const error = await errorOf(session.call('MakeDirectory', files, { name: '[a] b' }));
    expect([error.code, error.params.user]).toEqual(['site-login-refused', 'root']);
    expect(JSON.stringify([error, error.stack])).not.toContain('Zq7');
  });

  test('while a read is on a connection that died idle costs nothing', async () => {
    stub.on('RetrievePropertiesEx', (_call, nth) => {
      if (nth === 1) return (response) => response.destroy();
      return page(machine('1', 'a'));
    });
    expect((await retrieveOne(session, MACHINE, ['name'])).properties.name).toBe('a');
    expect(stub.count('RetrievePropertiesEx')).toBe(2);
    stub.on('CreateContainerView', (_call, nth) =>
      nth === 1 ? (response) => response.destroy() : ref('returnval', 'ContainerView', 'v'),
    );
    expect(await names()).toEqual(['a']);
    expect(stub.count('CreateContainerView')).toBe(2);
  });

  test('does not make a write happen twice when its connection broke', async () => {
    stub.on('UnregisterVM', () => (response) => response.destroy());
    expect((await errorOf(session.call('UnregisterVM', MACHINE))).code).toBe('site-closed');
    expect(stub.count('UnregisterVM')).toBe(1);
  });
});

const update = (version: string, changes: string, more = '') =>
  `<returnval><version>${version}</version><filterSet>${ref('filter', 'PropertyFilter', 'f')}${changes}</filterSet>${more}</returnval>`;
const change = (kind: string, id: string, name: string, value: string, type = 'xsd:string') =>
  `<objectSet><kind>${kind}</kind>${ref('obj', id.startsWith('task') ? 'Task' : 'VirtualMachine', id)}<changeSet><name>${name}</name><op>assign</op><val xsi:type="${type}">${value}</val></changeSet></objectSet>`;

describe('updates', () => {
  const versionOf = ({ element }: StubCall) => child(element, 'version')?.text;
  const wanted = { type: 'VirtualMachine', paths: ['name'] };

  test('are pushed with their version, through truncated sets and empty waits', async () => {
    const versions: (string | undefined)[] = [];
    stub.on('WaitForUpdatesEx', (call, nth) => {
      versions.push(versionOf(call));
      if (nth === 1)
        return update('1', change('enter', 'a', 'name', 'x'), '<truncated>true</truncated>');
      if (nth === 2) return update('2', change('enter', 'b', 'name', 'y'));
      if (nth === 3) return '';
      return update('3', change('modify', 'a', 'name', 'z'));
    });
    const seen: Update[] = [];
    for await (const one of watch(session, wanted, 'all')) {
      seen.push(one);
      if (seen.length === 3) break;
    }
    expect(versions).toEqual(['', '1', '2', '2']);
    expect(seen.map(({ restarted, truncated }) => [restarted, truncated])).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
    expect(seen[2]?.changes[0]).toMatchObject({ kind: 'modify', changes: { name: 'z' } });
    expect(stub.count('DestroyPropertyCollector')).toBe(1);
  });

  test('start anew after the session was lost, and say so', async () => {
    stub.on('WaitForUpdatesEx', (_call, nth) => {
      if (nth === 2) throw notAuthenticated();
      // The collector of the old session is not known to the new one.
      if (nth === 3) throw new StubFault('ManagedObjectNotFound');
      return update(`${nth}`, change('enter', 'a', 'name', `n${nth}`));
    });
    const seen: Update[] = [];
    for await (const one of watch(session, wanted, [MACHINE])) {
      seen.push(one);
      if (seen.length === 2) break;
    }
    expect(seen.map(({ restarted }) => restarted)).toEqual([true, true]);
    expect(stub.count('CreateFilter')).toBe(2);
    expect(stub.count('Login')).toBe(2);
  });

  test('end at once when nobody wants them any more', async () => {
    const stopped = new AbortController();
    stub.on('WaitForUpdatesEx', (_call, nth) => {
      if (nth > 1) return () => stopped.abort();
      return update('1', change('enter', 'a', 'name', 'x'));
    });
    const all = async () => {
      for await (const _one of watch(session, wanted, 'all', { signal: stopped.signal }));
    };
    expect((await errorOf(all())).code).toBe('cancelled');
  });
});

const info = (state: string, more = '', after = '') =>
  `<key>task-1</key>${ref('task', 'Task', 'task-1')}<descriptionId>d</descriptionId><state>${state}</state><cancelled>false</cancelled><cancelable>true</cancelable>${more}<queueTime>2026-11-23T15:43:22Z</queueTime>${after}<eventChainId>1</eventChainId>`;
const taskUpdate = (nth: number, xml: string) =>
  update(`${nth}`, change(nth === 1 ? 'enter' : 'modify', 'task-1', 'info', xml, 'TaskInfo'));

describe('a task', () => {
  beforeEach(() => {
    stub.on('ReconfigVM_Task', () => ref('returnval', 'Task', 'task-1'));
    stub.on('RetrievePropertiesEx', () =>
      page(
        `<objects>${ref('obj', 'Task', 'task-1')}${property('info', info('running'), 'TaskInfo')}</objects>`,
      ),
    );
  });

  const run = (options = {}) =>
    runTask(session, 'ReconfigVM_Task', MACHINE, { spec: { numCPUs: 2 } }, options);

  test('tells its progress and gives its result', async () => {
    const steps = [
      info('running', '', '<progress>7</progress>'),
      info('running', '', '<progress>7</progress>'),
      info('running', '', '<progress>60</progress>'),
      info(
        'success',
        `<result xsi:type="ManagedObjectReference" type="VirtualMachine">vm-9</result>`,
      ),
    ];
    stub.on('WaitForUpdatesEx', (_call, nth) => taskUpdate(nth, steps[nth - 1] ?? ''));
    const told: number[] = [];
    const result = await run({ onProgress: (percent: number) => told.push(percent) });
    expect(told).toEqual([7, 60]);
    expect(result).toEqual({ type: 'VirtualMachine', value: 'vm-9' });
  });

  test('that fails after it was accepted is a typed error', async () => {
    const fault = `<error><fault xsi:type="InsufficientMemoryResourcesFault"><unreserved>1</unreserved></fault><localizedMessage>no memory</localizedMessage></error>`;
    stub.on('WaitForUpdatesEx', (_call, nth) =>
      taskUpdate(nth, nth === 1 ? info('running') : info('error', fault)),
    );
    const error = await errorOf(run());
    expect(error.code).toBe('site-no-resources');
    expect(error.detail).toBe('InsufficientMemoryResourcesFault: no memory');
  });

  test('that ended before the site began to listen is not waited for', async () => {
    stub.on('WaitForUpdatesEx', (_call, nth) => {
      if (nth > 1) throw new Error('waited');
      return taskUpdate(1, info('queued'));
    });
    stub.on('RetrievePropertiesEx', () =>
      page(
        `<objects>${ref('obj', 'Task', 'task-1')}${property('info', info('success'), 'TaskInfo')}</objects>`,
      ),
    );
    await run();
  });

  test('that is aborted is cancelled on the site', async () => {
    const stopped = new AbortController();
    stub.on('WaitForUpdatesEx', (_call, nth) => {
      if (nth === 1) return taskUpdate(1, info('running'));
      return () => stopped.abort();
    });
    expect((await errorOf(run({ signal: stopped.signal }))).code).toBe('cancelled');
    expect(stub.count('CancelTask')).toBe(1);
  });

  test('is not started when it is too late', async () => {
    expect((await errorOf(run({ signal: AbortSignal.abort() }))).code).toBe('cancelled');
    expect(stub.count('ReconfigVM_Task')).toBe(0);
  });
});

test('a machine that asks a question at power-on is not waited for', async () => {
  stub.on('PowerOnVM_Task', () => ref('returnval', 'Task', 'task-1'));
  stub.on('RetrievePropertiesEx', ({ body }) =>
    page(
      body.includes('type="Task"')
        ? `<objects>${ref('obj', 'Task', 'task-1')}${property('info', info('running'), 'TaskInfo')}</objects>`
        : machine('vm-1', 'n'),
    ),
  );
  let filters = 0;
  stub.on('CreatePropertyCollector', () =>
    ref('returnval', 'PropertyCollector', `pc-${++filters}`),
  );
  const watched = new Map<string, string>();
  stub.on('CreateFilter', ({ element, body }) => {
    const what = body.includes('runtime.question') ? 'machine' : 'task';
    watched.set(child(element, '_this')?.text ?? '', what);
    return ref('returnval', 'PropertyFilter', 'f');
  });
  stub.on('WaitForUpdatesEx', ({ element }) => {
    const what = watched.get(child(element, '_this')?.text ?? '');
    const first = child(element, 'version')?.text === '';
    if (what === 'task') return first ? taskUpdate(1, info('running')) : () => {};
    const question = '<id>1</id><text>Was it moved or copied?</text><choice><choiceInfo/></choice>';
    const type = 'VirtualMachineQuestionInfo';
    return first
      ? update('1', change('enter', 'vm-1', 'runtime.question', question, type))
      : () => {};
  });
  const error = await errorOf(powerOn(session, MACHINE));
  expect(error.code).toBe('site-question');
  expect(error.params.said).toBe('Was it moved or copied?');
});

describe('a security policy', () => {
  const security =
    '<security><allowPromiscuous>false</allowPromiscuous><macChanges>true</macChanges></security>';
  const teaming = '<nicTeaming><policy>loadbalance_srcid</policy></nicTeaming>';
  const system = { type: 'HostNetworkSystem', value: 'ns' };
  const wanted = { allowPromiscuous: true, macChanges: true, forgedTransmits: true };

  test('of a portgroup is changed alone, and the old one is given back for undo', async () => {
    const spec = `<name>pxe</name><vlanId>5</vlanId><vswitchName>v0</vswitchName><policy>${security}${teaming}</policy>`;
    stub.on('RetrievePropertiesEx', () =>
      page(
        `<objects>${ref('obj', 'HostNetworkSystem', 'ns')}${property('networkInfo.portgroup', `<HostPortGroup><spec>${spec}</spec></HostPortGroup>`, 'ArrayOfHostPortGroup')}</objects>`,
      ),
    );
    stub.on('UpdatePortGroup', () => '');
    expect(await setPortgroupSecurity(session, system, 'pxe', wanted)).toEqual({
      allowPromiscuous: false,
      macChanges: true,
    });
    const sent = stub.calls.find(({ method }) => method === 'UpdatePortGroup')?.body;
    expect(sent).toContain(
      `<name>pxe</name><vlanId>5</vlanId><vswitchName>v0</vswitchName><policy><security><allowPromiscuous>true</allowPromiscuous><macChanges>true</macChanges><forgedTransmits>true</forgedTransmits></security>${teaming}</policy>`,
    );
    const missing = await errorOf(setPortgroupSecurity(session, system, 'other', wanted));
    expect(missing.code).toBe('site-object-missing');
  });

  test('of a switch keeps its uplinks', async () => {
    const bridge =
      '<bridge xsi:type="HostVirtualSwitchBondBridge"><nicDevice>vmnic1</nicDevice></bridge>';
    const vswitch = `<HostVirtualSwitch><name>v0</name><spec><numPorts>128</numPorts>${bridge}<policy>${security}</policy></spec></HostVirtualSwitch>`;
    stub.on('RetrievePropertiesEx', () =>
      page(
        `<objects>${ref('obj', 'HostNetworkSystem', 'ns')}${property('networkInfo.vswitch', vswitch, 'ArrayOfHostVirtualSwitch')}</objects>`,
      ),
    );
    stub.on('UpdateVirtualSwitch', () => '');
    await setSwitchSecurity(session, system, 'v0', wanted);
    const sent = stub.calls.find(({ method }) => method === 'UpdateVirtualSwitch')?.body;
    expect(sent).toContain(
      `<numPorts>128</numPorts>${bridge}<policy><security><allowPromiscuous>true`,
    );
  });
});
