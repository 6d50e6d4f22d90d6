import type { Site } from '../../contract/plan.ts';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';
import { driverInUse } from './driver-in-use.ts';

interface SiteFactsProps {
  readonly name: string;
  readonly site: Site;
}

/** How a site is reached, what it is licensed for, which driver is in use and why, what is behind it. */
export function SiteFacts({ name, site }: SiteFactsProps) {
  const { t, say } = useText();
  const { state } = useLab();
  const inventory = state.inventories[name]?.inventory;
  const licence = inventory?.licence;
  const { driver, why } = driverInUse(name, state.findings, licence);
  const vcenter = inventory?.site?.kind === 'vcenter' ? inventory.site : undefined;
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
          <dd>
            <span>{say(driver)}</span>
            {why === undefined ? null : <p className="lw-help">{say(why)}</p>}
          </dd>
        </div>
        {licence === undefined ? null : (
          <div>
            <dt>{t('hosts.licence')}</dt>
            <dd>{licence.name}</dd>
          </div>
        )}
        {vcenter === undefined ? null : (
          <>
            <div>
              <dt>{t('hosts.hosts')}</dt>
              <dd>{vcenter.hosts.map((host) => `${host.name} (${host.version})`).join(', ')}</dd>
            </div>
            {vcenter.place === undefined ? null : (
              <div>
                <dt>{t('hosts.place')}</dt>
                <dd>{vcenter.place}</dd>
              </div>
            )}
          </>
        )}
      </dl>
    </>
  );
}
