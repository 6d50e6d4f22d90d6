import { serialize } from 'just-bash';
import type { BackgroundStatements } from './live-transform.ts';
import type { Machine } from './machine.ts';
import type { Programs } from './program.ts';
import { currentSession } from './session.ts';
import type { Shell } from './shell.ts';
import { reason } from './words.ts';

/** How long a loop may keep the event loop to itself. */
const TURN_MS = 8;

/** Lets timers, sockets and other scripts have their turn: just-bash itself never does. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What bash(1) itself does, as far as scripts ask for it. */
const BUILTINS = new Set(
  '. : [ alias break cd command continue echo eval exec exit export false jobs kill printf pwd read return set shift test times trap true type ulimit umask unalias unset wait'.split(
    ' ',
  ),
);

/** What rewritten scripts call (live-transform.ts). */
export function helperPrograms(
  shell: Shell,
  machine: Machine,
  background: BackgroundStatements,
): Programs {
  let rested = 0;
  return {
    __live: () => 0,
    __tick: async () => {
      if (performance.now() - rested < TURN_MS) return 0;
      await turn();
      rested = performance.now();
      return 0;
    },
    __open: (names, io) => {
      for (const name of names) {
        try {
          machine.fs.appendSync(machine.fs.resolvePath(io.cwd, name), '');
        } catch (error) {
          io.err(`bash: ${name}: ${reason(error)}\n`);
          return 1;
        }
      }
      return 0;
    },
    __which: ([, ...names], io) => {
      let status = 0;
      for (const name of names) {
        const path = BUILTINS.has(name)
          ? name
          : name.includes('/')
            ? machine.fs.find(machine.fs.resolvePath(io.cwd, name))
              ? name
              : undefined
            : machine.which(name, io.variables.get('PATH'));
        if (path) io.out(`${path}\n`);
        else status = 127;
      }
      return status;
    },
    __type: (names, io) => {
      let status = 0;
      for (const name of names) {
        const path = machine.which(name, io.variables.get('PATH'));
        if (BUILTINS.has(name)) io.out(`${name} is a shell builtin\n`);
        else if (path) io.out(`${name} is ${path}\n`);
        else {
          io.err(`bash: type: ${name}: not found\n`);
          status = 1;
        }
      }
      return status;
    },
    __redirect: ([truncate = '-', out = '', err = ''], io) => {
      const session = currentSession();
      const streams = shell.sinks(truncate, out, err, io.cwd, session);
      if (typeof streams === 'string') {
        io.err(streams);
        return 1;
      }
      session.streams = streams;
      return 0;
    },
    __source: async ([file = ''], io) => {
      const path = machine.fs.resolvePath(io.cwd, file);
      const session = currentSession();
      const { exitCode } = await shell.script(machine.fs.textSync(path), {
        user: session.user,
        command: `. ${file}`,
        streams: io.session.streams,
        env: io.env,
        variables: Object.fromEntries(io.variables),
        cwd: io.cwd,
        parent: session.process,
        process: session.process,
        signal: io.signal,
        ...(session.tty ? { tty: session.tty } : {}),
      });
      return exitCode;
    },
    __state: (_args, io) => {
      shell.states.set(currentSession(), { exported: { ...io.env }, cwd: io.cwd });
      return Number(io.variables.get('?') ?? 0);
    },
    __background: ([number = ''], io) => {
      const script = background.get(number);
      if (!script) return 1;
      const session = currentSession();
      const source = serialize(script);
      let pid = 0;
      const done = shell
        .script(source, {
          user: session.user,
          command: source.split('\n', 1)[0] ?? '',
          streams: session.streams,
          env: io.env,
          variables: Object.fromEntries(io.variables),
          cwd: io.cwd,
          parent: session.process,
          signal: machine.power,
          started: (process) => {
            pid = process.pid;
          },
        })
        .then(({ exitCode }) => exitCode);
      session.jobs.add(done);
      session.lastJob = { pid, done };
      void done.finally(() => session.jobs.delete(done));
      io.assign('PRACTICE_JOB', String(pid));
      return 0;
    },
  };
}
