import type { Risk } from '../../contract/action.ts';
import { CheckboxInput } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { useText } from '../text/use-text.ts';

interface RiskConsentProps {
  readonly risks: readonly Risk[];
  readonly agreed: boolean;
  readonly onAgree: (agreed: boolean) => void;
}

/** Says what is risky about it and asks; Apply stays shut until the answer. */
export function RiskConsent({ risks, agreed, onAgree }: RiskConsentProps) {
  const { t } = useText();
  if (risks.length === 0) return null;
  return (
    <Notice tone="caution" title={t('risk.title')}>
      <ul className="lw-notes">
        {risks.map((risk) => (
          <li key={risk}>{t(`risk.${risk}`)}</li>
        ))}
      </ul>
      <CheckboxInput
        label={t('risk.agree')}
        checked={agreed}
        onChange={(event) => onAgree(event.currentTarget.checked)}
      />
    </Notice>
  );
}
