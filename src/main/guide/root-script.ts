import type { ScriptAction } from '../../contract/action.ts';

type Part = Pick<ScriptAction, 'id' | 'title' | 'script'> & Partial<Omit<ScriptAction, 'kind'>>;

/** A short script as root, which is not stopped in the middle unless it says so. */
export function rootScript(target: string, part: Part): ScriptAction {
  return {
    kind: 'script',
    target,
    sudo: true,
    cancel: 'after-this',
    silenceSeconds: 60,
    secrets: [],
    ...part,
  };
}

/** What a command said when it failed, cut to what fits into a sentence. */
export function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '–').trim().slice(0, 200);
}
