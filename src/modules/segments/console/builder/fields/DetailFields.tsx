import { FilterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { type Dataset, listValuesEndpoint } from '../../../../datasets/schema.ts'
import type { Condition, DetailMeasure, FieldFilter } from '../../../schema/rule.ts'
import type { Choices } from '../../names/catalogue.ts'
import { firstTest } from '../../rule/blank.ts'
import { isNever } from '../../words/rule-in-words.ts'
import { useBuilder } from '../context.ts'
import { Comma, RemoveButton } from './EventField.tsx'
import { CompareField, type FieldProps, Pick, WindowField, Word } from './parts.tsx'
import { TestField } from './TestField.tsx'

type Detail = Extract<Condition, { kind: 'detail' }>
const MEASURES = ['count', 'sum', 'average', 'smallest', 'largest', 'distinct'] as const
const MOST_FILTERS = 20

/** 明细: rows of a dataset, or their lines, that fit; how many or how much. */
export function DetailFields({ value, onChange }: FieldProps<Detail>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const dataset = catalogue.datasets.find(({ key }) => key === value.dataset)
  const never = value.measure.of === 'count' && isNever(value.compare)
  const choose = (did: 'some' | 'none') =>
    onChange({
      ...value,
      measure: did === 'none' ? { of: 'count' } : value.measure,
      compare: did === 'none' ? { op: 'eq', value: 0 } : { op: 'gte', value: 1 },
    })
  return (
    <>
      <WindowField value={value.window} onChange={(window) => onChange({ ...value, window })} />
      <Pick<'some' | 'none'>
        label={t('segments.didLabel')}
        value={never ? 'none' : 'some'}
        onChange={choose}
        options={[
          { value: 'some', label: t('segments.has') },
          { value: 'none', label: t('segments.hasNo') },
        ]}
      />
      <Pick<string>
        label={t('segments.chooseDataset')}
        value={value.dataset}
        options={catalogue.datasetOptions(value.dataset)}
        onChange={(key) =>
          onChange({ ...value, dataset: key, over: 'rows', where: [], measure: { of: 'count' } })
        }
      />
      {(dataset?.hasLines === true || value.over === 'lines') && (
        <Pick<'rows' | 'lines'>
          label={t('segments.over')}
          value={value.over}
          options={(['rows', 'lines'] as const).map((over) => ({
            value: over,
            label: t(`segments.overOf.${over}`),
          }))}
          onChange={(over) => onChange({ ...value, over, measure: { of: 'count' } })}
        />
      )}
      <Filters value={value} onChange={onChange} dataset={dataset} />
      {!never && <Amount value={value} onChange={onChange} dataset={dataset} />}
    </>
  )
}

type WithDataset = FieldProps<Detail> & { dataset: Dataset | undefined }

function Filters({ value, onChange, dataset }: WithDataset) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  const change = (where: FieldFilter[]) => onChange({ ...value, where })
  const add = () => change([...value.where, { level: 'row', field: '', test: { op: 'is', values: [] } }])
  return (
    <>
      {value.where.map((filter, index) => (
        <FilterField
          key={index}
          dataset={dataset}
          value={filter}
          onChange={(next) => change(value.where.with(index, next))}
          onRemove={() => change(value.where.toSpliced(index, 1))}
        />
      ))}
      {!readOnly && dataset !== undefined && value.where.length < MOST_FILTERS && (
        <Button type="link" size="small" icon={<FilterOutlined />} onClick={add}>
          {t('segments.addFilter')}
        </Button>
      )}
    </>
  )
}

function FilterField({
  dataset,
  value,
  onChange,
  onRemove,
}: FieldProps<FieldFilter> & { dataset: Dataset | undefined; onRemove: () => void }) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  const [q, setQ] = useState('')
  const { level } = value
  const field = dataset?.fields.find((one) => one.level === level && one.key === value.field)
  const values = useEndpoint(
    listValuesEndpoint,
    { params: { key: dataset?.key ?? '', field: value.field }, query: { level, ...(q !== '' && { q }) } },
    { enabled: field !== undefined && field.options.length === 0, staleMs: 60_000, keepPrevious: true },
  )
  const declared = field?.options.map((one) => ({ value: one, label: one }))
  const seen = (values.data?.items ?? []).map((one) => ({
    value: one.value,
    label: one.value,
    note: t('segments.seen', { count: one.rows }),
  }))
  return (
    <span className="w-rule-filter">
      <Pick<string>
        label={t('segments.chooseField')}
        search
        value={value.field === '' ? '' : `${level}.${value.field}`}
        options={fieldOptions(dataset, {
          type: (type) => t(`segments.type.${type}`),
          rows: t('segments.overOf.rows'),
          lines: t('segments.overOf.lines'),
        })}
        onChange={(chosen) => {
          const next = dataset?.fields.find((one) => `${one.level}.${one.key}` === chosen)
          if (next) onChange({ level: next.level, field: next.key, test: firstTest(next.type) })
        }}
      />
      {field !== undefined && (
        <TestField
          type={field.type}
          value={value.test}
          suggestions={{ options: declared?.length ? declared : seen, onSearch: setQ }}
          onChange={(test) => onChange({ ...value, test })}
        />
      )}
      {!readOnly && <RemoveButton onClick={onRemove} />}
    </span>
  )
}

type FieldWords = { type(type: Dataset['fields'][number]['type']): string; rows: string; lines: string }

function fieldOptions(dataset: Dataset | undefined, words: FieldWords): Choices {
  const of = (level: 'row' | 'line') =>
    (dataset?.fields ?? [])
      .filter((field) => field.level === level)
      .map(({ key, name, type }) => ({ value: `${level}.${key}`, label: name, note: words.type(type) }))
  const lines = of('line')
  if (lines.length === 0) return of('row')
  return [
    { label: words.rows, options: of('row') },
    { label: words.lines, options: lines },
  ]
}

function Amount({ value, onChange, dataset }: WithDataset) {
  const { t } = useTranslation()
  const { measure } = value
  const level = value.over === 'lines' ? 'line' : 'row'
  const change = (of: DetailMeasure['of']) =>
    onChange({
      ...value,
      measure: of === 'count' ? { of } : { of, field: 'field' in measure ? measure.field : '' },
    })
  const fields = (dataset?.fields ?? [])
    .filter((one) => one.level === level && (measure.of === 'distinct' || one.type === 'number'))
    .map(({ key, name }) => ({ value: key, label: name }))
  return (
    <>
      <Comma />
      <Pick<DetailMeasure['of']>
        label={t('segments.measure')}
        value={measure.of}
        onChange={change}
        options={MEASURES.map((of) => ({
          value: of,
          label: of === 'count' ? t('segments.rowCount') : t(`segmentWords.measure.${of}`),
        }))}
      />
      {'field' in measure && (
        <Pick<string>
          label={t('segments.chooseField')}
          value={measure.field}
          options={fields}
          onChange={(field) => onChange({ ...value, measure: { ...measure, field } })}
        />
      )}
      <CompareField value={value.compare} onChange={(compare) => onChange({ ...value, compare })} />
      {measure.of === 'count' && <Word>{t('segments.unitOf.rows')}</Word>}
    </>
  )
}
