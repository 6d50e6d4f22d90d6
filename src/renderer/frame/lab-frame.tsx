import { useEffect, useMemo, useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { useFocusOnArrival } from '../core/focus-screen.ts';
import type { OpenLab } from '../core/lab-context.ts';
import { LabContext } from '../core/lab-context.ts';
import { LabWatch } from '../core/lab-watch.ts';
import { goTo, useRoute } from '../core/route.ts';
import { useStore } from '../core/store.ts';
import { GuideScreen } from '../guide/guide-screen.tsx';
import { RunEndAnnouncer } from '../guide/run-end-announcer.tsx';
import { HostsScreen } from '../hosts/hosts-screen.tsx';
import { JournalScreen } from '../journal/journal-screen.tsx';
import { MapScreen } from '../map/map-screen.tsx';
import { hasMachines } from '../nodes/machine-rows.ts';
import { NodesScreen } from '../nodes/nodes-screen.tsx';
import { PlanScreen } from '../plan/plan-screen.tsx';
import { SettingsScreen } from '../settings/settings-screen.tsx';
import { Dock } from '../terminal/dock.tsx';
import { useText } from '../text/use-text.ts';
import { isInTrouble } from './host-summary.tsx';
import { Nav } from './nav.tsx';
import { readRecentLabs } from './recent-labs.ts';
import { SidePanelPlace } from './side-panel.tsx';
import { TopBar } from './top-bar.tsx';

const SCREEN_OF = {
  guide: GuideScreen,
  map: MapScreen,
  nodes: NodesScreen,
  hosts: HostsScreen,
  journal: JournalScreen,
  plan: PlanScreen,
  settings: SettingsScreen,
} as const;

/** An open lab: navigation, bar, screen, side panel and terminals around its pushed state. */
export function LabFrame({ path }: { path: string }) {
  const [watch, setWatch] = useState<LabWatch | undefined>(undefined);
  useEffect(() => {
    const following = new LabWatch(path);
    setWatch(following);
    readRecentLabs().catch(() => {});
    return () => following.close();
  }, [path]);
  return watch === undefined ? <LabSkeleton /> : <WatchedFrame watch={watch} />;
}

function WatchedFrame({ watch }: { watch: LabWatch }) {
  const { t, say } = useText();
  const { screen } = useRoute();
  const { path, state, stale, error } = useStore(watch.store);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const lab = useMemo<OpenLab | undefined>(
    () =>
      state === undefined
        ? undefined
        : { path, state, stale, writable: !stale && state.access === 'owner' },
    [path, state, stale],
  );
  useFocusOnArrival(lab !== undefined);
  const problem =
    error === undefined ? null : (
      <ErrorNote error={error}>
        <p className="lw-row">
          <Button small onClick={() => watch.retry()}>
            {t('common.tryAgain')}
          </Button>
          <Button small onClick={() => goTo({ lab: undefined, item: undefined })}>
            {t('top.otherLab')}
          </Button>
        </p>
      </ErrorNote>
    );
  if (lab === undefined) {
    return problem === null ? <LabSkeleton /> : <main className="lw-alone">{problem}</main>;
  }
  const Current = SCREEN_OF[screen];
  const hosts = Object.values(lab.state.hosts);
  return (
    <LabContext value={lab}>
      <SidePanelPlace value={place}>
        <div className="lw-app">
          <Nav
            hidden={hasMachines(lab.state) || screen === 'nodes' ? [] : ['nodes']}
            attention={{
              hosts: hosts.filter(isInTrouble).length,
              plan: lab.state.plan.problems.length,
            }}
          />
          <TopBar />
          <div className="lw-middle">
            <main className="lw-screen" id="screen" tabIndex={-1} aria-label={t(`nav.${screen}`)}>
              {problem}
              {lab.state.notices.map((notice) => (
                <Notice key={JSON.stringify(notice)} tone="information">
                  <p>{say(notice)}</p>
                </Notice>
              ))}
              <Current />
            </main>
            <aside className="lw-side" ref={setPlace} aria-label={t('nav.side')} />
          </div>
          <Dock />
        </div>
        <RunEndAnnouncer />
      </SidePanelPlace>
    </LabContext>
  );
}

/** The frame without its contents, so that nothing jumps when they arrive. */
function LabSkeleton() {
  const { t } = useText();
  return (
    <div className="lw-app" aria-busy="true">
      <Nav attention={{}} hidden={['nodes']} />
      <header className="lw-top" />
      <div className="lw-middle">
        <main className="lw-screen">
          <p role="status" className="lw-muted">
            {t('lab.opening')}
          </p>
        </main>
      </div>
    </div>
  );
}
