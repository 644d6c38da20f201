import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import { Loaded } from '../../../../console/ui/states.tsx'
import { Answer } from './Answer.tsx'
import { useAsk } from './use-ask.ts'
import './budget.css'

/** In the editor: what the saved send costs the month and the other sends, group by group; asked anew with `stamp`. */
export function BudgetCost({ broadcastId, stamp }: { broadcastId: string; stamp: string | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
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
          <div className="w-stack">
            {answers.map((answer) => (
              <div key={`${answer.place}-${answer.at}`}>
                {answers.length > 1 && (
                  <h3>
                    {answer.name} <span className="w-soft">{format.instant(answer.at)}</span>
                  </h3>
                )}
                <Answer answer={answer} limits={limits} />
              </div>
            ))}
          </div>
        )}
      </Loaded>
    </section>
  )
}
