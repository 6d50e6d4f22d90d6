import { useText } from '../text/use-text.ts';

const LINES = ['cable', 'planned', 'broken'] as const;

export function MapLegend() {
  const { t } = useText();
  return (
    <ul className="lw-map__legend" aria-label={t('map.legend')}>
      {LINES.map((line) => (
        <li key={line}>
          <svg width="30" height="8" viewBox="0 0 30 8" aria-hidden="true" className={`is-${line}`}>
            <path d="M0 4h30" />
          </svg>
          <span>{t(`map.legend.${line}`)}</span>
        </li>
      ))}
      <li>
        <span className="lw-map__swatch" aria-hidden="true" />
        <span>{t('map.legend.provisioning')}</span>
      </li>
    </ul>
  );
}
