import { Alert, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { adviceOf } from '../../../../wechat/error-codes.ts'
import type { Broadcast, Withdrawal } from '../../schema.ts'

const ALERT = { running: 'info', done: 'success', incomplete: 'warning' } as const

/** 下线 of each record: how far, until when, and what could not be taken offline. */
export function WithdrawState({ broadcast }: { broadcast: Broadcast }) {
  return broadcast.groups.flatMap(({ name, arms }) =>
    arms.flatMap(({ number, withdrawals }) =>
      withdrawals.map((one) => (
        <One
          key={`${number}-${one.article}`}
          withdrawal={one}
          group={broadcast.groupCount > 1 ? name : null}
        />
      )),
    ),
  )
}

function One({ withdrawal, group }: { withdrawal: Withdrawal; group: string | null }) {
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
      title={[group, what, t(`massFollowing.offline.state.${state}`, { done, total })]
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

function useWhat({ article }: Withdrawal): string {
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
