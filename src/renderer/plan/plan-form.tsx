import { useMemo } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import type { PlanPath } from './plan-values.ts';
import { hostNames, valueReader } from './plan-values.ts';
import { ValueField } from './value-field.tsx';

interface PlanFormProps {
  readonly text: string;
  readonly readOnly: boolean;
  readonly onText: (text: string) => void;
}

/** The main values beside the text. Each edit goes through the core, which keeps the comments. */
export function PlanForm({ text, readOnly, onText }: PlanFormProps) {
  const { t } = useText();
  const { run, error } = useCall();
  const read = useMemo(() => valueReader(text), [text]);
  const hosts = useMemo(() => hostNames(text), [text]);
  const edit = (path: PlanPath, value: string | number | null) =>
    void run(async () => {
      const changes = [{ path: [...path], value }];
      onText((await calls.plan.edit({ text, changes })).text);
    });
  const field = { read, edit, readOnly };
  return (
    <section className="lw-card lw-plan__form" aria-labelledby="plan-form">
      <h2 id="plan-form">{t('plan.form')}</h2>
      <ErrorNote error={error} />
      <ValueField {...field} path={['name']} label={t('form.name')} />
      {hosts.map((host) => (
        <fieldset key={host}>
          <legend>
            {t('plan.host')} <code>{host}</code>
          </legend>
          <div className="lw-grid">
            <ValueField
              {...field}
              className="is-6"
              path={['hosts', host, 'address']}
              label={t('form.address')}
            />
            <ValueField
              {...field}
              className="is-2"
              path={['hosts', host, 'port']}
              label={t('form.port')}
              fallback="22"
              number
            />
            <ValueField
              {...field}
              className="is-4"
              path={['hosts', host, 'user']}
              label={t('form.user')}
            />
          </div>
        </fieldset>
      ))}
      <fieldset>
        <legend>{t('plan.mirror')}</legend>
        <div className="lw-grid">
          <ValueField
            {...field}
            className="is-6"
            path={['mirror', 'line']}
            label={t('form.line')}
            choices={(['v3', 'v2'] as const).map((value) => ({
              value,
              label: t(`form.line.${value}`),
            }))}
          />
          <ValueField
            {...field}
            className="is-3"
            path={['mirror', 'refresh']}
            label={t('plan.refresh')}
            fallback="nightly"
            choices={(['nightly', 'off'] as const).map((value) => ({
              value,
              label: t(`plan.refresh.${value}`),
            }))}
          />
          <ValueField
            {...field}
            className="is-3"
            path={['mirror', 'max']}
            label={t('plan.max')}
            fallback="1"
            number
          />
          <ValueField
            {...field}
            className="is-12 lw-mono"
            path={['mirror', 'source']}
            label={t('form.source')}
          />
          <ValueField
            {...field}
            className="is-12 lw-mono"
            path={['mirror', 'directory']}
            label={t('plan.directory')}
          />
          {(['arch', 'subarch', 'release'] as const).map((filter) => (
            <ValueField
              key={filter}
              {...field}
              className="is-4 lw-mono"
              path={['mirror', 'filters', filter]}
              label={t(`plan.filter.${filter}`)}
              optional
            />
          ))}
        </div>
        <p className="lw-help">{t('plan.filterHelp')}</p>
      </fieldset>
    </section>
  );
}
