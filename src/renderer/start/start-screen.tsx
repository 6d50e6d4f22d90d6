import { useState } from 'react';
import { Tabs } from '../components/tabs.tsx';
import { useFocusOnArrival } from '../core/focus-screen.ts';
import { Mark } from '../frame/nav.tsx';
import { LookSettings } from '../settings/look-settings.tsx';
import { useText } from '../text/use-text.ts';
import { FromWhatExists } from './from-what-exists.tsx';
import { NewLabForm } from './new-lab-form.tsx';
import { OpenFile } from './open-file.tsx';
import { PracticeRooms } from './practice-rooms.tsx';
import { RecentLabs } from './recent-labs.tsx';

type Way = 'new' | 'existing';

export function StartScreen() {
  const { t } = useText();
  const [way, setWay] = useState<Way>('new');
  useFocusOnArrival();
  return (
    <div className="lw-start">
      <header>
        <Mark />
        <div>
          <h1>Labwright</h1>
          <p>{t('start.what')}</p>
        </div>
        <LookSettings compact />
      </header>
      <main>
        <div className="lw-start__open">
          <section aria-labelledby="start-practice" className="lw-card is-practice">
            <h2 id="start-practice">{t('start.practice')}</h2>
            <p>{t('start.practiceWhat')}</p>
            <PracticeRooms />
          </section>
          <RecentLabs />
          <OpenFile />
        </div>
        <section className="lw-card lw-start__make" aria-label={t('start.make')}>
          <Tabs
            label={t('start.make')}
            tabs={[
              { id: 'new', label: t('start.newLab') },
              { id: 'existing', label: t('start.fromExisting') },
            ]}
            chosen={way}
            onChoose={setWay}
          >
            {way === 'new' ? <NewLabForm /> : <FromWhatExists />}
          </Tabs>
        </section>
      </main>
    </div>
  );
}
