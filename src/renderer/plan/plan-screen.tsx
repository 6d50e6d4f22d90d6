import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { PlanForm } from './plan-form.tsx';
import { PlanImpactView } from './plan-impact-view.tsx';
import { PlanProblems } from './plan-problems.tsx';
import { PlanSchema } from './plan-schema.ts';
import { usePlanDraft } from './use-plan-draft.ts';
import { YamlEditor } from './yaml-editor.tsx';

export function PlanScreen() {
  const { t } = useText();
  const { path, writable } = useLab();
  const draft = usePlanDraft();
  const save = useCall();
  const schema = useAnswer('schema', '', async (signal) =>
    PlanSchema.parse(JSON.parse((await calls.plan.schema(undefined, { signal })).json)),
  );
  const { text, dirty, problems, impact } = draft;
  const saveNow = async () => {
    await save.run(async () => {
      const saved = await calls.plan.save({ lab: path, text, expected: draft.base });
      draft.saved(saved.sha256);
    });
  };
  return (
    <div className="lw-plan">
      <div className="lw-guide__head">
        <h1>{t('nav.plan')}</h1>
        <code className="lw-plan__path" title={path}>
          {path}
        </code>
        {dirty ? <span className="lw-tag is-caution">{t('plan.unsaved')}</span> : null}
        <span className="lw-top__space" />
        <Button disabled={!dirty || save.busy} onClick={draft.revert}>
          {t('plan.revert')}
        </Button>
        <Button
          appearance="positive"
          disabled={!writable || !dirty || save.busy || problems.length > 0 || !draft.settled}
          onClick={saveNow}
        >
          {save.busy ? t('plan.saving') : t('plan.save')}
        </Button>
      </div>
      {draft.outside ? (
        <Notice
          tone="caution"
          title={t('plan.changedOutside')}
          actions={
            <>
              <Button
                small
                onClick={() =>
                  save.run(async () => {
                    await calls.plan.reload({ lab: path });
                    draft.takeOutside();
                  })
                }
              >
                {t('plan.reload')}
              </Button>
              <Button small onClick={draft.keepMine}>
                {t('plan.keepMine')}
              </Button>
            </>
          }
        >
          <p>{t('plan.changedOutsideDirty')}</p>
        </Notice>
      ) : null}
      <ErrorNote error={save.error} />
      <div className="lw-plan__columns">
        <section aria-label={t('plan.editor')}>
          <YamlEditor
            label="lab.yaml"
            text={text}
            problems={problems}
            readOnly={!writable}
            schema={schema.value}
            onChange={draft.change}
            ref={draft.editor}
          />
        </section>
        <div className="lw-plan__beside">
          <PlanProblems problems={problems} onGo={draft.goTo} />
          {dirty ? <PlanImpactView impact={impact.value} error={impact.error} /> : null}
          <PlanForm text={text} readOnly={!writable} onText={draft.change} />
        </div>
      </div>
    </div>
  );
}
