import { DatePicker, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Comparison, Duration, TimeUnit, Window } from '../../../schema/rule.ts'
import { MONTH } from '../../rule/blank.ts'
import { useBuilder } from '../context.ts'

export type Option<V extends string = string> = { value: V; label: string; note?: string }
export type FieldProps<T> = { value: T; onChange: (value: T) => void }

export const Word = ({ children }: { children: ReactNode }) => <span className="w-rule-word">{children}</span>

/** A word of the sentence that can be swapped for another. */
export function Pick<V extends string>({
  value,
  options,
  onChange,
  label,
  search,
  loading,
}: {
  value: V | undefined
  options: readonly Option<V>[] | readonly { label: string; options: Option<V>[] }[]
  onChange: (value: V) => void
  label: string
  search?: boolean
  loading?: boolean
}) {
  const { readOnly } = useBuilder()
  return (
    <Select<V>
      variant="filled"
      size="small"
      className="w-rule-pick"
      popupMatchSelectWidth={false}
      disabled={readOnly}
      aria-label={label}
      placeholder={label}
      value={value === undefined || value === '' ? (null as unknown as V) : value}
      onChange={onChange}
      {...(loading !== undefined && { loading })}
      {...(search === true && { showSearch: { filterOption: matches } })}
      options={options as { value: V; label: string }[]}
      optionRender={({ data }) => <OptionRow option={data as Option} />}
    />
  )
}

const matches = (text: string, option?: { value?: unknown; label?: unknown }): boolean =>
  `${String(option?.label ?? '')} ${String(option?.value ?? '')}`
    .toLowerCase()
    .includes(text.trim().toLowerCase())

const OptionRow = ({ option }: { option: Option }) => (
  <span className="w-rule-option">
    {option.label}
    {option.note !== undefined && <small>{option.note}</small>}
  </span>
)

/** Several values, chosen from what was seen or typed. */
export function Several({
  value,
  onChange,
  options,
  label,
  free,
  onSearch,
}: {
  value: readonly string[]
  onChange: (value: string[]) => void
  options: readonly Option[] | readonly { label: string; options: Option[] }[]
  label: string
  /** Values that nobody suggested may be typed. */
  free?: boolean
  onSearch?: (text: string) => void
}) {
  const { readOnly } = useBuilder()
  return (
    <Select<string[]>
      variant="filled"
      size="small"
      mode={free === true ? 'tags' : 'multiple'}
      className="w-rule-several"
      popupMatchSelectWidth={false}
      disabled={readOnly}
      aria-label={label}
      placeholder={label}
      value={[...value]}
      onChange={(next) => onChange(next.map((one) => one.trim()).filter((one) => one !== ''))}
      tokenSeparators={free === true ? [',', '，', '\n', ';', '；'] : []}
      showSearch={{ filterOption: matches, ...(onSearch && { onSearch }) }}
      options={options as { value: string; label: string }[]}
      optionRender={({ data }) => <OptionRow option={data as Option} />}
    />
  )
}

export function NumberField({
  value,
  onChange,
  label,
  min,
  max,
  whole,
}: FieldProps<number> & { label: string; min?: number; max?: number; whole?: boolean }) {
  const { readOnly } = useBuilder()
  return (
    <InputNumber<number>
      variant="filled"
      size="small"
      className="w-rule-number"
      disabled={readOnly}
      aria-label={label}
      placeholder={label}
      controls={false}
      value={Number.isFinite(value) ? value : null}
      onChange={(next) => onChange(next ?? Number.NaN)}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      {...(whole === true && { precision: 0 })}
    />
  )
}

export function DayField({ value, onChange, label }: FieldProps<string> & { label: string }) {
  const { readOnly } = useBuilder()
  return (
    <DatePicker
      variant="filled"
      size="small"
      disabled={readOnly}
      aria-label={label}
      placeholder={label}
      value={value === '' ? null : dayjs(value)}
      onChange={(day) => onChange(day?.format('YYYY-MM-DD') ?? '')}
    />
  )
}

