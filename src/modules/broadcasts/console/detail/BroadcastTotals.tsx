import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import type { Broadcast } from '../../schema.ts'

export function BroadcastTotals({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { totals } = broadcast
  const estimate = broadcast.path !== 'list'
  const share = (part: number) => (totals.planned > 0 ? format.percent(part / totals.planned) : undefined)
  return (
    <div>
      <StatRow>
        <NumberStat
          label={t('totals.planned')}
          value={`${estimate && totals.planned > 0 ? '≈ ' : ''}${format.number(totals.planned)}`}
          hint={t(estimate ? 'preflight.estimateNote' : 'totals.plannedHint')}
        />
        <NumberStat
          label={t('totals.submitted')}
          value={format.number(totals.submitted)}
          sub={share(totals.submitted)}
          hint={t('totals.submittedHint')}
        />
        <NumberStat
          label={t('totals.delivered')}
          value={format.number(totals.delivered)}
          sub={share(totals.delivered)}
          tone={totals.delivered > 0 ? 'good' : undefined}
          hint={t('totals.deliveredHint')}
        />
        {totals.uncounted > 0 && (
          <NumberStat
            label={t('totals.uncounted')}
            value={format.number(totals.uncounted)}
            hint={t('totals.uncountedHint')}
          />
        )}
        {totals.waiting > 0 && (
          <NumberStat label={t('totals.waiting')} value={format.number(totals.waiting)} />
        )}
        <NumberStat
          label={t('totals.failed')}
          value={format.number(totals.failed + totals.platformFailed)}
          tone={totals.failed + totals.platformFailed > 0 ? 'bad' : undefined}
          hint={t('totals.failedHint', {
            refused: format.number(totals.failed),
            platform: format.number(totals.platformFailed),
          })}
        />
        {totals.unknown > 0 && (
          <NumberStat
            label={t('totals.unknown')}
            value={format.number(totals.unknown)}
            tone="warn"
            hint={t('broadcasts.unresolvedHint')}
          />
        )}
        <NumberStat
          label={t('totals.skipped')}
          value={format.number(totals.skipped)}
          hint={t('totals.skippedHint')}
        />
      </StatRow>
      {totals.planned > 0 && (
        <p className="w-faint w-small" style={{ margin: '8px 0 0' }}>
          {t(`massFollowing.promise.${broadcast.path}`)}
        </p>
      )}
    </div>
  )
}
