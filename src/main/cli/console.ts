import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { LabwrightError } from '../../contract/error.ts';
import type { Message } from '../../contract/message.ts';
import { chooseLanguage, type Language } from '../../messages/catalogues.ts';
import { sentence } from '../../messages/sentence.ts';

/** The terminal or pipe that the command line talks to. Questions are asked only on a terminal. */
export class Console {
  readonly language: Language;

  constructor(language: string | undefined) {
    const { LC_ALL, LC_MESSAGES, LANG } = process.env;
    const system = LC_ALL || LC_MESSAGES || LANG || 'en';
    this.language = chooseLanguage(
      language === 'en' || language === 'ja' ? language : 'system',
      system,
    );
  }

  get interactive(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  say(message: Message): string {
    return sentence(this.language, message);
  }

  print(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** Progress and questions: beside the result, never in it. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  async confirm(question: string): Promise<boolean> {
    const readline = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^(y|yes|はい)$/i.test((await readline.question(`${question} [y/N] `)).trim());
    } finally {
      readline.close();
    }
  }

  /** Reads a secret without showing it. */
  async askSecret(question: string): Promise<string> {
    process.stderr.write(question);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const readline = createInterface({ input: process.stdin, output: silent, terminal: true });
    try {
      return await readline.question('');
    } finally {
      readline.close();
      process.stderr.write('\n');
    }
  }
}

/** Parses `NAME=@FILE`; a value itself is refused, because argv is public. */
export function readSecretOption(option: string): { name: string; value: string } {
  const match = /^([^=]+)=@(.+)$/.exec(option);
  // Nothing of it is repeated: it may be the value.
  if (!match?.[1] || !match[2]) throw new LabwrightError('secret-in-argument');
  try {
    const value = readFileSync(match[2] === '-' ? 0 : match[2], 'utf8').replace(/\r?\n$/, '');
    return { name: match[1], value };
  } catch (cause) {
    const detail = (cause as Error).message;
    throw new LabwrightError('secret-file', { name: match[1] }, { cause, detail });
  }
}
