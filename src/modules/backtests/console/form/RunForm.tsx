import { PlayCircleOutlined } from '@ant-design/icons'
import { Button, InputNumber, Segmented, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import {
  type Backtest,
  type BacktestVariant,
  createBacktestEndpoint,
  listBacktestsEndpoint,
  MAX_DAYS,
} from '../../schema.ts'
import type { Other, Version } from './versions.ts'

const USUAL = [7, 30, 90] as const
const SAMPLES = [1, 10, 100] as const
const OWN = 'own'

type Props = {
  subjectId: string | null
  name: string
  variant: BacktestVariant | null
  about: ReactNode
  versions: readonly Version[]
  other: Other
  onRun: (backtest: Backtest) => void
}

/** Over how many days, of how many people, and against which other version. */
export function RunForm({ subjectId, name, variant, about, versions, other, onRun }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { days, sample, setDays, setSample } = useScope()
  const against = useAgainst(variant, versions, other)
  const run = useEndpointMutation(createBacktestEndpoint, {
    invalidates: [listBacktestsEndpoint],
    onSuccess: onRun,
  })
  const valid = Number.isInteger(days) && days >= 1 && days <= MAX_DAYS
  const variants = variant === null ? [] : against.variant === null ? [variant] : [variant, against.variant]
  return (
    <div className="w-stack" style={{ gap: 12 }}>
      <p className="w-small w-soft" style={{ margin: 0 }}>
        {about}
      </p>
      <div className="w-backtest-fields">
        <span>{t('backtests.form.days')}</span>
        <Days value={days} onChange={setDays} />
        <span>{t('backtests.form.sample')}</span>
        <div>
          <Select
            aria-label={t('backtests.form.sample')}
            style={{ width: 190 }}
            value={sample}
            onChange={setSample}
            options={SAMPLES.map((value) => ({
              value,
              label:
                value === 1 ? t('backtests.form.everybody') : t('backtests.form.oneIn', { number: value }),
            }))}
          />
          <div className="w-faint w-small">{t('backtests.form.sampleHint')}</div>
        </div>
        <span>{t('backtests.form.against')}</span>
        <div>
          <Select
            aria-label={t('backtests.form.against')}
            style={{ width: 320, maxWidth: '100%' }}
            value={against.key}
            onChange={against.choose}
            disabled={variant === null}
            options={[
              { value: '', label: t('backtests.form.alone') },
              ...versions.map(({ key, label }) => ({ value: key, label })),
              { value: OWN, label: other.label },
            ]}
          />
          {against.own !== null && (
            <div className="w-backtest-own w-stack">{other.fields(against.own, against.change)}</div>
          )}
        </div>
      </div>
      <div className="w-row">
        <Button
          type="primary"
          icon={<PlayCircleOutlined />}
          disabled={variant === null || !valid || !against.isWhole}
          loading={run.isPending}
          onClick={() =>
            run.mutate({
              params: { accountId },
              body: {
                name: name.trim() === '' ? t('backtests.unnamed') : name.trim().slice(0, 60),
                subjectId,
                variants,
                days,
                sample,
              },
            })
          }
        >
          {t('backtests.run')}
        </Button>
        {variant === null && <span className="w-soft w-small">{t('backtests.notWhole')}</span>}
        {!valid && (
          <span className="w-backtest-wrong">{t('backtests.form.daysRange', { max: MAX_DAYS })}</span>
        )}
      </div>
    </div>
  )
}

/** How far back and of whom; in the address too, which follows a moment later. */
function useScope() {
  const filters = useFilters(['days', 'sample'])
  const [days, setDays] = useState(Number(filters.values.days ?? USUAL[0]))
  const [sample, setSample] = useState(
    () => SAMPLES.find((one) => String(one) === filters.values.sample) ?? SAMPLES[0],
  )
  return {
    days,
    sample,
    setDays(next: number) {
      setDays(next)
      filters.set('days', next === USUAL[0] ? undefined : String(next))
    },
    setSample(next: (typeof SAMPLES)[number]) {
      setSample(next)
      filters.set('sample', next === SAMPLES[0] ? undefined : String(next))
    },
  }
}

function Days({ value, onChange }: { value: number; onChange: (days: number) => void }) {
  const { t } = useTranslation()
  const [typing, setTyping] = useState(!USUAL.some((one) => one === value))
  return (
    <div className="w-row">
      <Segmented<number | string>
        value={typing ? OWN : value}
        onChange={(next) => {
          setTyping(next === OWN)
          if (typeof next === 'number') onChange(next)
        }}
        options={[
          ...USUAL.map((days) => ({ value: days, label: t('backtests.form.daysOf', { days }) })),
          { value: OWN, label: t('backtests.form.ownDays') },
        ]}
      />
      {typing && (
        <InputNumber<number>
          aria-label={t('backtests.list.days')}
          min={1}
          max={MAX_DAYS}
          precision={0}
          style={{ width: 90 }}
          value={value > 0 ? value : null}
          onChange={(next) => onChange(next ?? 0)}
        />
      )}
    </div>
  )
}

/** The version that it is compared with; a copy of one's own is kept while others are looked at. */
function useAgainst(variant: BacktestVariant | null, versions: readonly Version[], other: Other) {
  const [key, setKey] = useState('')
  const [own, setOwn] = useState<BacktestVariant | null>(null)
  const isOwn = key === OWN && variant !== null
  const mine = isOwn ? (own ?? variant) : null
  const found = versions.find((one) => one.key === key)
  return {
    // a version that is gone from the choice is no longer compared with
    key: isOwn || found !== undefined ? key : '',
    choose: setKey,
    own: mine,
    change: setOwn,
    variant: mine ?? found?.variant ?? null,
    isWhole: mine === null || other.isWhole(mine),
  }
}
