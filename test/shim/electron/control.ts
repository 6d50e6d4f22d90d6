/** The wire between the test and the stand-in: things that happened go out, questions come in. */
export interface Happened {
  readonly event: string;
  readonly data: unknown;
}

export interface Question {
  readonly id: number;
  readonly ask: string;
  readonly data: unknown;
}

export interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

type Answerer = (data: never) => unknown;

const answerers = new Map<string, Answerer>();

export function report(event: string, data: unknown = null): void {
  process.send?.({ event, data } satisfies Happened);
}

export function answerTo(ask: string, answerer: Answerer): void {
  answerers.set(ask, answerer);
}

process.on('message', async ({ id, ask, data }: Question) => {
  try {
    const answerer = answerers.get(ask);
    if (answerer === undefined) throw new Error(`nobody answers ${ask}`);
    process.send?.({ id, answer: (await answerer(data as never)) ?? null } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: String(error) } satisfies Answer);
  }
});
// The app ends when Electron would end it, not when nothing is left to do; nor is it kept by this.
process.channel?.unref();
