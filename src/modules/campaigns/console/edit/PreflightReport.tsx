import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { Waterfall } from '../../../../console/ui/Waterfall.tsx'
import type { CampaignKind, PreflightResult } from '../../schema.ts'
import { AudienceBasis } from '../AudienceBasis.tsx'
import { useReason } from '../reasons.ts'
import { FindingList } from './FindingList.tsx'
import { FieldsThatFail, HeldPeople, Unreachable } from './PreflightDetails.tsx'
import { type Asked, PreflightPeople } from './PreflightPeople.tsx'

/** 预演: whom it would reach and whom not, why, how long it takes, and what is in the way. */
export function PreflightReport({
  report,
  kind,
  campaignId,
  templateId,
}: {
  report: PreflightResult
  kind: CampaignKind
  campaignId: string
  /** Whose fields may fail, where the content is made with a template. */
  templateId: string | null
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asked, setAsked] = useState<Asked | undefined>()
  const { reached, total } = report
  const fallen = report.notReached.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className="w-stack">
      <FindingList type="error" title={t('campaigns.review.blockers')} findings={report.blockers} />
      <FindingList
        type="warning"
        title={t('campaigns.review.warnings')}
        findings={report.warnings.filter(({ reason }) => reason !== 'lint')}
      />
      <StatRow>
        <NumberStat
          label={t('campaigns.review.reached')}
          value={reached === null ? '—' : format.number(reached)}
          tone={reached === null ? undefined : reached > 0 ? 'good' : 'bad'}
          {...(reached === null && { sub: t('campaigns.review.unknownYet') })}
        />
        {reached === null ? (
          <NumberStat label={t('campaigns.review.total')} value={format.number(total)} />
        ) : (
          <NumberStat label={t('campaigns.review.notReached')} value={format.number(fallen)} />
        )}
        {reached !== null && (
          <NumberStat
            label={t('campaigns.review.duration')}
            value={<Duration report={report} />}
            {...(report.finishesAt !== null && {
              sub: t('campaigns.review.finishes', { at: format.instant(report.finishesAt) }),
            })}
          />
        )}
        {report.perMinute !== null && (
          <NumberStat
            label={t('campaigns.limits.rate')}
            value={format.number(report.perMinute)}
            sub={t('campaigns.limits.perMinute')}
          />
        )}
      </StatRow>
      {reached === null ? (
        <p className="w-soft" style={{ margin: 0 }}>
          {t('campaigns.review.eventNote', { number: format.number(total) })}
        </p>
      ) : (
        <Falls report={report} reached={reached} kind={kind} onAsk={setAsked} />
      )}
      <PreflightPeople campaignId={campaignId} asked={asked} onClose={() => setAsked(undefined)} />
      <Unreachable number={report.unreachable} kind={kind} />
      <FieldsThatFail examples={report.fieldExamples} templateId={templateId} />
      <HeldPeople held={report.held} onAsk={setAsked} />
      <Rehearsal report={report} />
      {report.runs.length > 0 && (
        <div>
          <span className="w-soft w-small">{t('campaigns.review.runs')}</span>
          <ul className="w-next-runs">
            {report.runs.slice(0, 5).map((at) => (
              <li key={at}>{format.instant(at)}</li>
            ))}
          </ul>
        </div>
      )}
      <AudienceBasis basis={report.basis} />
      <p className="w-faint w-small">{t('campaigns.review.at', { at: format.second(report.at) })}</p>
    </div>
  )
}

function Falls({
  report,
  reached,
  kind,
  onAsk,
}: {
  report: PreflightResult
  reached: number
  kind: CampaignKind
  onAsk: (asked: Asked) => void
}) {
  const { t } = useTranslation()
  const explain = useReason()
  const reachedLabel = t('campaigns.review.reached')
  const seeing = (label: string, asked: Asked) => (
    <>
      {label}
      {asked.count > 0 && (
        <Button type="link" size="small" onClick={() => onAsk(asked)}>
          {t('campaigns.detail.seePeople')}
        </Button>
      )}
    </>
  )
  return (
    <Waterfall
      total={report.total}
      totalLabel={t(kind === 'subscription' ? 'campaigns.review.totalSubscribers' : 'campaigns.review.total')}
      falls={report.notReached.map(({ reason, count }) => {
        const { text, advice } = explain(reason)
        return { key: reason, label: seeing(text, { reason, label: text, count }), advice, count }
      })}
      reached={reached}
      reachedLabel={seeing(reachedLabel, { reason: 'reached', label: reachedLabel, count: reached })}
    />
  )
}

function Duration({ report }: { report: PreflightResult }) {
  const { t } = useTranslation()
  if (report.finishesAt === null) return <>—</>
  const minutes = (new Date(report.finishesAt).getTime() - new Date(report.startsAt).getTime()) / 60_000
  if (minutes < 1) return <>{t('campaigns.review.durationUnder')}</>
  if (minutes < 90) return <>{t('campaigns.review.durationMinutes', { minutes: Math.ceil(minutes) })}</>
  if (minutes < 2_880) return <>{t('campaigns.review.durationHours', { hours: Math.ceil(minutes / 60) })}</>
  return <>{t('campaigns.review.durationDays', { days: Math.ceil(minutes / 1_440) })}</>
}

function Rehearsal({ report }: { report: PreflightResult }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { rehearsal } = report
  if (rehearsal === null) return null
  return (
    <div className="w-happens">
      <b>{t('campaigns.review.rehearsal', { days: rehearsal.days })}</b>
      <div>
        {t('campaigns.review.rehearsalSub', {
          events: format.number(rehearsal.events),
          people: format.number(rehearsal.people),
          firings: format.number(rehearsal.firings),
        })}{' '}
        <Link to="?step=trigger#backtest">{t('backtests.rehearse')}</Link>
      </div>
    </div>
  )
}
