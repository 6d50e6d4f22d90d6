import type { Message } from '../contract/message.ts';
import { catalogues, type Language } from './catalogues.ts';
import { formatBytes } from './formats.ts';

/** A message as text, for the command line and for text that the core itself writes. */
export function sentence(language: Language, { key, params = {} }: Message): string {
  const catalogue: Record<string, string> = catalogues[language];
  return (catalogue[key] ?? key).replace(/\{\{(\w+)(?:,\s*(\w+))?\}\}/g, (_, name, format) => {
    const value = params[name] ?? '';
    return format === 'bytes' ? formatBytes(Number(value), language) : String(value);
  });
}
