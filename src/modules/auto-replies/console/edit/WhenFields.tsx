import { Form, InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId, useAccounts } from '../../../../console/session.ts'
import { inUnits, type LengthUnit, unitMs } from '../words.tsx'
import type { FieldProps } from './draft.ts'
import { HoursField } from './HoursField.tsx'

/** When a rule answers, how often, before which others, and for which accounts. */
export function WhenFields({ draft, change }: FieldProps) {
  const { t } = useTranslation()
  return (
    <section className="w-panel">
      <h2>{t('replies.form.more')}</h2>
      <Form layout="vertical" component="div">
        {draft.kind === 'default' && <EveryField draft={draft} change={change} />}
        <HoursField value={draft.hours} onChange={(hours) => change({ hours })} />
        <AccountsField draft={draft} change={change} />
        <Form.Item
          label={t('replies.form.priority')}
          extra={t('replies.form.priorityHint')}
          style={{ marginBottom: 0 }}
        >
          <InputNumber
            aria-label={t('replies.form.priority')}
            min={-100}
            max={100}
            precision={0}
            value={draft.priority}
            onChange={(priority) => change({ priority: priority ?? 0 })}
          />
        </Form.Item>
      </Form>
    </section>
  )
}

const MOST_MS = 30 * 86_400_000

function EveryField({ draft: { everyMs }, change }: FieldProps) {
  const { t } = useTranslation()
  const [unit, setUnit] = useState<LengthUnit>(inUnits(everyMs).unit)
  const amount = Math.max(1, Math.round(everyMs / unitMs(unit)))
  const set = (next: number, of: LengthUnit) =>
    change({ everyMs: Math.min(MOST_MS, Math.max(1, next) * unitMs(of)) })
  return (
    <Form.Item label={t('replies.form.every')} extra={t('replies.form.everyHint')}>
      <Space.Compact>
        <InputNumber
          aria-label={t('replies.form.every')}
          min={1}
          max={MOST_MS / unitMs(unit)}
          precision={0}
          value={amount}
          onChange={(next) => set(next ?? 1, unit)}
        />
        <Select
          aria-label={t('replies.form.unit')}
          style={{ width: 100 }}
          value={unit}
          onChange={(next) => {
            setUnit(next)
            set(amount, next)
          }}
          options={(['minutes', 'hours', 'days'] as const).map((value) => ({
            value,
            label: t(`replies.unit.${value}`),
          }))}
        />
      </Space.Compact>
    </Form.Item>
  )
}

/** Other accounts that answer by the same rule; the one of the page always does. */
function AccountsField({ draft: { accountIds }, change }: FieldProps) {
  const { t } = useTranslation()
  const here = useAccountId()
  const accounts = useAccounts().data?.items ?? []
  if (accounts.length < 2) return null
  return (
    <Form.Item label={t('replies.form.accounts')} extra={t('replies.form.accountsHint')}>
      <Select
        mode="multiple"
        aria-label={t('replies.form.accounts')}
        style={{ maxWidth: 480 }}
        value={accountIds}
        optionFilterProp="label"
        onChange={(ids: string[]) => change({ accountIds: ids.includes(here) ? ids : [here, ...ids] })}
        options={accounts.map(({ id, name }) => ({ value: id, label: name, disabled: id === here }))}
      />
    </Form.Item>
  )
}
