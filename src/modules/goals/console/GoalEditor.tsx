import { AutoComplete, Form, InputNumber, Select, Space, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { listRegisteredPropertiesEndpoint } from '../../ingest/schema.ts'
import { EventPicker } from '../../segments/console/index.ts'
import type { EventMatch, TimeUnit } from '../../segments/schema.ts'
import { type Goal, goalSchema } from '../schema.ts'

/** As it is being edited: no event may be chosen yet. */
type Draft = Omit<Goal, 'event'> & { event: EventMatch | null }
const BLANK: Draft = { event: null, within: { amount: 3, unit: 'day' }, from: 'sent', value: null }

type Props = {
  value: Goal | null
  onChange: (goal: Goal | null) => void
  /** The account whose events are meant where the event names one. */
  accountId?: string
  disabled?: boolean
}

/**
 * 转化目标: which event counts, for how long after what, and which property of it is summed up. What can't be a goal yet is
 * shown as wrong and told as `null`.
 */
export function GoalEditor({ value, onChange, accountId, disabled = false }: Props) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Draft | null>(value)
  const shown = draft ?? value
  const edit = (next: Draft | null) => {
    setDraft(next)
    const sound = next === null || next.event === null ? null : goalSchema.safeParse(next)
    onChange(sound?.success ? sound.data : null)
  }
  const isLong = shown !== null && !goalSchema.shape.within.safeParse(shown.within).success
  return (
    <Form layout="vertical" component={false} disabled={disabled}>
      <Form.Item label={t('goals.goal')} extra={t('goals.goalHint')}>
        <Switch
          checked={shown !== null}
          disabled={disabled}
          aria-label={t('goals.goal')}
          onChange={(on) => edit(on ? BLANK : null)}
        />
      </Form.Item>
      {shown !== null && (
        <>
          <Form.Item
            label={t('goals.event')}
            {...(shown.event === null && { validateStatus: 'warning', help: t('goals.eventMissing') })}
          >
            <EventPicker
              value={shown.event}
              onChange={(event) => edit({ ...shown, event })}
              readOnly={disabled}
              {...(accountId !== undefined && { accountId })}
            />
          </Form.Item>
          <Form.Item
            label={t('goals.within')}
            {...(isLong && { validateStatus: 'error', help: t('goals.tooLong') })}
          >
            <Within value={shown} disabled={disabled} onChange={edit} />
          </Form.Item>
          <Form.Item label={t('goals.valueProperty')} extra={t('goals.valueHint')}>
            <ValueProperty value={shown} disabled={disabled} onChange={edit} />
          </Form.Item>
        </>
      )}
    </Form>
  )
}

type PartProps = { value: Draft; disabled: boolean; onChange: (draft: Draft) => void }

function Within({ value, disabled, onChange }: PartProps) {
  const { t } = useTranslation()
  const { amount, unit } = value.within
  return (
    <Space wrap>
      <Select<Goal['from']>
        value={value.from}
        disabled={disabled}
        aria-label={t('goals.from')}
        popupMatchSelectWidth={false}
        onChange={(from) => onChange({ ...value, from })}
        options={(['sent', 'clicked'] as const).map((from) => ({
          value: from,
          label: t(`goals.after.${from}`),
        }))}
      />
      <InputNumber<number>
        min={1}
        precision={0}
        value={amount}
        disabled={disabled}
        aria-label={t('goals.within')}
        onChange={(next) => onChange({ ...value, within: { amount: next ?? 1, unit } })}
      />
      <Select<TimeUnit>
        value={unit}
        disabled={disabled}
        aria-label={t('segments.unit')}
        onChange={(next) => onChange({ ...value, within: { amount, unit: next } })}
        options={(['minute', 'hour', 'day'] as const).map((one) => ({
          value: one,
          label: t(`segmentWords.unit.${one}`),
        }))}
      />
    </Space>
  )
}

function ValueProperty({ value, disabled, onChange }: PartProps) {
  const { t } = useTranslation()
  const name = value.event?.event ?? ''
  const { data } = useEndpoint(
    listRegisteredPropertiesEndpoint,
    { params: { name } },
    { enabled: name !== '', staleMs: 60_000 },
  )
  return (
    <AutoComplete
      allowClear
      style={{ width: 260 }}
      disabled={disabled || name === ''}
      value={value.value ?? ''}
      aria-label={t('goals.valueProperty')}
      placeholder={t('goals.countOnly')}
      onChange={(next: string | undefined) => onChange({ ...value, value: next?.trim() || null })}
      options={(data?.items ?? []).map((one) => ({
        value: one.name,
        label: one.displayName === null ? one.name : `${one.displayName} ${one.name}`,
      }))}
    />
  )
}
