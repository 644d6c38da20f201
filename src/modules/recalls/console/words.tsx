import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { MaterialUse } from '../../contents/schema.ts'
import { useReasons } from '../../deliveries/console/index.ts'
import type { RecallRule } from '../schema.ts'

/** So many minutes as people say them. */
export function useLength(): (minutes: number) => string {
  const { t } = useTranslation()
  return (all) => {
    const hours = Math.floor(all / 60)
    const minutes = all % 60
    if (hours === 0) return t('recalls.length.minutes', { count: minutes })
    if (minutes === 0) return t('recalls.length.hours', { count: hours })
    return t('recalls.length.both', { hours, minutes })
  }
}

export function useTimeText(): (rule: Pick<RecallRule, 'minutes' | 'reading'>) => string {
  const { t } = useTranslation()
  const length = useLength()
  return ({ minutes, reading }) =>
    t(reading === 'before-end' ? 'recalls.before' : 'recalls.after', { length: length(minutes) })
}

export function useScopeText(): (rule: Pick<RecallRule, 'include' | 'exclude'>) => string {
  const { t } = useTranslation()
  return ({ include, exclude }) =>
    [
      include.length === 0 ? t('recalls.everybody') : t('recalls.anyTags', { count: include.length }),
      ...(exclude.length === 0 ? [] : [t('recalls.withoutTags', { count: exclude.length })]),
    ].join(' · ')
}

export function RuleTag({ rule }: { rule: Pick<RecallRule, 'state' | 'paused'> }) {
  const { t } = useTranslation()
  const reason = useReasons()
  if (rule.paused !== null)
    return (
      <Tooltip
        title={t('recalls.pausedHint', { reason: reason(rule.paused.reason, rule.paused.detail).text })}
      >
        <span>
          <StateTag tone="bad">{t('recalls.paused')}</StateTag>
        </span>
      </Tooltip>
    )
  return <StateTag tone={rule.state === 'on' ? 'good' : 'idle'}>{t(`recalls.${rule.state}`)}</StateTag>
}

/** What the recall itself names, or the keyword reply made with it. */
export const isOfRecall =
  (recallId: string) =>
  ({ kind, id, owner }: MaterialUse): boolean =>
    (kind === 'recall' && id === recallId) || (owner?.kind === 'recall' && owner.id === recallId)
