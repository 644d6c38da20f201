import { Alert, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { adviceOf } from '../../../../wechat/error-codes.ts'
import type { Broadcast, Withdrawal } from '../../schema.ts'
import { armName } from '../words.tsx'

const ALERT = { running: 'info', done: 'success', incomplete: 'warning' } as const

/** 下线: of the whole message or an article, over all records; how far, until when, and what could not be taken offline. */
export function WithdrawState({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const arms = broadcast.groups.flatMap((group) => group.arms.map((arm) => ({ group, arm })))
  const rows = arms.flatMap(({ group, arm }) =>
    arm.withdrawals.map((withdrawal) => ({ withdrawal, name: armName(t, group, arm) })),
  )
  const articles = [...new Set(rows.map(({ withdrawal }) => withdrawal.article))]
  return articles.map((article) => {
    const own = rows.filter(({ withdrawal }) => withdrawal.article === article)
    return (
      <One
        key={article}
        withdrawal={inSum(own.map(({ withdrawal }) => withdrawal))}
        records={own.length < arms.length ? own.map(({ name }) => name).join(' / ') : null}
      />
    )
  })
}

type InSum = Pick<Withdrawal, 'article' | 'state' | 'total' | 'done' | 'nextAt' | 'endedAt' | 'failures'>

/** The same of several records: running while one is, due when the first is. */
function inSum(rows: readonly Withdrawal[]): InSum {
  const has = (wanted: Withdrawal['state']) => rows.some(({ state }) => state === wanted)
  const sum = (of: (row: Withdrawal) => number) => rows.reduce((all, row) => all + of(row), 0)
  const failures = new Map<number | null, number>()
  for (const { errcode, count } of rows.flatMap((row) => row.failures))
    failures.set(errcode, (failures.get(errcode) ?? 0) + count)
  return {
    article: rows[0]?.article ?? null,
    state: has('running') ? 'running' : has('incomplete') ? 'incomplete' : 'done',
    total: sum(({ total }) => total),
    done: sum(({ done }) => done),
    nextAt: rows.flatMap(({ nextAt }) => nextAt ?? []).sort()[0] ?? null,
    endedAt:
      rows
        .flatMap(({ endedAt }) => endedAt ?? [])
        .sort()
        .at(-1) ?? null,
    failures: [...failures].map(([errcode, count]) => ({ errcode, count })),
  }
}

function One({ withdrawal, records }: { withdrawal: InSum; records: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const { state, total, done, nextAt, endedAt, failures } = withdrawal
  const what = useWhat(withdrawal)
  const reasons = failures.map(({ errcode, count }) =>
    t('massFollowing.offline.failed', {
      count,
      number: format.number(count),
      reason:
        errcode === null
          ? t('massFollowing.offline.noReason')
          : `${sentence(adviceOf(errcode))} (${errcode})`,
    }),
  )
  const lines = [
    state === 'running' && nextAt !== null && t('massFollowing.offline.next', { at: format.instant(nextAt) }),
    state !== 'running' && endedAt !== null && t('massFollowing.offline.at', { at: format.instant(endedAt) }),
    ...reasons,
  ].filter((line) => line !== false)
  return (
    <Alert
      type={ALERT[state]}
      showIcon
      title={[records, what, t(`massFollowing.offline.state.${state}`, { done, total })]
        .filter(Boolean)
        .join(' · ')}
      description={
        <>
          {state !== 'done' && (
            <Progress
              percent={Math.floor((done / total) * 100)}
              size="small"
              status={state === 'running' ? 'active' : 'exception'}
              style={{ maxWidth: 360 }}
            />
          )}
          {lines.map((line) => (
            <div key={line}>{line}</div>
          ))}
        </>
      }
    />
  )
}

function useWhat({ article }: InSum): string {
  const { t } = useTranslation()
  return article === null
    ? t('massFollowing.offline.whole')
    : t('massFollowing.offline.article', { place: article })
}

/** In a list: that a record was taken offline, or is being, and when. */
export function WithdrawMark({ withdrawals }: { withdrawals: readonly Withdrawal[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first] = withdrawals
  if (first === undefined) return null
  const { article, state, done, total, endedAt } = first
  return (
    <div className="w-faint w-small">
      {article !== null && `${t('massFollowing.offline.article', { place: article })} · `}
      {t(`massFollowing.offline.state.${state}`, { done, total })}
      {state === 'done' && endedAt !== null && ` ${format.instant(endedAt)}`}
    </div>
  )
}
