import { useEffect } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { Icon } from '../components/icon.tsx';
import { Age } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { readRecentLabs, recentLabs } from '../frame/recent-labs.ts';
import { useText } from '../text/use-text.ts';
import { openLab } from './open-lab.ts';

export function RecentLabs() {
  const { t } = useText();
  const labs = useStore(recentLabs);
  const { run, error } = useCall();
  useEffect(() => {
    void run(readRecentLabs);
  }, [run]);
  return (
    <section aria-labelledby="start-recent" className="lw-card lw-start__recent">
      <h2 id="start-recent">{t('start.recent')}</h2>
      <ErrorNote error={error} />
      {labs.length === 0 ? (
        <p className="lw-muted">{t('start.noRecent')}</p>
      ) : (
        <ul>
          {labs.map((lab) => (
            <li key={lab.path}>
              <button
                type="button"
                className="lw-recent"
                disabled={!lab.exists}
                onClick={() =>
                  run(async () => openLab((await calls.labs.open({ path: lab.path })).lab))
                }
              >
                <span className="lw-recent__name">{lab.name}</span>
                <span className="lw-recent__when">
                  {!lab.exists ? (
                    t('start.gone')
                  ) : lab.openedAt === undefined ? null : (
                    <Age at={lab.openedAt} />
                  )}
                </span>
                <span className="lw-recent__path" title={lab.path}>
                  {lab.path}
                </span>
              </button>
              <button
                type="button"
                className="lw-icon-button"
                aria-label={t('start.forget', { name: lab.name })}
                title={t('start.forget', { name: lab.name })}
                onClick={() =>
                  run(async () => {
                    await calls.labs.forget({ lab: lab.path });
                    await readRecentLabs();
                  })
                }
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
