import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { attributeValuesEndpoint } from '../../../../contacts/schema.ts'
import type { Condition, ValueType } from '../../../schema/rule.ts'
import { firstTest } from '../../rule/blank.ts'
import { useBuilder } from '../context.ts'
import { type FieldProps, Pick } from './parts.tsx'
import { TestField } from './TestField.tsx'

type Attribute = Extract<Condition, { kind: 'attribute' }>

/** 属性: tested as its type allows, with values that people have. */
export function AttributeFields({ value, onChange }: FieldProps<Attribute>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  const attribute = catalogue.attributes.find(({ key }) => key === value.attribute)
  return (
    <>
      <Pick<string>
        label={t('segments.chooseAttribute')}
        search
        value={value.attribute}
        options={catalogue.attributeOptions(value.attribute)}
        onChange={(key) => {
          const type = catalogue.attributes.find((one) => one.key === key)?.type ?? 'text'
          onChange({ ...value, attribute: key, test: firstTest(type) })
        }}
      />
      {value.attribute !== '' && (
        <ValueOf key={value.attribute} type={attribute?.type ?? 'text'} value={value} onChange={onChange} />
      )}
    </>
  )
}

/** What people have most often is offered, with how many they are. */
function ValueOf({ type, value, onChange }: FieldProps<Attribute> & { type: ValueType }) {
  const format = useFormat()
  const [q, setQ] = useState('')
  const suggests = ['text', 'enumeration', 'list'].includes(type)
  const { data } = useEndpoint(
    attributeValuesEndpoint,
    { query: { key: value.attribute, ...(q !== '' && { q }) } },
    { enabled: suggests, keepPrevious: true },
  )
  const options = (data?.items ?? []).map((one) => ({
    value: one.value,
    label: one.value,
    note: format.number(one.people),
  }))
  return (
    <TestField
      type={type}
      value={value.test}
      suggestions={{ options, onSearch: setQ }}
      onChange={(test) => onChange({ ...value, test })}
    />
  )
}
