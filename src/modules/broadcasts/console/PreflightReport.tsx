import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { Waterfall } from '../../../console/ui/Waterfall.tsx'
import type { Preflight } from '../schema.ts'
import { AudienceBasis } from './AudienceBasis.tsx'
import { PartNamed } from './detail/experiment/PartNamed.tsx'
import { GroupsPicture } from './picture/GroupsPicture.tsx'
import { useReason } from './reasons.ts'

/** 预演: whom it would reach and whom not, why, in which batches, until when. */
export function PreflightReport({ report }: { report: Preflight }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const estimate = report.promise === 'estimate'
  return (
    <div className="w-stack">
      <Notes type="error" notes={report.blockers} title={t('preflight.blockers')} />
      <Notes type="warning" notes={report.warnings} />
      <StatRow>
        <NumberStat
          label={t('preflight.reached')}
          value={`${estimate ? '≈ ' : ''}${format.number(report.reached)}`}
          tone={report.reached > 0 ? 'good' : 'bad'}
          hint={t(estimate ? 'preflight.estimateNote' : 'preflight.exactNote')}
        />
        <NumberStat
          label={t('preflight.batches')}
          value={format.number(report.batches)}
          sub={sizesText(report, format.number)}
        />
        <NumberStat
          label={t('preflight.calls')}
          value={format.number(report.calls)}
          sub={t('preflight.callsLeft', { left: format.number(report.callsLeftToday) })}
        />
        <NumberStat
          label={t('preflight.minutes')}
          value={report.minutes < 1 ? t('preflight.underMinute') : format.number(Math.ceil(report.minutes))}
          sub={t('preflight.until', { at: format.instant(report.finishesAt) })}
          hint={t('preflight.rate', { rate: format.number(report.perMinute) })}
        />
      </StatRow>
      <Waterfall
        total={report.total}
        totalLabel={t('preflight.total')}
        falls={report.notReached.map(({ reason, count }) => {
          const { text, advice } = explain(reason)
          return { key: reason, label: text, advice, count }
        })}
        reached={report.reached}
        reachedLabel={t(estimate ? 'preflight.reachedAbout' : 'preflight.reached')}
      />
      <GroupsPicture groups={report.groups} />
      {report.groups.map(({ place, basis }) => (
        <AudienceBasis key={place} basis={basis} />
      ))}
      <p className="w-faint w-small" style={{ margin: 0 }}>
        {t(report.entersHistory ? 'preflight.history' : 'preflight.noHistory')}{' '}
        {t('preflight.at', { at: format.second(report.at) })}
      </p>
    </div>
  )
}

/** `10,000 × 3 + 2`, so that the odd last batch is seen. */
function sizesText(
  { batchSizes, batches }: Preflight,
  number: (value: number) => string,
): string | undefined {
  if (batchSizes.length === 0) return undefined
  const runs: { size: number; times: number }[] = []
  for (const size of batchSizes) {
    const last = runs.at(-1)
    if (last?.size === size) last.times += 1
    else runs.push({ size, times: 1 })
  }
  const text = runs
    .slice(0, 3)
    .map(({ size, times }) => (times === 1 ? number(size) : `${number(size)} × ${times}`))
    .join(' + ')
  return runs.length > 3 || batches > batchSizes.length ? `${text} + …` : text
}

function Notes({
  type,
  notes,
  title,
}: {
  type: 'error' | 'warning'
  notes: Preflight['blockers']
  title?: string
}) {
  const explain = useReason()
  if (notes.length === 0) return null
  return (
    <Alert
      type={type}
      showIcon
      title={title ?? <Lines notes={notes} explain={explain} />}
      description={title === undefined ? undefined : <Lines notes={notes} explain={explain} />}
    />
  )
}

function Lines({ notes, explain }: { notes: Preflight['blockers']; explain: ReturnType<typeof useReason> }) {
  return (
    <>
      {notes.map(({ reason, detail }, index) => {
        const { text, advice } = explain(reason, detail)
        const group = detail['groupName']
        return (
          <div key={index}>
            {typeof group === 'string' && `${group} · `}
            <PartNamed part={detail['part']} />
            {text} {advice !== undefined && <span className="w-soft">{advice}</span>}
          </div>
        )
      })}
    </>
  )
}
