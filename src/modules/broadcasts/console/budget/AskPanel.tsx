import { SearchOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../../../console/session.ts'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import { pathsFor } from '../../rules.ts'
import { AudiencePanel } from '../edit/AudienceStep.tsx'
import { audienceOf, emptyDraft } from '../edit/draft.ts'
import { Answer } from './Answer.tsx'
import { useAsk } from './use-ask.ts'

type Question = NonNullable<Parameters<typeof useAsk>[0]>

/** Any audience at any time: what its month has left. */
export function AskPanel() {
  const { t } = useTranslation()
  const account = useAccount()
  const [draft, setDraft] = useState(() =>
    emptyDraft((account && pathsFor(account, { kind: 'all' })[0]) ?? 'list'),
  )
  const [at, setAt] = useState<string | null>(null)
  const [asked, setAsked] = useState<{ body: Question; stamp: string }>()
  const query = useAsk(asked?.body, asked?.stamp)
  const audience = audienceOf(draft)
  return (
    <div className="w-budget-ask">
      <div className="w-stack">
        <AudiencePanel draft={draft} onChange={(part) => setDraft({ ...draft, ...part })} />
        <div className="w-row">
          <BeijingTime
            clearable
            value={at}
            label={t('massBudget.askAt')}
            placeholder={t('massBudget.askNow')}
            onChange={setAt}
          />
          <Tooltip title={audience === undefined ? t('massBudget.askChoose') : undefined}>
            <Button
              type="primary"
              icon={<SearchOutlined />}
              disabled={audience === undefined}
              loading={query.isFetching}
              onClick={() =>
                audience && setAsked({ body: { audience, at, path: draft.path }, stamp: String(Date.now()) })
              }
            >
              {t('massBudget.askButton')}
            </Button>
          </Tooltip>
        </div>
      </div>
      <section className="w-panel">
        <h2>{t('massBudget.ask')}</h2>
        {asked === undefined ? (
          <p className="w-soft">{t('massBudget.askHint')}</p>
        ) : (
          <Loaded query={query} rows={5}>
            {({ answers, limits }) =>
              answers.map((answer) => <Answer key={answer.month} answer={answer} limits={limits} />)
            }
          </Loaded>
        )}
      </section>
    </div>
  )
}
