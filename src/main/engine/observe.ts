import { randomBytes } from 'node:crypto';
import { LabwrightError, toErrorData } from '../../contract/error.ts';
import { inertText, lastLines } from '../../contract/inert-text.ts';
import { quote } from '../../contract/shell-quote.ts';
import { cancelJob, jobNews, removeJob, startJob } from '../ssh/durable-job.ts';
import { TIMEOUT } from '../ssh/host-dialect.ts';
import type { HostLink } from '../ssh/host-link.ts';
import type { Fact, FactStore } from './facts.ts';
import { overBrokenLinks } from './over-broken-links.ts';
import {
  type Probe,
  ProbeAnswerError,
  type ProbeOutput,
  type Read,
  type SecretHeld,
  type SiteQuestion,
} from './probe.ts';

/** Reading a script over a slow link and starting shells, on top of the probes' own limits. */
const ROUND_TRIP_MS = 30_000;
/** A long look (hashes, an index) goes on over a link that comes back within this. */
const JOB_LINK_LIMIT_MS = 120_000;
/** Evidence is for reading; the parsed value holds the rest. */
const EVIDENCE_LINES = 60;
/** A probe's job may bring this much: the products file of a real stream is a few MB. */
const MAX_JOB_OUTPUT_BYTES = 32 * 1024 * 1024;

/** One script for many probes: each framed, with its own exit code and time limit. */
export function composeProbes(probes: readonly Probe<unknown>[], nonce: string): string {
  const head = ['export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"', TIMEOUT];
  const parts = probes.map(
    (probe, index) =>
      `printf '\\n@${nonce} ${index} begin\\n'\n` +
      `timeout ${probe.seconds} sh -c ${quote(probe.script)} </dev/null 2>&1\n` +
      `printf '\\n@${nonce} ${index} end %s\\n' $?`,
  );
  return `${[...head, ...parts].join('\n')}\n`;
}

/** Takes the framed answers apart; a probe whose frame is incomplete is absent from the result. */
export function splitAnswers(text: string, nonce: string, count: number): Map<number, ProbeOutput> {
  const answers = new Map<number, ProbeOutput>();
  for (let index = 0; index < count; index++) {
    const begin = `\n@${nonce} ${index} begin\n`;
    const from = text.indexOf(begin);
    if (from < 0) continue;
    const end = `\n@${nonce} ${index} end `;
    const start = from + begin.length;
    const to = text.indexOf(end, start - 1);
    if (to < 0) continue;
    // With its line end: of a code that is cut off, the rest would be another one.
    const code = /^(\d+)\n/.exec(text.slice(to + end.length, to + end.length + 4))?.[1];
    if (code === undefined) continue;
    answers.set(index, { exitCode: Number(code), text: text.slice(start, Math.max(start, to)) });
  }
  return answers;
}

/** timeout(1) exits so when the limit was reached. */
const TIMED_OUT = 124;
/**
 * A fact may come from a future this near, after a clock was corrected. One from further away was
 * dated by a wrong clock, and its age would stay below every limit until that time has come.
 */
const CLOCK_SLACK_MS = 60_000;

export interface ObserverOptions {
  readonly store: FactStore;
  readonly link: (target: string) => HostLink;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  readonly machineId: (target: string) => string | undefined;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Aborted when the lab is closed: what then fails says nothing about a host. */
  readonly closed: AbortSignal;
  /** Asks a site by its API; the answer is JSON. */
  readonly askSite: (
    target: string,
    question: SiteQuestion,
    signal?: AbortSignal,
  ) => Promise<string>;
  /** Asks the vault about a secret; its value stays there. */
  readonly askVault: (name: string) => Promise<SecretHeld>;
}

/** Asks hosts and turns the answers into facts. A host that cannot be asked gives error facts. */
export class Observer {
  readonly #options: ObserverOptions;
  /** One observation of a costly probe at a time; others wait for the same answer. */
  readonly #costly = new Map<string, Promise<void>>();

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /**
   * Observes what is wanted. Quick probes are always asked again; costly ones when they are missing,
   * stale, too old, or `fresh` is set. Never throws: failures become facts.
   */
  async observe(
    reads: readonly Read[],
    options: { fresh: boolean; signal?: AbortSignal },
  ): Promise<void> {
    const unique = new Map(reads.map((read) => [`${read.target}\n${read.probe.key}`, read]));
    const byTarget = Map.groupBy(unique.values(), (read) => read.target);
    await Promise.all(
      [...byTarget].map(async ([target, wanted]) => {
        const probes = wanted.map((read) => read.probe);
        const quickOnes = probes.filter(
          ({ costly, ask, secret }) => !costly && ask === undefined && secret === undefined,
        );
        const costlyOnes = wanted.filter(
          (read) => read.probe.costly && this.#due(read, options.fresh),
        );
        await Promise.all([
          ...probes.map((probe) => this.#observeSite(target, probe, options.signal)),
          ...probes.map((probe) => this.#observeVault(target, probe)),
          this.#observeQuick(
            target,
            quickOnes.filter((probe) => !probe.sudo),
            false,
            options.signal,
          ),
          this.#observeQuick(
            target,
            quickOnes.filter((probe) => probe.sudo),
            true,
            options.signal,
          ),
        ]);
        for (const { probe } of costlyOnes)
          await this.#observeCostly(target, probe, options.signal);
      }),
    );
  }

