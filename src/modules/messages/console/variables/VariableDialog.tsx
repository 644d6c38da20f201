import { Form, Input, Modal, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { VARIABLE_NAME, type Variable } from '../../schema.ts'
import { useCompose } from '../compose-context.ts'
import { FormatFields } from './FormatFields.tsx'
import { SourceFields } from './SourceFields.tsx'
import { formOf, type VariableForm, variableOf } from './variable-form.ts'

type Props = {
  open: boolean
  /** Empty for a new one. */
  name: string
  variable: Variable | null
  onClose: () => void
  onDone: (name: string, variable: Variable) => void
}

/** A variable: where its value comes from, how it is written, and what becomes of people without one. */
export function VariableDialog({ open, name, variable, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const { content, eventName } = useCompose()
  const [form] = Form.useForm<VariableForm>()
  const missing = Form.useWatch('missing', form)
  const taken = (candidate: string) => name === '' && Object.hasOwn(content.variables, candidate)
  return (
    <Modal
      open={open}
      title={name === '' ? t('messages.variable.new') : t('messages.variable.change', { name })}
      onCancel={onClose}
      onOk={form.submit}
      okText={t('common.save')}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={formOf(name, variable)}
        onFinish={(values) => onDone(name === '' ? values.name.trim() : name, variableOf(values))}
      >
        <SourceFields form={form} eventName={eventName} isNew={name === ''} />
        {name === '' && (
          <Form.Item
            name="name"
            label={t('messages.variable.name')}
            extra={t('messages.variable.nameHint')}
            rules={[
              {
                validator: async (_, value: string | undefined) => {
                  const given = (value ?? '').trim()
                  if (!VARIABLE_NAME.test(given)) throw new Error(t('messages.variable.nameInvalid'))
                  if (taken(given)) throw new Error(t('messages.variable.nameTaken'))
                },
              },
            ]}
          >
            <Input maxLength={40} />
          </Form.Item>
        )}
        <FormatFields form={form} />
        <Form.Item name="missing" label={t('messages.variable.missing')}>
          <Radio.Group
            options={[
              { value: 'fallback', label: t('messages.variable.fallback') },
              { value: 'skip', label: t('messages.variable.skip') },
            ]}
          />
        </Form.Item>
        {missing === 'fallback' ? (
          <Form.Item
            name="fallback"
            rules={[{ required: true, whitespace: true, message: t('messages.variable.fallbackMissing') }]}
          >
            <Input maxLength={200} placeholder={t('messages.variable.fallbackExample')} />
          </Form.Item>
        ) : (
          <p className="w-faint w-small">{t('messages.variable.skipHint')}</p>
        )}
      </Form>
    </Modal>
  )
}
