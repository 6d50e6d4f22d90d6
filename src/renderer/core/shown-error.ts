import { ORPCError } from '@orpc/client';
import { ErrorData } from '../../contract/error.ts';
import type { Message } from '../../contract/message.ts';
import { message } from '../../contract/message.ts';
import { NotConnected } from './core-connection.ts';

/** An error as a person meets it: a sentence by key, and the raw words of the other side. */
export interface ShownError {
  readonly code?: string | undefined;
  readonly reason: Message;
  readonly detail?: string | undefined;
}

/** Turns whatever a call threw into something to show. Never a stack. */
export function shownError(error: unknown): ShownError {
  if (error instanceof NotConnected) return { reason: message('connection.notSent') };
  if (error instanceof ORPCError) {
    const data = ErrorData.safeParse(error.data);
    if (data.success) {
      const { code, reason, detail } = data.data;
      return { code, reason, ...(detail === undefined ? {} : { detail }) };
    }
    if (error.code === 'BAD_REQUEST') return { reason: message('error.input'), ...issues(error) };
    return { reason: message('error.internal'), detail: error.message };
  }
  if (isAbort(error)) return { code: 'cancelled', reason: message('error.cancelled') };
  // The peer is closed under a call that was on its way: whether it arrived is not known.
  return { reason: message('connection.cut') };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function issues(error: ORPCError<string, unknown>): { detail?: string } {
  const data = error.data as { issues?: { path?: unknown[]; message?: string }[] } | undefined;
  if (!Array.isArray(data?.issues)) return {};
  const lines = data.issues.map((issue) => {
    const path = Array.isArray(issue.path) ? issue.path.map(String).join('.') : '';
    return `${path}: ${issue.message ?? ''}`;
  });
  return { detail: lines.join('\n') };
}
