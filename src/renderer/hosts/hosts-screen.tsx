import { EmptyState } from '../components/empty-state.tsx';
import { Button } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo } from '../core/route.ts';
import { useText } from '../text/use-text.ts';
import { HostCard } from './host-card.tsx';

export function HostsScreen() {
  const { t } = useText();
  const { state } = useLab();
  const planned = state.plan.plan?.hosts ?? {};
  const sites = state.plan.plan?.sites ?? {};
  const names = [
    ...new Set([...Object.keys(planned), ...Object.keys(sites), ...Object.keys(state.hosts)]),
  ];
  return (
    <>
      <h1>{t('nav.hosts')}</h1>
      {names.length === 0 ? (
        <EmptyState
          icon="hosts"
          title={t('hosts.empty')}
          action={<Button onClick={() => goTo({ screen: 'plan' })}>{t('guide.emptyPlan')}</Button>}
        >
          {t('hosts.emptyText')}
        </EmptyState>
      ) : (
        <div className="lw-hosts">
          {names.map((name) => (
            <HostCard
              key={name}
              name={name}
              planned={planned[name]}
              site={sites[name]}
              host={state.hosts[name]}
            />
          ))}
        </div>
      )}
    </>
  );
}