export function DurationField({ value, onChange }: FieldProps<Duration>) {
  const { t } = useTranslation()
  return (
    <>
      <NumberField
        label={t('segments.length')}
        min={1}
        whole
        value={value.amount}
        onChange={(amount) => onChange({ ...value, amount })}
      />
      <Pick<TimeUnit>
        label={t('segments.unit')}
        value={value.unit}
        onChange={(unit) => onChange({ ...value, unit })}
        options={(['minute', 'hour', 'day'] as const).map((unit) => ({
          value: unit,
          label: t(`segmentWords.unit.${unit}`),
        }))}
      />
    </>
  )
}

type WindowChoice = 'last' | 'before' | 'between' | 'day' | 'week' | 'month' | 'ever'

/** 时间范围: when something happened, as a part of the sentence. */
export function WindowField({ value, onChange }: FieldProps<Window>) {
  const { t } = useTranslation()
  const choice: WindowChoice = value.kind === 'this' ? value.unit : value.kind
  const length = 'length' in value ? value.length : (MONTH as { length: Duration }).length
  const choose = (next: WindowChoice) => {
    if (next === 'day' || next === 'week' || next === 'month') onChange({ kind: 'this', unit: next })
    else if (next === 'last' || next === 'before') onChange({ kind: next, length })
    else if (next === 'between') onChange({ kind: next, from: '', to: '' })
    else onChange({ kind: next })
  }
  return (
    <>
      <Pick<WindowChoice>
        label={t('segments.windowLabel')}
        value={choice}
        onChange={choose}
        options={(['last', 'before', 'day', 'week', 'month', 'between', 'ever'] as const).map((kind) => ({
          value: kind,
          label: t(`segments.window.${kind}`),
        }))}
      />
      {(value.kind === 'last' || value.kind === 'before') && (
        <>
          <DurationField value={value.length} onChange={(next) => onChange({ ...value, length: next })} />
          <Word>{t(value.kind === 'last' ? 'segments.within' : 'segments.ago')}</Word>
        </>
      )}
      {value.kind === 'between' && (
        <>
          <DayField
            label={t('segments.from')}
            value={value.from}
            onChange={(from) => onChange({ ...value, from })}
          />
          <Word>–</Word>
          <DayField label={t('segments.to')} value={value.to} onChange={(to) => onChange({ ...value, to })} />
        </>
      )}
    </>
  )
}

/** At least, at most, exactly … so many or so much. */
export function CompareField({ value, onChange }: FieldProps<Comparison>) {
  const { t } = useTranslation()
  const number = value.op === 'between' ? value.from : value.value
  return (
    <>
      <Pick<Comparison['op']>
        label={t('segments.compare')}
        value={value.op}
        onChange={(op) =>
          onChange(op === 'between' ? { op, from: number, to: Number.NaN } : { op, value: number })
        }
        options={(['gte', 'lte', 'eq', 'gt', 'lt', 'between'] as const).map((op) => ({
          value: op,
          label: t(`segmentWords.op.${op}`),
        }))}
      />
      {value.op === 'between' ? (
        <>
          <NumberField
            label={t('segments.number')}
            value={value.from}
            onChange={(from) => onChange({ ...value, from })}
          />
          <Word>–</Word>
          <NumberField
            label={t('segments.number')}
            value={value.to}
            onChange={(to) => onChange({ ...value, to })}
          />
        </>
      ) : (
        <NumberField
          label={t('segments.number')}
          value={value.value}
          onChange={(next) => onChange({ ...value, value: next })}
        />
      )}
    </>
  )
}

/** Of one account, or of any. */
export function AccountField({ value, onChange }: FieldProps<string | undefined>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  if (catalogue.accounts.length < 2 && value === undefined) return null
  return (
    <Pick<string>
      label={t('segments.account')}
      value={value ?? ANY}
      onChange={(id) => onChange(id === ANY ? undefined : id)}
      options={[
        { value: ANY, label: t('segmentWords.anyAccount') },
        ...catalogue.accounts.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  )
}
const ANY = 'any'

/** The same with the account set, or without one at all. */
export function withAccount<T extends { accountId?: string | undefined }>(
  value: T,
  accountId: string | undefined,
): T {
  const { accountId: _before, ...rest } = value
  return (accountId === undefined ? rest : { ...rest, accountId }) as T
}
