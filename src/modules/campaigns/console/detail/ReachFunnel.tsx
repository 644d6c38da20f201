import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { Campaign, Figures } from '../../schema.ts'
import type { ShowPeople } from './changed.ts'

type Step = {
  key: 'sent' | 'delivered' | 'opened' | 'clicked' | 'converted'
  /** Null where nothing can be known. */
  value: number | null
  why?: string
  sub?: string
  onClick?: () => void
}

/** 已发送 → 已送达 → 打开 → 点击 → 转化; what the platform doesn't tell, or nobody asked for, says so. */
export function ReachFunnel({
  campaign,
  figures,
  onPeople,
}: {
  campaign: Campaign
  figures: Figures
  onPeople: ShowPeople
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { funnel } = figures
  const { plan, kind } = campaign
  const share = (count: number) =>
    funnel.sent > 0 ? t('campaigns.detail.ofSent', { share: format.percent(count / funnel.sent) }) : undefined
  const steps: Step[] = [
    { key: 'sent', value: funnel.sent, why: t('campaigns.detail.sentHint') },
    kind === 'customer-service'
      ? { key: 'delivered', value: null, why: t('campaigns.detail.deliveredNone') }
      : {
          key: 'delivered',
          value: funnel.delivered,
          ...subOf(share(funnel.delivered)),
          onClick: () => onPeople({ state: 'delivered' }),
        },
    { key: 'opened', value: null, why: t('campaigns.detail.openedNone') },
    plan.tracked || funnel.clicked > 0
      ? {
          key: 'clicked',
          value: funnel.clicked,
          ...subOf(share(funnel.clicked)),
          onClick: () => onPeople({ clicked: 'true' }),
        }
      : { key: 'clicked', value: null, why: t('campaigns.detail.clickedNone') },
    plan.goal !== null || funnel.converted > 0
      ? {
          key: 'converted',
          value: funnel.converted,
          ...subOf(
            funnel.value === null
              ? share(funnel.converted)
              : t('campaigns.detail.value', { value: format.number(funnel.value) }),
          ),
          onClick: () => onPeople({ converted: 'true' }),
        }
      : { key: 'converted', value: null, why: t('campaigns.detail.convertedNone') },
  ]
  return (
    <div className="w-reach" data-testid="funnel">
      {steps.map((step) => (
        <FunnelStep key={step.key} step={step} />
      ))}
    </div>
  )
}

const subOf = (sub: string | undefined) => (sub === undefined ? {} : { sub })

function FunnelStep({ step }: { step: Step }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { key, value, why, sub, onClick } = step
  const label = t(`campaigns.detail.${key}`)
  const body = (
    <>
      <span className="w-soft w-small">
        {why === undefined ? label : <Tooltip title={why}>{label}</Tooltip>}
      </span>
      <b data-step={key}>{value === null ? '—' : format.number(value)}</b>
      <span className="w-faint w-small">{sub ?? (value === null ? why : ' ')}</span>
    </>
  )
  if (onClick === undefined || value === null || value === 0)
    return <div className="w-reach-step">{body}</div>
  return (
    <button type="button" className="w-reach-step" onClick={onClick}>
      {body}
    </button>
  )
}
