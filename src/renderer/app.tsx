import { Announcer } from './components/announcer.tsx';
import { core } from './core/core-connection.ts';
import { useRoute } from './core/route.ts';
import { useStore } from './core/store.ts';
import { ConnectionBanner } from './frame/connection-banner.tsx';
import { KeyboardList } from './frame/keyboard-list.tsx';
import { LabFrame } from './frame/lab-frame.tsx';
import { Waiting } from './frame/waiting.tsx';
import { StartScreen } from './start/start-screen.tsx';

export function App() {
  const { lab } = useRoute();
  const { generation } = useStore(core.state);
  return (
    <>
      <ConnectionBanner />
      {generation === 0 ? (
        <Waiting />
      ) : lab === undefined ? (
        <StartScreen />
      ) : (
        <LabFrame path={lab} key={lab} />
      )}
      <KeyboardList />
      <Announcer />
    </>
  );
}
