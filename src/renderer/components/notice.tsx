import type { ReactNode } from 'react';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

export type Tone = 'positive' | 'caution' | 'negative' | 'information';

const ICONS: Record<Tone, IconName> = {
  positive: 'done',
  caution: 'drifted',
  negative: 'failed',
  information: 'note',
};

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Read out at once by a screen reader. */
  readonly alert?: boolean;
}

export function Notice({ tone, title, children, actions, alert = false }: NoticeProps) {
  return (
    <div className={`lw-notice lw-notice--${tone}`} role={alert ? 'alert' : undefined}>
      <span className="lw-notice__icon">
        <Icon name={ICONS[tone]} />
      </span>
      <div className="lw-notice__body">
        {title === undefined ? null : <p className="lw-notice__title">{title}</p>}
        {children}
      </div>
      {actions === undefined ? null : <div className="lw-notice__actions">{actions}</div>}
    </div>
  );
}
