import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { implement, ORPCError, onError } from '@orpc/server';
import { api } from '../../contract/api.ts';
import { type ErrorData, LabwrightError, toErrorData } from '../../contract/error.ts';
import { chooseLanguage } from '../../messages/catalogues.ts';
import { sentence } from '../../messages/sentence.ts';
import { copyShell } from '../engine/copy-shell.ts';
import { writeAtomic } from '../files/atomic-file.ts';
import { editPlan } from '../plan/edit-plan.ts';
import { planJsonSchema } from '../plan/plan-schema.ts';
import { readPlan } from '../plan/read-plan.ts';
import { redact } from '../vault/redact.ts';
import type { Core } from './core.ts';
import type { CoreOptions } from './core-options.ts';
import type { LabSession } from './lab-session.ts';
import { Labs } from './labs.ts';
import { newPlan, planText, writeNewLab } from './new-lab.ts';
import { proposePlan } from './propose-plan.ts';
import { supportBundle } from './support-bundle.ts';

/** How an error crosses to a client: code, sentence and inert detail; stacks stay here. */
function toOrpcError(error: unknown): ORPCError<'LABWRIGHT', ErrorData> {
  return new ORPCError('LABWRIGHT', { status: 422, data: toErrorData(error), defined: true });
}

/** Builds the services and implements the contract. Talks to nobody until a client asks for it. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const labs = new Labs(options);
  const { settings, vault } = options;
  const os = implement(api).use(
    onError((error) => {
      if (error instanceof ORPCError && error.code === 'LABWRIGHT') return;
      if (error instanceof ORPCError && error.status < 500) return;
      throw toOrpcError(error);
    }),
  );
  const desktop = () => {
    if (options.desktop === undefined) throw new LabwrightError('not-in-this-shell');
    return options.desktop;
  };
  const language = () => chooseLanguage(settings.get().language, options.systemLanguage);
  const bundle = async (path: string) => {
    const session = await labs.get(path);
    return supportBundle({
      version: options.version,
      state: session.state,
      journal: session.journal,
      redact: (text) => redact(text, vault.known()),
      here: { user: options.who, hostname: hostname() },
      now: options.now(),
    });
  };

  const openAndLook = async (opening: Promise<LabSession>) => {
    const session = await opening;
    labs.lookAround(session);
    return { lab: session.path };
  };

  const router = os.router({
    app: {
      info: os.app.info.handler(() => ({
        version: options.version,
        shell: options.shell,
        node: process.version,
        ...(options.electron === undefined ? {} : { electron: options.electron }),
        platform: `${process.platform} ${process.arch}`,
        systemLanguage: options.systemLanguage,
        labsDirectory: options.labsDirectory,
        canNotify: options.desktop !== undefined,
        canPick: options.desktop !== undefined,
      })),
      settings: os.app.settings.handler(() => settings.get()),
      changeSettings: os.app.changeSettings.handler(({ input }) => {
        settings.set({ ...settings.get(), ...input } as ReturnType<typeof settings.get>);
        return settings.get();
      }),
      notify: os.app.notify.handler(({ input }) => desktop().notify(input)),
      pick: os.app.pick.handler(async ({ input }) => {
        const path = await desktop().pick(input.what);
        return path === undefined ? {} : { path };
      }),
    },
    labs: {
      recent: os.labs.recent.handler(() =>
        Promise.all(
          settings.get().recent.map(async (path) => {
            const exists = await access(path).then(
              () => true,
              () => false,
            );
            return { path, name: basename(dirname(path)), exists };
          }),
        ),
      ),
      forget: os.labs.forget.handler(({ input }) => labs.forget(input.lab)),
      open: os.labs.open.handler(({ input }) => openAndLook(labs.open(input.path))),
      create: os.labs.create.handler(async ({ input }) => {
        const path = await writeNewLab(input.directory, planText(newPlan(input)));
        return openAndLook(labs.open(path));
      }),
      practice: os.labs.practice.handler(({ input }) => openAndLook(labs.practice(input.room))),
      propose: os.labs.propose.handler(({ input }) =>
        proposePlan({
          hosts: input.hosts,
          accept: input.accept,
          vault,
          connect: options.connect,
          userKnownHosts: labs.userKnownHosts,
          now: options.now,
        }),
      ),
      saveProposal: os.labs.saveProposal.handler(async ({ input }) => {
        const { problems } = readPlan(input.text);
        if (problems[0]) throw new LabwrightError('plan-invalid', { first: problems[0].path });
        const path = await writeNewLab(input.directory, input.text);
        return openAndLook(labs.open(path));
      }),
      close: os.labs.close.handler(({ input }) => labs.closeLab(input.lab)),
      // Not a generator: that a lab is not open must be told as our error, before anything is streamed.
      watch: os.labs.watch.handler(async ({ input, signal }) => {
        await labs.get(input.lab);
        return labs.watch(input.lab, signal);
      }),
    },
    guide: {
      check: os.guide.check.handler(async ({ input }) => {
        const { lab, steps, fresh } = input;
        await (await labs.get(lab)).findings.check({
          fresh,
          ...(steps === undefined ? {} : { steps }),
        });
      }),
      measure: os.guide.measure.handler(async ({ input }) => {
        const { findings } = await labs.get(input.lab);
        // It goes on when the one who began it leaves the screen.
        if (input.stop) findings.stopMeasuring(input.id);
        else void findings.measure(input.id);
      }),
      preview: os.guide.preview.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.preview(input.steps, input.snapshot),
      ),
      apply: os.guide.apply.handler(async ({ input }) => {
        const { lab, steps, digest, snapshot } = input;
        return { run: (await (await labs.get(lab)).runs.apply(steps, digest, snapshot)).id };
      }),
      claim: os.guide.claim.handler(async ({ input }) =>
        (await labs.get(input.lab)).findings.claim(input.id, input.what, input.why),
      ),
      shell: os.guide.shell.handler(async ({ input }) => {
        const session = await labs.get(input.lab);
        const { steps } = await session.runs.preview(input.steps, input.snapshot);
        return { text: copyShell(steps, (text) => sentence(language(), text)) };
      }),
    },
    runs: {
      cancel: os.runs.cancel.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.cancel(input.run),
      ),
      resume: os.runs.resume.handler(async ({ input }) => ({
        run: (await labs.get(input.lab)).runs.resume(input.run).id,
      })),
      dismiss: os.runs.dismiss.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.dismiss(input.run),
      ),
      acceptChange: os.runs.acceptChange.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.acceptChange(input.run, input.digest),
      ),
      previewUndo: os.runs.previewUndo.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.previewUndo(input.run),
      ),
      undo: os.runs.undo.handler(async ({ input }) => ({
        run: (await labs.get(input.lab)).runs.undo(input.run, input.digest).id,
      })),
      previewChange: os.runs.previewChange.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.previewChange(input.change),
      ),
      change: os.runs.change.handler(async ({ input }) => ({
        run: (await labs.get(input.lab)).runs.change(input.change, input.digest).id,
      })),
      output: os.runs.output.handler(async ({ input }) => {
        const { journal } = await labs.get(input.lab);
        const kept = journal.outputOf(input.run, input.action);
        if (kept !== undefined) return kept;
        const ended = journal
          .ofRun(input.run)
          .findLast(
            ({ entry }) =>
              entry.kind === 'action-ended' && `${entry.id}/${entry.action}` === input.action,
          );
        const text = ended?.entry.kind === 'action-ended' ? ended.entry.output : '';
        return { text, truncated: false };
      }),
    },
    machines: {
      planned: os.machines.planned.handler(async ({ input }) =>
        (await labs.get(input.lab)).plannedMachines(),
      ),
      previewPower: os.machines.previewPower.handler(async ({ input }) =>
        (await labs.get(input.lab)).runs.previewPower(
          input.host,
          input.uuid,
          input.to,
          input.snapshot,
        ),
      ),
      power: os.machines.power.handler(async ({ input }) => {
        const { host, uuid, to, digest, snapshot } = input;
        const { runs } = await labs.get(input.lab);
        return { run: runs.power(host, uuid, to, digest, snapshot).id };
      }),
      adopt: os.machines.adopt.handler(async ({ input }) =>
        (await labs.get(input.lab)).adopt(input.host, input.uuid, input.role),
      ),
    },
    hosts: {
      trust: os.hosts.trust.handler(async ({ input }) => {
        const session = await labs.get(input.lab);
        await session.identities.trust(input.host, input.fingerprint, input.replace);
        session.lookAt(input.host).catch(() => {});
      }),
      reconnect: os.hosts.reconnect.handler(async ({ input }) => {
        const session = await labs.get(input.lab);
        await session.lookAt(input.host);
      }),
    },
    vault: {
      info: os.vault.info.handler(() => vault.info()),
      set: os.vault.set.handler(async ({ input }) => {
        await vault.set(input.name, input.value);
        await labs.secretChanged(input.name);
      }),
      rename: os.vault.rename.handler(({ input }) => vault.rename(input.from, input.to)),
      remove: os.vault.remove.handler(({ input }) => vault.remove(input.name)),
      test: os.vault.test.handler(async ({ input }) => ({
        readable: await vault.get(input.name).then(
          () => true,
          () => false,
        ),
      })),
      unlock: os.vault.unlock.handler(async ({ input }) => {
        await vault.unlock(input.passphrase);
        await labs.vaultUnlocked();
      }),
      protect: os.vault.protect.handler(({ input }) => vault.protect(input.passphrase)),
    },
    plan: {
      validate: os.plan.validate.handler(({ input }) => ({
        problems: readPlan(input.text).problems,
      })),
      impact: os.plan.impact.handler(async ({ input }) =>
        (await labs.get(input.lab)).findings.impact(input.text),
      ),
      edit: os.plan.edit.handler(({ input }) => ({ text: editPlan(input.text, input.changes) })),
      save: os.plan.save.handler(async ({ input }) => {
        const { sha256 } = await (await labs.get(input.lab)).savePlan(input.text, input.expected);
        return { sha256 };
      }),
      reload: os.plan.reload.handler(async ({ input }) => (await labs.get(input.lab)).reloadPlan()),
      schema: os.plan.schema.handler(() => ({ json: JSON.stringify(planJsonSchema(), null, 2) })),
    },
    journal: {
      list: os.journal.list.handler(async ({ input }) => {
        const { lab, before, limit, search, kinds } = input;
        return (await labs.get(lab)).journal.list({
          limit,
          ...(before === undefined ? {} : { before }),
          ...(search === undefined ? {} : { search }),
          ...(kinds === undefined ? {} : { kinds }),
        });
      }),
    },
    bundle: {
      preview: os.bundle.preview.handler(({ input }) => bundle(input.lab)),
      save: os.bundle.save.handler(async ({ input }) => {
        const { name, text } = await bundle(input.lab);
        const path = join(input.directory, name);
        try {
          await writeAtomic(path, text, { mode: 0o600 });
        } catch (cause) {
          const detail = (cause as Error).message;
          throw new LabwrightError('plan-unreadable', { path }, { cause, detail });
        }
        return { path };
      }),
    },
    terminals: {
      list: os.terminals.list.handler(({ input }) => labs.terminals.list(input.lab)),
      open: os.terminals.open.handler(async ({ input }) => {
        const session = await labs.get(input.lab);
        if (session.state.hosts[input.host] === undefined) {
          throw new LabwrightError('host-unknown', { host: input.host });
        }
        const link = session.hosts.link(input.host);
        return labs.terminals.open(input.lab, link, input.size, input.typed);
      }),
      close: os.terminals.close.handler(({ input }) => labs.terminals.close(input.terminal)),
    },
  });
  return { router, terminals: labs.terminals, labs, close: () => labs.close() };
}
