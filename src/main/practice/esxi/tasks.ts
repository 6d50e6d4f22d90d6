import type { Decoded } from '../../drivers/vsphere/decode.ts';
import type { MoRef } from '../../drivers/vsphere/vim-value.ts';
import type { EsxiHost } from './esxi-host.ts';
import type { AnswerObject, AnswerValue } from './vim-answer.ts';
import { VimFault } from './vim-fault.ts';

/** Tells how far a task is; throws when the task was cancelled meanwhile. */
export type Progress = (percent: number) => Promise<void>;

export interface TaskWork {
  /** `vim.Folder.createVm` */
  readonly description: string;
  readonly entity: MoRef | undefined;
  readonly run: (progress: Progress) => Promise<AnswerValue | undefined>;
}

interface Task {
  readonly key: string;
  readonly description: string;
  readonly entity: MoRef | undefined;
  readonly queued: number;
  state: 'queued' | 'running' | 'success' | 'error';
  progress: number | undefined;
  cancelled: boolean;
  fault: VimFault | undefined;
  result: AnswerValue | undefined;
}

/** Between two words of a task, in milliseconds. */
const STEP_MS = 300;

/** The host's tasks, which tell their progress on the way: vcsim's know only 0 (vsphere.md). */
export class Tasks {
  readonly #host: EsxiHost;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #tasks = new Map<string, Task>();

  constructor(host: EsxiHost, now: () => number, wait: (milliseconds: number) => Promise<void>) {
    this.#host = host;
    this.#now = now;
    this.#wait = wait;
  }

  start(work: TaskWork): MoRef {
    const key = `haTask-${work.entity?.value ?? 'ha-host'}-${work.description}-${this.#host.newId()}`;
    const task: Task = {
      key,
      description: work.description,
      entity: work.entity,
      queued: this.#now(),
      state: 'queued',
      progress: undefined,
      cancelled: false,
      fault: undefined,
      result: undefined,
    };
    this.#tasks.set(key, task);
    void this.#run(task, work);
    return { type: 'Task', value: key };
  }

  async #run(task: Task, { run }: TaskWork): Promise<void> {
    const progress: Progress = async (percent) => {
      task.state = 'running';
      task.progress = percent;
      this.#host.changed();
      await this.#wait(STEP_MS);
      if (task.cancelled) {
        throw new VimFault('RequestCanceled', 'The task was canceled by a user.');
      }
    };
    try {
      task.result = await run(progress);
      task.state = 'success';
      task.progress = 100;
    } catch (error) {
      if (!(error instanceof VimFault)) throw error;
      task.state = 'error';
      task.fault = error;
    }
    this.#host.changed();
  }

  cancel(key: string): void {
    const task = this.#tasks.get(key);
    if (task === undefined) return;
    if (task.state === 'success' || task.state === 'error') {
      throw new VimFault('InvalidState', 'The operation is not allowed in the current state.');
    }
    task.cancelled = true;
  }

  /** The TaskInfo; undefined for a task that is not known. */
  info(key: string): AnswerObject | undefined {
    const task = this.#tasks.get(key);
    if (task === undefined) return undefined;
    const { fault, result, progress, entity } = task;
    return {
      _type: 'TaskInfo',
      key,
      task: { type: 'Task', value: key },
      descriptionId: task.description,
      ...(entity === undefined ? {} : { entity }),
      state: task.state,
      cancelled: task.cancelled,
      cancelable: task.state === 'queued' || task.state === 'running',
      ...(fault === undefined ? {} : { error: localized(fault) }),
      ...(result === undefined ? {} : { result }),
      ...(progress === undefined ? {} : { progress }),
      // Who asked; of a type that the table does not have.
      reason: { _type: 'TaskReasonUser', userName: 'root' },
      queueTime: new Date(task.queued).toISOString(),
      eventChainId: 0,
    };
  }

  /** A restarted host agent has forgotten them. */
  clear(): void {
    this.#tasks.clear();
  }
}

export function localized({ type, fields, message }: VimFault): AnswerObject {
  return { fault: { ...(fields as AnswerObject), _type: type }, localizedMessage: message };
}

export type Args = Readonly<Record<string, Decoded | undefined>>;
