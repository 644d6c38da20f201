import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { LoadingState } from '../../../../console/ui/states.tsx'
import { estimateRecallEndpoint, isInRange, type RecallEstimate } from '../../schema.ts'
import type { Draft } from './draft.ts'

const PAUSE_MS = 400

/** Whom the rule would reach as it stands in the form; undefined until it can be said. */
export function useRecallEstimate(draft: Draft, ruleId: string | null): RecallEstimate | undefined {
  const accountId = useAccountId()
  const { minutes, reading, include, exclude } = draft
  const asked = JSON.stringify({ minutes, reading, include, exclude, ruleId })
  const [settled, setSettled] = useState(asked)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [asked])
  const { data } = useQuery({
    queryKey: ['recall-estimate', accountId, settled],
    queryFn: ({ signal }) =>
      call(estimateRecallEndpoint, { params: { accountId }, body: JSON.parse(settled) as never }, signal),
    enabled: minutes !== null && isInRange({ minutes, reading }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  return data
}

const sum = ({ message, menu, follow, scan }: RecallEstimate['active']) => message + menu + follow + scan

export function EstimateStrip({ estimate }: { estimate: RecallEstimate | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (estimate === undefined) return <LoadingState rows={2} />
  const { followers, inTags, active, reachable } = estimate
  const missed = (kind: keyof typeof active) => format.number(active[kind] - reachable[kind])
  const unreachable = sum(active) - sum(reachable)
  return (
    <div data-testid="recall-estimate">
      <StatRow>
        <NumberStat label={t('recalls.estimate.followers')} value={format.number(followers)} />
        <NumberStat label={t('recalls.estimate.inTags')} value={format.number(inTags)} />
        <NumberStat label={t('recalls.estimate.active')} value={format.number(sum(active))} />
        <NumberStat
          label={t('recalls.estimate.reachable')}
          value={format.number(sum(reachable))}
          tone="good"
        />
        <NumberStat label={t('recalls.estimate.unreachable')} value={format.number(unreachable)} />
      </StatRow>
      <p className="w-soft w-small">
        {t('recalls.estimate.why', {
          menu: missed('menu'),
          follow: missed('follow'),
          scan: missed('scan'),
        })}
      </p>
    </div>
  )
}
