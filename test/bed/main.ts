// The bed by hand:
//   node test/bed/main.ts up [name…]            hosts until standard input closes; prints JSON
//   node test/bed/main.ts exec <program> [args]  a program inside a living bed's network
//   node test/bed/main.ts status                 living beds
//   node test/bed/main.ts down                   ends living beds and sweeps dead ones

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isInsideBed, openBed } from './bed.ts';
import { sweepDeadBeds } from './bed-space.ts';
import { isAlive, livingBeds, stateFile } from './bed-state.ts';
import { until } from './until.ts';

async function become(program: string, args: string[], env = process.env): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function up(names: string[]): Promise<number> {
  if (!isInsideBed()) {
    const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    return become(process.execPath, [here('run-in-bed.ts'), here('main.ts'), 'up', ...names]);
  }
  const bed = await openBed({ log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const source = await bed.source();
    const wanted = names.length > 0 ? names : ['maas'];
    const hosts = await Promise.all(wanted.map((name) => bed.host({ name })));
    const shown = {
      namespace: bed.namespace,
      enter: `ip netns exec ${bed.namespace}`,
      repository: bed.repository.url,
      source: { v2: source.v2Url, v3: source.v3Url },
      hosts,
    };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    process.stdin.resume();
    await Promise.race([
      once(process.stdin, 'end'),
      once(process, 'SIGTERM'),
      once(process, 'SIGINT'),
    ]);
  } finally {
    await bed.stop();
  }
  return 0;
}

async function down(): Promise<number> {
  for (const bed of await livingBeds()) {
    process.kill(bed.owner.pid, 'SIGTERM');
    await until(`${bed.namespace} gone`, 30_000, () => (isAlive(bed.owner) ? undefined : true));
  }
  await sweepDeadBeds();
  return 0;
}

async function main([command, ...rest]: string[]): Promise<number> {
  if (command === 'up') return up(rest);
  if (command === 'down') return down();
  const [bed] = await livingBeds();
  if (command === 'status') {
    process.stdout.write(`${JSON.stringify(await livingBeds(), null, 2)}\n`);
    return bed === undefined ? 1 : 0;
  }
  const [program, ...args] = rest;
  if (command === 'exec' && bed !== undefined && program !== undefined) {
    return become('nsenter', [`--net=/run/netns/${bed.namespace}`, program, ...args], {
      ...process.env,
      LABWRIGHT_BED: stateFile(bed.folder),
    });
  }
  process.stderr.write('usage: main.ts up [name…] | exec program… | status | down\n');
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
process.exit();
