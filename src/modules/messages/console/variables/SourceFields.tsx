import { Form, type FormInstance, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { VariableSource } from '../../schema.ts'
import { useSources } from './use-source-text.ts'
import type { VariableForm } from './variable-form.ts'

const KINDS: readonly VariableSource['from'][] = [
  'person-name',
  'attribute',
  'latest-row',
  'event',
  'event-time',
  'account-name',
]

/** Where the value comes from; what is chosen first also suggests a name and a way of writing it. */
export function SourceFields({
  form,
  eventName,
  isNew,
}: {
  form: FormInstance<VariableForm>
  eventName: string | null
  isNew: boolean
}) {
  const { t } = useTranslation()
  const from = Form.useWatch('from', form)
  const { attributes, datasets, properties } = useSources(eventName)
  const suggest = (label: string, type?: string) => {
    if (!isNew) return
    form.setFieldsValue({
      name: asName(label),
      as: formatFor(type),
      ...(type === 'instant' && { pattern: 'YYYY年M月D日 HH:mm' }),
    })
  }
  const required = [{ required: true, message: t('messages.source.missing') }]
  return (
    <>
      <Form.Item name="from" label={t('messages.source.title')}>
        <Select
          options={KINDS.map((kind) => ({
            value: kind,
            label: t(`messages.source.${kind}`),
            disabled: (kind === 'event' || kind === 'event-time') && eventName === null,
          }))}
          onChange={(kind: VariableSource['from']) =>
            suggest(t(`messages.source.${kind}`), kind === 'event-time' ? 'instant' : undefined)
          }
        />
      </Form.Item>
      {from === 'attribute' && (
        <Form.Item name="attribute" rules={required}>
          <Select
            showSearch
            optionFilterProp="label"
            placeholder={t('messages.source.chooseAttribute')}
            options={attributes.map(({ key, label }) => ({ value: key, label }))}
            onChange={(key: string) => {
              const found = attributes.find((one) => one.key === key)
              suggest(found?.label ?? key, found?.type)
            }}
          />
        </Form.Item>
      )}
      {from === 'event' && (
        <Form.Item name="property" rules={required}>
          <Select
            showSearch
            optionFilterProp="label"
            placeholder={t('messages.source.chooseProperty')}
            options={properties.map(({ key, label }) => ({ value: key, label }))}
            onChange={(key: string) => {
              const found = properties.find((one) => one.key === key)
              suggest(found?.label ?? key, found?.type)
            }}
          />
        </Form.Item>
      )}
      {from === 'latest-row' && (
        <Form.Item name="row" rules={required} extra={t('messages.source.rowHint')}>
          <Select
            showSearch
            optionFilterProp="label"
            placeholder={t('messages.source.chooseField')}
            options={datasets.map((dataset) => ({
              label: dataset.label,
              options: dataset.fields.map(({ key, label }) => ({
                value: `${dataset.key}/${key}`,
                label: `${dataset.label} · ${label}`,
              })),
            }))}
            onChange={(key: string) => {
              const field = datasets
                .find((one) => key.startsWith(`${one.key}/`))
                ?.fields.find((one) => key.endsWith(`/${one.key}`))
              suggest(field?.label ?? key, field?.type)
            }}
          />
        </Form.Item>
      )}
    </>
  )
}

const asName = (label: string): string => label.replace(/[^\p{L}\p{N}_.-]/gu, '').slice(0, 40)
const formatFor = (type: string | undefined): VariableForm['as'] =>
  type === 'date' || type === 'instant' ? 'date' : 'plain'
