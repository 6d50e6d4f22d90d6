import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../contract/message.ts';
import type { MessageKey } from '../../messages/catalogues.ts';
import { withStepTitles } from '../../messages/step-titles.ts';

export type Params = Record<string, string | number>;

export interface Text {
  /** BCP 47 tag of what is spoken now. */
  readonly language: string;
  /** A sentence of our own. */
  t(key: MessageKey, params?: Params): string;
  /** A sentence that came as data; an unknown key is shown as it is. */
  say(message: Message): string;
  /** Whether a key that was put together from data has a sentence. */
  has(key: string): boolean;
}

export function useText(): Text {
  const { t: translate, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const plain = translate as unknown as (key: string, params?: Params) => string;
    const raw = ({ key, params }: Message) => plain(key, params);
    const say = (message: Message) => raw(withStepTitles(message, language, raw));
    return {
      language,
      t: (key, params) => plain(key, params),
      say,
      has: (key) => i18n.exists(key),
    };
  }, [translate, i18n, language]);
}
