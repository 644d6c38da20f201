import { DatePicker, Form, Input, InputNumber, Modal, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import {
  type Attribute,
  getPersonEndpoint,
  listAttributesEndpoint,
  listPeopleEndpoint,
  type PersonDetail,
  setAttributesEndpoint,
} from '../../schema.ts'

type Value = string | number | boolean | string[] | null

/** What is known of one person, changed by hand; a field left empty takes the value away. */
export function EditAttributes({ person, onClose }: { person: PersonDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const { data } = useEndpoint(listAttributesEndpoint, {})
  const known = new Map(person.attributes.map(({ key, value }) => [key, value as Value]))
  const [changed, setChanged] = useState<Record<string, Value>>({})
  const [added, setAdded] = useState<string[]>([])
  const save = useEndpointMutation(setAttributesEndpoint, {
    success: t('common.saved'),
    invalidates: [getPersonEndpoint, listPeopleEndpoint],
    onSuccess: onClose,
  })
  const all = (data?.items ?? []).filter(({ ignored }) => !ignored)
  const isShown = ({ key }: Attribute) => known.has(key) || added.includes(key)
  return (
    <Modal
      open
      title={t('people.editAttributes')}
      okText={t('common.save')}
      okButtonProps={{ disabled: Object.keys(changed).length === 0 }}
      confirmLoading={save.isPending}
      onCancel={onClose}
      onOk={() => save.mutate({ params: { contactId: person.id }, body: { values: changed } })}
    >
      <Form layout="vertical">
        {all.filter(isShown).map((attribute) => (
          <Form.Item key={attribute.key} label={attribute.displayName ?? attribute.key}>
            <ValueInput
              attribute={attribute}
              value={changed[attribute.key] !== undefined ? changed[attribute.key] : known.get(attribute.key)}
              onChange={(value) => setChanged((before) => ({ ...before, [attribute.key]: value }))}
            />
          </Form.Item>
        ))}
        <Form.Item label={t('people.addAttribute')}>
          <Select<string | null>
            showSearch={{ optionFilterProp: 'label' }}
            value={null}
            placeholder={t('people.chooseAttribute')}
            options={all
              .filter((attribute) => !isShown(attribute))
              .map(({ key, displayName }) => ({ value: key, label: displayName ?? key }))}
            onChange={(key) => key !== null && setAdded((before) => [...before, key])}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** One value of an attribute, by its type; null takes it away. */
export function ValueInput({
  attribute,
  value,
  onChange,
}: {
  attribute: Attribute
  value: Value | undefined
  onChange: (value: Value) => void
}) {
  const { t } = useTranslation()
  const label = { 'aria-label': attribute.displayName ?? attribute.key }
  switch (attribute.type) {
    case 'number':
      return (
        <InputNumber
          {...label}
          style={{ width: '100%' }}
          value={typeof value === 'number' ? value : null}
          onChange={(next) => onChange(next)}
        />
      )
    case 'boolean':
      return (
        <Select
          {...label}
          allowClear
          value={value === undefined || value === null ? undefined : String(value) === 'true'}
          options={[true, false].map((one) => ({ value: one, label: t(one ? 'common.yes' : 'common.no') }))}
          onChange={(next?: boolean) => onChange(next ?? null)}
        />
      )
    case 'date':
    case 'instant': {
      const showTime = attribute.type === 'instant'
      const at = typeof value === 'string' && value !== '' ? dayjs(value) : null
      return (
        <DatePicker
          {...label}
          showTime={showTime}
          style={{ width: '100%' }}
          value={at?.isValid() ? at : null}
          onChange={(next) =>
            onChange(next === null ? null : showTime ? next.toISOString() : next.format('YYYY-MM-DD'))
          }
        />
      )
    }
    case 'list':
    case 'enumeration': {
      const options = attribute.options.map((one) => ({ value: one, label: one }))
      return attribute.type === 'list' ? (
        <Select
          {...label}
          mode="tags"
          options={options}
          value={Array.isArray(value) ? value : []}
          onChange={(next: string[]) => onChange(next.length === 0 ? null : next)}
        />
      ) : (
        <Select
          {...label}
          mode="tags"
          maxCount={1}
          options={options}
          value={typeof value === 'string' ? [value] : []}
          onChange={(next: string[]) => onChange(next.at(-1) ?? null)}
        />
      )
    }
    default:
      return (
        <Input
          {...label}
          allowClear
          value={typeof value === 'string' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? null : target.value)}
        />
      )
  }
}