  /** Resolves when no long look is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#costly.values());
  }

  #due(read: Read, fresh: boolean): boolean {
    const fact = this.#options.store.get(read);
    if (fresh || fact === undefined || fact.stale || fact.error !== undefined) return true;
    const age = this.#options.now() - fact.at;
    return age > read.probe.maxAgeSeconds * 1000 || age < -CLOCK_SLACK_MS;
  }

  async #observeSite(target: string, probe: Probe<unknown>, signal?: AbortSignal): Promise<void> {
    if (probe.ask === undefined) return;
    try {
      const text = await this.#options.askSite(target, probe.ask, signal);
      await this.#record(target, probe, { exitCode: 0, text });
    } catch (error) {
      this.#recordError(target, probe, error);
    }
  }

  async #observeVault(target: string, probe: Probe<unknown>): Promise<void> {
    if (probe.secret === undefined) return;
    try {
      const text = JSON.stringify(await this.#options.askVault(probe.secret));
      await this.#record(target, probe, { exitCode: 0, text });
    } catch (error) {
      this.#recordError(target, probe, error);
    }
  }

  async #observeQuick(
    target: string,
    probes: readonly Probe<unknown>[],
    sudo: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    if (probes.length === 0) return;
    const nonce = randomBytes(8).toString('hex');
    const seconds = probes.reduce((sum, probe) => sum + probe.seconds, 0);
    try {
      const result = await this.#options.link(target).run({
        script: composeProbes(probes, nonce),
        sudo,
        deadlineMs: seconds * 1000 + ROUND_TRIP_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      const answers = splitAnswers(result.stdout.toString('utf8'), nonce, probes.length);
      await Promise.all(
        probes.map((probe, index) => this.#record(target, probe, answers.get(index))),
      );
    } catch (error) {
      for (const probe of probes) this.#recordError(target, probe, error);
    }
  }

  #observeCostly(target: string, probe: Probe<unknown>, signal?: AbortSignal): Promise<void> {
    const id = `${target}\n${probe.key}`;
    const running = this.#costly.get(id);
    if (running) return running;
    const work = this.#runCostly(target, probe, signal)
      .then(
        (output) => this.#record(target, probe, output),
        (error: unknown) => this.#recordError(target, probe, error),
      )
      .finally(() => this.#costly.delete(id));
    this.#costly.set(id, work);
    return work;
  }

  async #runCostly(
    target: string,
    probe: Probe<unknown>,
    signal?: AbortSignal,
  ): Promise<ProbeOutput> {
    const { closed } = this.#options;
    const stop = signal === undefined ? closed : AbortSignal.any([signal, closed]);
    const link = this.#options.link(target);
    const machineId = this.#options.machineId(target);
    const job = { id: `probe-${randomBytes(8).toString('hex')}`, sudo: probe.sudo };
    const script = `${TIMEOUT}
timeout ${probe.seconds} sh -c ${quote(probe.script)}
`;
    await startJob(link, { ...job, script, ...(machineId === undefined ? {} : { machineId }) });
    const chunks: Buffer[] = [];
    let offset = 0;
    try {
      for (;;) {
        const { elapsed, wait } = this.#options;
        const news = await overBrokenLinks(
          { link, elapsed, wait, limitMs: JOB_LINK_LIMIT_MS, signal: stop },
          () => jobNews(link, job, offset, stop),
        );
        chunks.push(news.bytes);
        offset = news.offset;
        if (offset > MAX_JOB_OUTPUT_BYTES)
          throw new LabwrightError('output-too-large', { host: target });
        switch (news.state.state) {
          case 'running':
            continue;
          case 'exited':
            return { exitCode: news.state.exitCode, text: Buffer.concat(chunks).toString('utf8') };
          case 'cancelled':
            throw new LabwrightError('cancelled');
          case 'absent':
            throw new LabwrightError('job-lost', { host: target, why: 'absent' });
          case 'lost':
            throw new LabwrightError('job-lost', { host: target, why: news.state.why });
        }
      }
    } catch (error) {
      if (stop.aborted || error instanceof LabwrightError)
        await cancelJob(link, job).catch(() => {});
      throw error;
    } finally {
      // A probe leaves nothing behind; what it learned is in the fact.
      await removeJob(link, job).catch(() => {});
    }
  }

  async #record(
    target: string,
    probe: Probe<unknown>,
    output: ProbeOutput | undefined,
  ): Promise<void> {
    if (output === undefined || output.exitCode === TIMED_OUT) {
      this.#recordError(target, probe, new LabwrightError('host-timeout', { host: target }));
      return;
    }
    const shown = this.#show(output.text);
    try {
      this.#put(target, probe, { output: shown, value: await probe.parse(output) });
    } catch (cause) {
      const expected = cause instanceof ProbeAnswerError ? cause.expected : probe.key;
      const error = new LabwrightError(
        'output-unexpected',
        { host: target, expected },
        { cause, detail: lastLines(shown, 8) },
      );
      this.#put(target, probe, { output: shown, error: error.toData() });
    }
  }

  #recordError(target: string, probe: Probe<unknown>, error: unknown): void {
    if (this.#options.closed.aborted) return;
    const data = toErrorData(error);
    this.#put(target, probe, { output: this.#show(data.detail ?? ''), error: data });
  }

  #show(text: string): string {
    return lastLines(inertText(this.#options.redact(text)), EVIDENCE_LINES);
  }

  #put(
    target: string,
    probe: Probe<unknown>,
    answer: Pick<Fact, 'output' | 'value' | 'error'>,
  ): void {
    this.#options.store.put({
      target,
      key: probe.key,
      at: this.#options.now(),
      command: probe.shown ?? probe.script.trim(),
      stale: false,
      ...answer,
    });
  }
}
