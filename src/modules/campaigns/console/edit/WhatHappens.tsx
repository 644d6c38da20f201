import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { calendarOf, nextRuns, scheduleProblem } from '../../rules/schedule.ts'
import type { CampaignKind, Plan } from '../../schema.ts'
import { useTriggerText } from '../use-trigger-text.ts'

const MINUTE = 60_000

/** The trigger as one sentence, and the next five times it runs. */
export function WhatHappens({ plan, kind }: { plan: Plan; kind: CampaignKind }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useTriggerText(plan, kind)
  const runs = useNextRuns(plan)
  return (
    <div className="w-happens" data-testid="what-happens">
      <b>{t('campaigns.trigger.whatHappens')}</b>
      <div>{sentence}</div>
      {runs !== undefined && (
        <div style={{ marginTop: 8 }}>
          <span className="w-soft w-small">
            {t(runs.length === 0 ? 'campaigns.trigger.noRuns' : 'campaigns.trigger.nextRuns')}
          </span>
          <ul className="w-next-runs">
            {runs.map((at) => (
              <li key={at.getTime()}>{format.instant(at)}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** Undefined where there is no schedule, or none that can be read. */
export function useNextRuns({ trigger }: Pick<Plan, 'trigger'>): Date[] | undefined {
  const minute = Math.floor(useBusinessNow() / MINUTE)
  return useMemo(() => {
    if (trigger.kind !== 'repeat' || scheduleProblem(trigger.schedule) !== null) return undefined
    return nextRuns(calendarOf(trigger), new Date(minute * MINUTE), 5)
  }, [trigger, minute])
}
