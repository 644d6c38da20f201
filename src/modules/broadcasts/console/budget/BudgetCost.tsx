import { Collapse } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import { Loaded } from '../../../../console/ui/states.tsx'
import type { BudgetAnswer } from '../../schema.ts'
import { Answer, LeftSaid, Taken } from './Answer.tsx'
import { useAsk } from './use-ask.ts'
import './budget.css'

/** In the editor: what the saved send costs the month and the other sends, a line for each group; asked anew with `stamp`. */
export function BudgetCost({ broadcastId, stamp }: { broadcastId: string; stamp: string | undefined }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const query = useAsk(stamp === undefined ? undefined : { broadcastId }, stamp)
  return (
    <section className="w-panel">
      <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
        {t('massBudget.cost')}
        <Link className="w-small" to={`/accounts/${accountId}/budget`}>
          {t('massBudget.toCalendar')}
        </Link>
      </h2>
      <Loaded query={query} rows={3}>
        {({ answers, limits }) => (
          <>
            {answers.map((answer) => (
              <Taken key={`${answer.place}-${answer.at}`} answer={answer} />
            ))}
            <Collapse
              ghost
              size="small"
              className="w-budget-costs"
              items={answers.map((answer) => ({
                key: `${answer.place}-${answer.at}`,
                label: <Line answer={answer} named={answers.length > 1} />,
                children: <Answer answer={answer} limits={limits} folded />,
              }))}
            />
          </>
        )}
      </Loaded>
    </section>
  )
}

/** The whole answer in a line: who has a place left, and what comes of the others. */
function Line({ answer, named }: { answer: BudgetAnswer; named: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const hurt = answer.others.filter(({ emptied }) => emptied > 0).length
  return (
    <>
      {named && (
        <b>
          {answer.name} <span className="w-soft">{format.instant(answer.at)}</span>{' '}
        </b>
      )}
      <LeftSaid answer={answer} />
      {hurt > 0 && <span className="w-day-moved"> · {t('massBudget.hurt', { count: hurt })}</span>}
      {answer.day.moved > 0 && (
        <span className="w-day-moved">
          {' · '}
          {t('massBudget.moved', { number: format.number(answer.day.moved) })}
        </span>
      )}
    </>
  )
}
