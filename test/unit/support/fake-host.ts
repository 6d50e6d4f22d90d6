import { LabwrightError } from '../../../src/contract/error.ts';
import type { HostLink } from '../../../src/main/ssh/host-link.ts';

interface Job {
  readonly script: string;
  output: string;
  state: string;
  readonly news: (() => void)[];
}

/** Jobs of a host as durable-job.ts asks for them, without a host and without time passing. */
export class FakeHost {
  readonly name: string;
  readonly jobs = new Map<string, Job>();
  readonly uploads: string[] = [];
  resets = 0;
  /** Errors that the next calls meet, one each. */
  readonly trouble: Error[] = [];
  /** What a job does; it may take its time. Its result is the exit status, or a word for `state`. */
  work: (script: string, print: (text: string) => void) => Promise<number | string> | number = () =>
    0;
  /** Called before a job is created. */
  beforeStart: (script: string) => Promise<void> | void = () => {};

  constructor(name: string) {
    this.name = name;
  }

  get link(): HostLink {
    return this as unknown as HostLink;
  }

  async reset(): Promise<void> {
    this.resets += 1;
  }

  async run(request: { script: string; stdin?: Uint8Array; signal?: AbortSignal }) {
    const trouble = this.trouble.shift();
    if (trouble) throw trouble;
    const { script } = request;
    const id = /jobs\/([a-z0-9-]+)/.exec(script)?.[1] ?? '';
    const stdin = Buffer.from(request.stdin ?? []).toString();
    if (script.includes('LABWRIGHT_RUN')) await this.#start(id, stdin);
    else if (script.includes('state absent')) {
      const offset = Number(/; o=(\d+);/.exec(script)?.[1]);
      return answer(await this.#news(id, offset, request.signal));
    } else if (script.includes('kill -TERM')) this.#finish(id, 'cancelled');
    else if (script.includes('.labwright-new')) this.uploads.push(stdin);
    else throw new Error(`the fake host does not know ${script}`);
    return answer('');
  }

  async #start(id: string, script: string): Promise<void> {
    await this.beforeStart(script);
    if (this.jobs.has(id)) return;
    this.jobs.set(id, { script, output: '', state: '', news: [] });
    const print = (text: string) => {
      const job = this.jobs.get(id)!;
      job.output += text;
      wake(job);
    };
    Promise.resolve(this.work(script, print)).then((exit) => this.#finish(id, String(exit)));
  }

  #finish(id: string, state: string): void {
    const job = this.jobs.get(id);
    if (job?.state !== '') return;
    job.state = state;
    wake(job);
  }

  async #news(id: string, offset: number, signal?: AbortSignal): Promise<string> {
    const job = this.jobs.get(id);
    if (job === undefined) return 'state absent size 0\n';
    if (job.state === '' && job.output.length <= offset) {
      await new Promise<void>((resolve, reject) => {
        job.news.push(resolve);
        signal?.addEventListener('abort', () => reject(new LabwrightError('cancelled')));
      });
    }
    return `state ${job.state || 'running'} size ${job.output.length}\n${job.output.slice(offset)}`;
  }
}

function wake(job: Job): void {
  for (const resolve of job.news.splice(0)) resolve();
}

function answer(stdout: string) {
  return { stdout: Buffer.from(stdout), stderr: '', exitCode: 0, signal: undefined };
}
