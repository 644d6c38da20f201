import { Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { tagName } from '../schema.ts'

export type Named = { name: string; groupId?: string | null }

/** Asks for a name of at most 30 characters and, where there are groups, for one of them. */
export function NameModal({
  title,
  initial,
  groups,
  busy,
  onSave,
  onClose,
}: {
  title: string
  initial?: Named
  groups?: readonly { id: string; name: string }[]
  busy: boolean
  onSave: (named: Named) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ name: string; groupId?: string }>()
  const save = (fields: { name: string; groupId?: string }) =>
    onSave({ name: fields.name.trim(), ...(groups && { groupId: fields.groupId ?? null }) })
  return (
    <Modal
      open
      title={title}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={420}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={save}
        initialValues={{ name: initial?.name ?? '', groupId: initial?.groupId ?? undefined }}
      >
        <Form.Item name="name" label={t('common.name')} rules={[schemaRule(tagName)]}>
          <Input autoFocus showCount={{ formatter: ({ value }) => `${[...value.trim()].length} / 30` }} />
        </Form.Item>
        {groups !== undefined && groups.length > 0 && (
          <Form.Item name="groupId" label={t('tags.group')}>
            <Select
              allowClear
              placeholder={t('tags.noGroup')}
              options={groups.map((group) => ({ value: group.id, label: group.name }))}
            />
          </Form.Item>
        )}
      </Form>
    </Modal>
  )
}
