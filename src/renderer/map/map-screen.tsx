import { useText } from '../text/use-text.ts';

export function MapScreen() {
  const { t } = useText();
  return <h1>{t('nav.map')}</h1>;
}
