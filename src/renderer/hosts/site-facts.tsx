import type { Site } from '../../contract/plan.ts';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';

interface SiteFactsProps {
  readonly name: string;
  readonly site: Site;
}

/** How a site is reached, what it is licensed for, and which driver is in use and why. */
export function SiteFacts({ name, site }: SiteFactsProps) {
  const { t } = useText();
  const { state } = useLab();
  const licence = state.inventories[name]?.inventory.licence;
  return (
    <>
      <p className="lw-host__way">
        <code>
          https://{site.address}
          {site.port === 443 ? '' : `:${site.port}`}/sdk
        </code>
        <span className="lw-muted">{t('hosts.by', { way: `${site.user}, ${site.password}` })}</span>
      </p>
      <dl className="lw-facts">
        <div>
          <dt>{t('hosts.driver')}</dt>
          <dd>{t(licence?.writes === false ? 'hosts.driverReads' : 'hosts.driverApi')}</dd>
        </div>
        {licence === undefined ? null : (
          <div>
            <dt>{t('hosts.licence')}</dt>
            <dd>{licence.name}</dd>
          </div>
        )}
      </dl>
    </>
  );
}
