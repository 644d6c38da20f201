import { InputNumber, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { useTimeText } from '../../recalls/console/index.ts'
import {
  isInRange,
  MAX_MINUTES,
  MIN_MINUTES,
  type RecallRule,
  type RecallRuleFields,
  recallVersionsEndpoint,
} from '../../recalls/schema.ts'
import type { BacktestVariant } from '../schema.ts'
import { BacktestPanel } from './BacktestPanel.tsx'
import type { Other, Version } from './form/versions.ts'
import { isSame } from './same.ts'

type Played = Pick<RecallRuleFields, 'minutes' | 'reading' | 'include' | 'exclude' | 'limits'>
type RecallVariant = Extract<BacktestVariant, { kind: 'recall' }>

const variantOf = ({ minutes, reading, include, exclude, limits }: Played): RecallVariant => ({
  kind: 'recall',
  rule: { minutes, reading, include, exclude, limits },
})

type Props = {
  /** As it stands in the form or is saved; null while the form isn't whole. */
  rule: Played | null
  name: string
  /** The saved rule, where there is one. */
  stored: RecallRule | undefined
  editing: boolean
}

/** 回测 of a recall rule. */
export function RecallBacktest({ rule, name, stored, editing }: Props) {
  const { t } = useTranslation()
  const variant = rule === null ? null : variantOf(rule)
  const versions = useVersions(variant, stored)
  return (
    <BacktestPanel
      kind="recall"
      subjectId={stored?.id ?? null}
      name={name}
      variant={variant}
      about={t(editing ? 'backtests.form.asInForm' : 'backtests.form.asSaved')}
      versions={versions}
      other={useOtherTime()}
    />
  )
}

/** The saved version where the form differs from it, and those before. */
function useVersions(variant: RecallVariant | null, stored: RecallRule | undefined): Version[] {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const time = useTimeText()
  const { data } = useEndpoint(
    recallVersionsEndpoint,
    { params: { accountId, recallId: stored?.id ?? '' } },
    { enabled: stored !== undefined, staleMs: 10_000 },
  )
  if (stored === undefined) return []
  const all = [
    { key: 'saved', label: `${t('backtests.form.saved')} · ${time(stored)}`, variant: variantOf(stored) },
    ...(data?.items ?? [])
      .filter(({ version }) => version !== stored.version)
      .map(({ version, rule }) => ({
        key: String(version),
        label: `${t('backtests.form.version', { number: version })} · ${time(rule)}`,
        variant: variantOf(rule),
      })),
  ]
  return variant === null ? all : all.filter((one) => !isSame(one.variant, variant))
}

const READINGS = [
  { value: 'before-end', text: 'backtests.form.before' },
  { value: 'after-silence', text: 'backtests.form.after' },
] as const

function useOtherTime(): Other {
  const { t } = useTranslation()
  return {
    label: t('backtests.form.otherTime'),
    isWhole: (value) => value.kind === 'recall' && isInRange(value.rule),
    fields: (value, onChange) => {
      if (value.kind !== 'recall') return null
      const { rule } = value
      const set = (part: Partial<Played>) => onChange({ ...value, rule: { ...rule, ...part } })
      return (
        <div className="w-row">
          <Radio.Group
            value={rule.reading}
            onChange={(event) => set({ reading: event.target.value as Played['reading'] })}
            options={READINGS.map((one) => ({ value: one.value, label: t(one.text) }))}
          />
          <InputNumber<number>
            aria-label={`${t('backtests.form.against')} ${t('backtests.form.minutes')}`}
            min={MIN_MINUTES}
            max={MAX_MINUTES}
            precision={0}
            value={rule.minutes > 0 ? rule.minutes : null}
            onChange={(minutes) => set({ minutes: minutes ?? 0 })}
          />
        </div>
      )
    },
  }
}
