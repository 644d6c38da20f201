import { Alert, Table, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import type { BudgetAnswer, DayLimits } from '../../schema.ts'
import { DayMeters } from './DayMeters.tsx'
import { LeftBars } from './LeftBars.tsx'

type Props = { answer: BudgetAnswer }

/** What an audience at a time has left, and what it costs the others; `folded` where its sentences stand above already. */
export function Answer({ answer, limits, folded = false }: Props & { limits: DayLimits; folded?: boolean }) {
  const { t } = useTranslation()
  const { left, day } = answer
  return (
    <div className="w-stack">
      {!folded && (
        <>
          <Taken answer={answer} />
          <p style={{ margin: 0 }}>
            <LeftSaid answer={answer} />
          </p>
        </>
      )}
      {left !== null && (
        <LeftBars
          series={[
            { key: 'now', lefts: left.now },
            { key: 'planned', lefts: left.planned },
            { key: 'after', lefts: left.after },
          ]}
        />
      )}
      <div>
        <h3>{t('massBudget.day', { day: day.day })}</h3>
        <DayMeters load={day} limits={limits} />
      </div>
      {left !== null && <Others others={answer.others} />}
    </div>
  )
}

/** The account's one send of that day is another's. */
export function Taken({ answer: { taken } }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  if (taken === null) return null
  return (
    <Alert
      type="error"
      showIcon
      title={t('massBudget.taken', { name: taken.name, at: format.instant(taken.at) })}
    />
  )
}

/** How many of them have a place left, and how many will have none. */
export function LeftSaid({ answer: { people, reached, month, left } }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const emptied = (left?.after[0] ?? 0) - (left?.planned[0] ?? 0)
  const said =
    left === null
      ? 'massBudget.answerPlain'
      : reached === people
        ? 'massBudget.answerAll'
        : 'massBudget.answer'
  return (
    <>
      {t(said, { people: format.number(people), reached: format.number(reached), month })}
      {left !== null && (
        <span className="w-soft">
          {reached < people && ` · ${t('massBudget.none', { number: format.number(people - reached) })}`}
          {emptied > 0 && ` · ${t('massBudget.emptied', { number: format.number(emptied) })}`}
        </span>
      )}
    </>
  )
}

function Others({ others }: Pick<BudgetAnswer, 'others'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  if (others.length === 0) return <p className="w-soft">{t('massBudget.othersNone')}</p>
  return (
    <div>
      <h3>{t('massBudget.others')}</h3>
      <Table
        size="small"
        pagination={false}
        dataSource={others}
        rowKey={({ broadcastId, arm }) => `${broadcastId}-${arm}`}
        columns={[
          {
            title: t('massBudget.other.name'),
            render: (_, { broadcastId, name, groupName, at }) => (
              <>
                <Link to={`/accounts/${accountId}/broadcasts/${broadcastId}`}>
                  {name === groupName ? name : `${name} · ${groupName}`}
                </Link>
                <div className="w-soft w-small">{format.instant(at)}</div>
              </>
            ),
          },
          {
            title: t('massBudget.other.shared'),
            align: 'right',
            render: (_, { shared, people, isEstimate }) =>
              `${isEstimate ? '≈ ' : ''}${format.number(shared)} / ${format.number(people)}`,
          },
          {
            title: (
              <Tooltip title={t('massBudget.other.emptiedHint')}>{t('massBudget.other.emptied')}</Tooltip>
            ),
            align: 'right',
            render: (_, { emptied }) => (
              <span className={emptied > 0 ? 'w-day-moved' : 'w-soft'}>{format.number(emptied)}</span>
            ),
          },
        ]}
      />
    </div>
  )
}
