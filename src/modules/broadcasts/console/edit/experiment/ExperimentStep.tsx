import { Alert, Switch } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../../console/clock.ts'
import { testProblem } from '../../../rules/tests.ts'
import { ArticlesComposer } from '../ArticlesComposer.tsx'
import { ContentPhone } from '../ContentPhone.tsx'
import { audienceOf, type Draft, shownOf, withArticles } from '../draft.ts'
import { Policies } from './Policies.tsx'
import { SampleSize } from './SampleSize.tsx'
import { emptyTest, type TestForm, testOf } from './test-form.ts'
import { VariantsTable } from './VariantsTable.tsx'
import { VariantTabs } from './VariantTabs.tsx'

type Props = { draft: Draft; onChange: (part: Partial<Draft>) => void }

/** A/B 测试 of a group, or the one content of an untested one. */
export function ExperimentStep({ draft, onChange, children }: Props & { children: ReactNode }) {
  return (
    <div className="w-stack">
      <ExperimentSwitch draft={draft} onChange={onChange} />
      {draft.test === null ? (
        children
      ) : (
        <VariantsEditor draft={draft} test={draft.test} onChange={onChange} />
      )}
    </div>
  )
}

function ExperimentSwitch({ draft, onChange }: Props) {
  const { t } = useTranslation()
  const now = useBusinessNow()
  const why = problemOf(draft, now)
  const toggle = (on: boolean) =>
    onChange(
      on
        ? { test: emptyTest(draft.articles, new Date(now)) }
        : { test: null, articles: draft.test?.variants[0]?.articles ?? [], contentKind: 'articles' },
    )
  return (
    <section className="w-panel">
      <div className="w-row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
        <Switch
          style={{ marginTop: 2 }}
          checked={draft.test !== null}
          disabled={draft.test === null && why !== null}
          aria-label={t('massTests.test')}
          onChange={toggle}
        />
        <span>
          <b>{t('massTests.test')}</b>
          <div className="w-faint w-small">
            {draft.test === null && why !== null ? t(`errors.${why}`) : t('massTests.testHint')}
          </div>
        </span>
      </div>
      {draft.test !== null && why !== null && (
        <Alert type="error" showIcon style={{ marginTop: 12 }} title={t(`errors.${why}`)} />
      )}
    </section>
  )
}

/** Why this group can't be tested, as the server would say it. */
function problemOf({ path, holdout, ...draft }: Draft, now: number) {
  const audience = audienceOf({ path, holdout, ...draft }) ?? { kind: 'list' as const, listId: '0' }
  const test = testOf(draft.test ?? emptyTest([], new Date(now)))
  return test === undefined ? null : testProblem({ audience, path, holdout, test })
}

function VariantsEditor({ draft, test, onChange }: Props & { test: TestForm }) {
  const { t } = useTranslation()
  const [variant, setVariant] = useState(0)
  const shown = Math.min(variant, test.variants.length - 1)
  const change = (part: Partial<TestForm>) => onChange({ test: { ...test, ...part } })
  return (
    <>
      <section className="w-panel">
        <h2>{t('massTests.variants')}</h2>
        <VariantsTable test={test} onChange={change} />
        <SampleSize />
      </section>
      <section className="w-panel">
        <h2>{t('massTests.rest')}</h2>
        <Policies test={test} onChange={change} />
      </section>
      <div className="w-compose">
        <section className="w-panel">
          <h2>{t('massTests.articles')}</h2>
          <VariantTabs test={test} chosen={shown} onChoose={setVariant} />
          <ArticlesComposer
            key={test.variants[shown]?.key}
            articles={test.variants[shown]?.articles ?? []}
            onChange={(articles) => onChange({ test: withArticles(draft, shown, articles).test })}
          />
          <div className="w-row" style={{ marginTop: 18, alignItems: 'flex-start', flexWrap: 'nowrap' }}>
            <Switch
              size="small"
              style={{ marginTop: 3 }}
              checked={draft.ignoreReprint}
              aria-label={t('broadcasts.ignoreReprint')}
              onChange={(ignoreReprint) => onChange({ ignoreReprint })}
            />
            <span>
              {t('broadcasts.ignoreReprint')}
              <div className="w-faint w-small">{t('broadcasts.ignoreReprintHint')}</div>
            </span>
          </div>
        </section>
        <aside className="w-compose-phone">
          <ContentPhone draft={shownOf(draft, shown)} />
        </aside>
      </div>
    </>
  )
}
