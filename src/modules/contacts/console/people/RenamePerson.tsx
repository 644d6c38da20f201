import { Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import {
  getPersonEndpoint,
  listPeopleEndpoint,
  type PersonDetail,
  renamePersonEndpoint,
} from '../../schema.ts'

export function RenamePerson({
  open,
  person,
  onClose,
}: {
  open: boolean
  person: PersonDetail
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(person.name ?? '')
  const rename = useEndpointMutation(renamePersonEndpoint, {
    success: t('common.saved'),
    invalidates: [getPersonEndpoint, listPeopleEndpoint],
    onSuccess: onClose,
  })
  return (
    <Modal
      open={open}
      title={t('people.rename')}
      okText={t('common.save')}
      confirmLoading={rename.isPending}
      onCancel={onClose}
      onOk={() => rename.mutate({ params: { contactId: person.id }, body: { name: name.trim() || null } })}
    >
      <Form layout="vertical">
        <Form.Item label={t('people.name')} extra={t('people.renameHint')}>
          <Input maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
