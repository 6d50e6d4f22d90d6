import type { ReactNode } from 'react';
import type { Preview } from '../../contract/action.ts';
import type { Change } from '../../contract/change.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { AskPanel } from './ask-panel.tsx';

interface ChangePanelProps {
  readonly change: Change;
  readonly title: string;
  readonly button: string;
  readonly tone?: 'positive' | 'negative';
  readonly onClose: () => void;
  readonly children?: (shown: Preview | undefined) => ReactNode;
}

/** A change that no step of the guide makes by itself, before it is made. */
export function ChangePanel({ change, tone = 'negative', ...rest }: ChangePanelProps) {
  const { path: lab } = useLab();
  return (
    <AskPanel
      {...rest}
      tone={tone}
      opensOnce
      subject={JSON.stringify(change)}
      ask={(signal) => calls.runs.previewChange({ lab, change }, { signal })}
      start={(digest) => calls.runs.change({ lab, change, digest })}
    />
  );
}
