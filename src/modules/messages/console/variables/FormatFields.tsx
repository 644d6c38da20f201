import { Checkbox, Form, type FormInstance, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { formatValue } from '../../rules.ts'
import { DATE_PATTERNS, variableFormat } from '../../schema.ts'
import type { VariableForm } from './variable-form.ts'

const SAMPLES = {
  date: '2026-11-21T10:05:00+08:00',
  amount: 129900,
  number: 1234.5,
  mask: '13800001234',
  shorten: '',
}

/** How a value is written, with an example of it. */
export function FormatFields({ form }: { form: FormInstance<VariableForm> }) {
  const { t } = useTranslation()
  const values = Form.useWatch([], form) as VariableForm | undefined
  const as = values?.as ?? 'plain'
  return (
    <>
      <Form.Item name="as" label={t('messages.format.title')} extra={<Example values={values} />}>
        <Select
          options={(['plain', 'date', 'amount', 'number', 'mask', 'shorten'] as const).map((kind) => ({
            value: kind,
            label: t(`messages.format.${kind}`),
          }))}
        />
      </Form.Item>
      {as === 'date' && (
        <Form.Item name="pattern">
          <Select options={DATE_PATTERNS.map((pattern) => ({ value: pattern, label: pattern }))} />
        </Form.Item>
      )}
      {as === 'amount' && (
        <div className="w-row">
          <Form.Item name="sign" label={t('messages.format.sign')}>
            <Select
              style={{ width: 90 }}
              options={['¥', '$', '€', '£', ''].map((sign) => ({
                value: sign,
                label: sign || t('messages.format.noSign'),
              }))}
            />
          </Form.Item>
          <Form.Item name="divisor" label={t('messages.format.unit')}>
            <Select
              style={{ width: 130 }}
              options={[
                { value: 1, label: t('messages.format.inYuan') },
                { value: 100, label: t('messages.format.inFen') },
              ]}
            />
          </Form.Item>
          <Form.Item name="decimals" label={t('messages.format.decimals')}>
            <InputNumber min={0} max={2} precision={0} />
          </Form.Item>
          <Form.Item name="yuan" valuePropName="checked" label=" ">
            <Checkbox>{t('messages.format.yuan')}</Checkbox>
          </Form.Item>
        </div>
      )}
      {as === 'number' && (
        <Form.Item name="numberDecimals" label={t('messages.format.decimals')}>
          <InputNumber min={0} max={6} precision={0} />
        </Form.Item>
      )}
      {as === 'mask' && (
        <div className="w-row">
          <Form.Item name="start" label={t('messages.format.keepStart')}>
            <InputNumber min={0} max={20} precision={0} />
          </Form.Item>
          <Form.Item name="end" label={t('messages.format.keepEnd')}>
            <InputNumber min={0} max={20} precision={0} />
          </Form.Item>
        </div>
      )}
      {as === 'shorten' && (
        <Form.Item name="characters" label={t('messages.format.characters')}>
          <InputNumber min={2} max={200} precision={0} />
        </Form.Item>
      )}
      {/* kept in the form while their fields are out of sight */}
      <Form.Item name="zone" hidden>
        <input />
      </Form.Item>
    </>
  )
}

function Example({ values }: { values: VariableForm | undefined }) {
  const { t } = useTranslation()
  const as = values?.as ?? 'plain'
  if (values === undefined || as === 'plain' || as === 'shorten') return null
  const decimals = as === 'number' ? values.numberDecimals : values.decimals
  const format = variableFormat.safeParse({ ...values, as, decimals })
  if (!format.success) return null
  const sample = SAMPLES[as]
  return (
    <>{t('messages.format.example', { from: String(sample), to: formatValue(sample, format.data) ?? '' })}</>
  )
}
