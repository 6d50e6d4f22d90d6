import type { ReactNode } from 'react';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** An empty list says what would be in it and how it gets there. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="lw-empty">
      <Icon name={icon} />
      <p className="lw-empty__title">{title}</p>
      {children === undefined ? null : <p className="lw-empty__text">{children}</p>}
      {action}
    </div>
  );
}
