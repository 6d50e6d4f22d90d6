import type { ReactElement } from 'react';

/** Line drawings on a 16 × 16 grid, in the colour of the text around them. */
const DRAWINGS = {
  guide: <path d="M2.5 3.5h2v2h-2zm0 7h2v2h-2zM7 4.5h7M7 11.5h7" />,
  map: (
    <path d="M2.5 6h3.5v4H2.5zM10 2.5h3.5v3.5H10zM10 10h3.5v3.5H10zM6 8h2m0 0V4.25h2M8 8v3.75h2" />
  ),
  nodes: <path d="M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3" />,
  hosts: (
    <path d="M2.5 2.5h11v4.5h-11zm0 6.5h11v4.5h-11zM5 4.75h.01M5 11.25h.01M8 4.75h3M8 11.25h3" />
  ),
  journal: <path d="M3.5 2h8a1 1 0 0 1 1 1v11h-8a1 1 0 0 1-1-1zm0 10.5h9M6 5h4M6 8h4" />,
  plan: <path d="M9 2H4v12h8V5zM9 2v3h3M6 8.5h4M6 11h4" />,
  settings: <path d="M2 4.5h5m3 0h4M8.5 3v3M2 8h2.5m3 0H14M6 6.5v3M2 11.5h6.5m3 0H14M10 10v3" />,
  terminal: <path d="M2 3h12v10H2zM4.5 6 6.5 8l-2 2M8 10.5h3.5" />,
  check: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  plus: <path d="M8 3v10M3 8h10" />,
  search: <path d="M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm-1 3 3.5 3.5" />,
  up: <path d="m4 10 4-4 4 4" />,
  down: <path d="m4 6 4 4 4-4" />,
  right: <path d="m6 4 4 4-4 4" />,
  key: <path d="M9.5 6.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM8.7 8.6l5 5m-2-2 1.5-1.5" />,
  jobs: <path d="M2.5 4.5h11M2.5 8h7M2.5 11.5h9" />,
  done: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" stroke="none" />
      <path d="m5 8.2 2.1 2.1L11 6.2" className="lw-icon__inside" />
    </>
  ),
  todo: <circle cx="8" cy="8" r="5.75" />,
  drifted: <path d="M8 2 14.5 13.5h-13zM8 6.5v3M8 11.4v.1" />,
  blocked: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m4 12 8-8" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="5.75" strokeDasharray="2.2 2.3" />
      <path d="M6.4 6.6a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1M8 11.2v.1" />
    </>
  ),
  manual: (
    <path d="M5 14c-1-1.3-2.4-3.2-2.4-4.2s1-1.2 1.9-.2V4.2a1 1 0 0 1 2 0V7 3a1 1 0 0 1 2 0v4-3.2a1 1 0 0 1 2 0V8 5.5a1 1 0 0 1 2 0V10c0 2-.8 2.8-1.3 4z" />
  ),
  claimed: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m5.3 8.2 1.9 1.9 3.5-3.8" />
    </>
  ),
  skipped: <path d="m3 4 5 4-5 4zm7 0v8m3-8v8" />,
  running: <path d="M8 2.2a5.8 5.8 0 1 1-5.8 5.8" className="lw-icon__turning" />,
  note: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 7.4v3.4M8 5.2v.1" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" stroke="none" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" className="lw-icon__inside" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M6.6 5.8v4.4m2.8-4.4v4.4" />
    </>
  ),
} satisfies Record<string, ReactElement>;

export type IconName = keyof typeof DRAWINGS;

/** Decoration only: the word beside it, or the label of its button, says what it means. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="lw-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
