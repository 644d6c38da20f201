import { Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { usePersonName } from '../../contacts/console/index.ts'
import { listPeopleEndpoint } from '../../contacts/schema.ts'
import { getSuppressionEndpoint, listSuppressionsEndpoint, suppressEndpoint } from '../schema.ts'

/** Looks a customer up and puts them on the 不再打扰 list. */
export function AddSuppressionModal({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const [q, setQ] = useState('')
  const [contactId, setContactId] = useState<string | undefined>()
  const [note, setNote] = useState('')
  const found = useEndpoint(listPeopleEndpoint, { query: { q, limit: '20' } }, { enabled: q !== '' })
  const add = useEndpointMutation(suppressEndpoint, {
    invalidates: [listSuppressionsEndpoint, getSuppressionEndpoint],
    success: t('limits.added'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open
      title={t('limits.addTitle')}
      okText={t('limits.suppress')}
      okButtonProps={{ danger: true, disabled: contactId === undefined }}
      cancelText={t('common.cancel')}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => contactId !== undefined && add.mutate({ params: { contactId }, body: { note } })}
    >
      <p>{t('limits.suppressNote')}</p>
      <Form layout="vertical">
        <Form.Item label={t('limits.person')}>
          <Select
            showSearch={{ filterOption: false, onSearch: (text: string) => setQ(text.trim()) }}
            placeholder={t('limits.findPerson')}
            loading={q !== '' && found.isPending}
            notFoundContent={q === '' ? null : t('limits.nobodyFound')}
            {...(contactId !== undefined && { value: contactId })}
            onChange={setContactId}
            options={(q === '' ? [] : (found.data?.items ?? [])).map((person) => ({
              value: person.id,
              label: [nameOf(person), person.phone, `#${person.id}`].filter(Boolean).join(' · '),
            }))}
          />
        </Form.Item>
        <Form.Item label={t('limits.note')}>
          <Input
            value={note}
            maxLength={200}
            placeholder={t('limits.notePlaceholder')}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}
