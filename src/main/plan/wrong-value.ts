import type { z } from 'zod';
import { type Message, message } from '../../contract/message.ts';
import { planWants } from '../../messages/en/plan-wants.ts';

/** What the schema wants of a value, in the words that its own messages have, by catalogue key. */
const WANTS = new Map<string, string>(Object.entries(planWants).map(([key, text]) => [text, key]));

/** Why a value is refused, in a sentence that every language has. */
export function wrongValue(issue: z.core.$ZodIssue): Message {
  const own = WANTS.get(issue.message);
  if (own !== undefined) return message(own);
  switch (issue.code) {
    case 'invalid_value':
      return message('plan.not-one-of', { values: issue.values.map(String).join(', ') });
    case 'invalid_type':
      return message('plan.not-of-type', { type: issue.expected });
    case 'too_small':
      return message('plan.too-small', { limit: String(issue.minimum) });
    case 'too_big':
      return message('plan.too-big', { limit: String(issue.maximum) });
    case 'invalid_key':
      // What is wrong with a key is said one level deeper.
      if (issue.issues[0] !== undefined) return wrongValue(issue.issues[0]);
      return message('plan.wrong-value', { expected: issue.message });
    default:
      // zod's own English: better than nothing, and a test keeps the schema from getting here.
      return message('plan.wrong-value', { expected: issue.message });
  }
}
