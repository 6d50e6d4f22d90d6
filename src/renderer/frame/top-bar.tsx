import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { Menu } from '../components/menu.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo } from '../core/route.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { HostSummary } from './host-summary.tsx';
import { Jobs } from './jobs.tsx';
import { recentLabs } from './recent-labs.ts';

export function TopBar() {
  const { t, say } = useText();
  const { path, state, stale } = useLab();
  const check = useCall();
  const recent = useStore(recentLabs).filter((lab) => lab.path !== path && lab.exists);
  const checking = !stale && (state.checking.length > 0 || check.busy);
  const name = state.plan.plan?.name ?? path.split(/[\\/]/).at(-2) ?? path;
  return (
    <header className="lw-top">
      <Menu
        className="lw-top__lab"
        label={<span className="lw-top__name">{name}</span>}
        items={[
          ...recent.slice(0, 6).map((lab) => ({
            id: lab.path,
            label: lab.name,
            onChoose: () => goTo({ lab: lab.path, screen: 'guide', item: undefined }),
          })),
          {
            id: 'start',
            label: t('top.otherLab'),
            onChoose: () => goTo({ lab: undefined, screen: 'guide', item: undefined }),
          },
        ]}
      />
      {state.practice ? <span className="lw-tag">{t('top.practice')}</span> : null}
      {state.access === 'read-only' ? (
        <span className="lw-tag is-caution">{t('top.readOnly')}</span>
      ) : null}
      {stale ? <span className="lw-tag is-caution">{t('top.stale')}</span> : null}
      <HostSummary />
      <span className="lw-top__space" />
      {check.error === undefined ? null : (
        <span className="lw-top__error" role="alert">
          {say(check.error.reason)}
        </span>
      )}
      <Button
        small
        hasIcon
        disabled={stale || checking}
        onClick={() => check.run(() => calls.guide.check({ lab: path, fresh: true }))}
      >
        <Icon name={checking ? 'running' : 'check'} />
        <span>{checking ? t('top.checking') : t('top.checkAll')}</span>
      </Button>
      <Jobs />
    </header>
  );
}
