import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface DisclosureProps {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
  readonly className?: string;
}

export function Disclosure({ summary, children, open = false, className = '' }: DisclosureProps) {
  return (
    <details className={`lw-disclosure ${className}`} open={open}>
      <summary>
        <Icon name="right" />
        <span>{summary}</span>
      </summary>
      <div className="lw-disclosure__body">{children}</div>
    </details>
  );
}
