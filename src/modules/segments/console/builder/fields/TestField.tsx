import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { OPS_OF, type ValueOp, type ValueTest, type ValueType } from '../../../schema/rule.ts'
import { changeOp } from '../../rule/blank.ts'
import { useBuilder } from '../context.ts'
import {
  DayField,
  type FieldProps,
  NumberField,
  type Option,
  Pick,
  Several,
  WindowField,
  Word,
} from './parts.tsx'

export type Suggestions = {
  options: readonly Option[]
  /** Only what is suggested may be chosen. */
  closed?: boolean
  onSearch?: (text: string) => void
}

/** A test of a value: what is compared how, with values seen before to choose from. */
export function TestField({
  type,
  value,
  onChange,
  suggestions = { options: [] },
}: FieldProps<ValueTest> & { type: ValueType; suggestions?: Suggestions }) {
  const { t } = useTranslation()
  const ops = OPS_OF[type]
  return (
    <>
      <Pick<ValueOp>
        label={t('segments.compare')}
        value={value.op}
        onChange={(op) => onChange(changeOp(value, op))}
        options={[...ops, ...(ops.includes(value.op) ? [] : [value.op])].map((op) => ({
          value: op,
          label: t(op === 'within' ? 'segments.withinTime' : `segmentWords.op.${op}`),
        }))}
      />
      <TestValue type={type} value={value} onChange={onChange} suggestions={suggestions} />
    </>
  )
}

function TestValue({
  type,
  value,
  onChange,
  suggestions,
}: FieldProps<ValueTest> & { type: ValueType; suggestions: Suggestions }) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  switch (value.op) {
    case 'is':
    case 'is_not':
    case 'has_any':
    case 'has_all':
    case 'has_none': {
      const change = (values: string[]) =>
        onChange({ ...value, values: type === 'number' ? values.map(numeric) : values } as ValueTest)
      return (
        <Several
          label={t('segments.values')}
          free={suggestions.closed !== true}
          value={value.values.map(String)}
          options={suggestions.options}
          {...(suggestions.onSearch && { onSearch: suggestions.onSearch })}
          onChange={change}
        />
      )
    }
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
      return (
        <Input
          variant="filled"
          size="small"
          className="w-rule-text"
          disabled={readOnly}
          aria-label={t('segments.value')}
          placeholder={t('segments.value')}
          value={value.value}
          onChange={(event) => onChange({ ...value, value: event.target.value })}
        />
      )
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return (
        <NumberField
          label={t('segments.number')}
          value={value.value}
          onChange={(next) => onChange({ ...value, value: next })}
        />
      )
    case 'between':
      return (
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
      )
    case 'on':
    case 'on_or_before':
    case 'on_or_after':
      return (
        <DayField
          label={t('segments.day')}
          value={value.day}
          onChange={(day) => onChange({ ...value, day })}
        />
      )
    case 'within':
      return <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
    case 'anniversary_in':
      return (
        <>
          <NumberField
            label={t('segments.number')}
            min={0}
            max={366}
            whole
            value={value.days}
            onChange={(days) => onChange({ ...value, days })}
          />
          <Word>{t('segments.daysFromToday')}</Word>
        </>
      )
    default:
      return null
  }
}

/** What can't be read as a number stays as it was typed, and is marked. */
const numeric = (text: string): string | number =>
  text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
