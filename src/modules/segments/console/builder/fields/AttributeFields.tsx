import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../schema/rule.ts'
import { useValueSuggestions } from '../../names/use-value-suggestions.ts'
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
  const suggestions = useValueSuggestions(attribute)
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
        <TestField
          type={attribute?.type ?? 'text'}
          value={value.test}
          suggestions={suggestions}
          onChange={(test) => onChange({ ...value, test })}
        />
      )}
    </>
  )
}
