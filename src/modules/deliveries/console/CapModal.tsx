import { Form, InputNumber, Modal, Radio, Select, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import {
  CAP_UNITS,
  type CapInput,
  createCapEndpoint,
  type FrequencyCap,
  listLimitsEndpoint,
  updateCapEndpoint,
} from '../schema.ts'
import { AccountItem, ActionItem, EnabledItem, PurposeItem } from './scope.tsx'
import { useCapSentence } from './words.ts'

const KINDS = ['customer-service', 'template', 'subscription'] as const
type Fields = Omit<CapInput, 'accountId' | 'channel'> & { accountId: string; channel: string }

const EMPTY: Fields = {
  accountId: '',
  channel: '',
  purpose: 'marketing',
  most: 3,
  amount: 7,
  unit: 'day',
  calendar: false,
  action: 'postpone',
  enabled: true,
}

/** Makes a frequency cap, or changes one; says in a sentence what it comes to. */
export function CapModal({ cap, onClose }: { cap?: FrequencyCap; onClose: () => void }) {
  const { t } = useTranslation()
  const sentence = useCapSentence()
  const [form] = Form.useForm<Fields>()
  const saved = { invalidates: [listLimitsEndpoint], success: t('limits.capSaved'), onSuccess: onClose }
  const create = useEndpointMutation(createCapEndpoint, saved)
  const update = useEndpointMutation(updateCapEndpoint, saved)
  const initial: Fields =
    cap === undefined ? EMPTY : { ...cap, accountId: cap.accountId ?? '', channel: cap.channel ?? '' }
  const values = Form.useWatch([], form) ?? initial
  const save = ({ accountId, channel, ...rest }: Fields) => {
    const body: CapInput = {
      ...rest,
      accountId: accountId || null,
      channel: (channel || null) as CapInput['channel'],
    }
    if (cap === undefined) create.mutate({ body })
    else update.mutate({ params: { capId: cap.id }, body })
  }
  const units = CAP_UNITS.filter((unit) => !values.calendar || (unit !== 'minute' && unit !== 'hour'))
  return (
    <Modal
      open
      title={t(cap === undefined ? 'limits.addCap' : 'limits.editCap')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={create.isPending || update.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={520}
    >
      <p className="w-soft">{sentence({ ...EMPTY, ...values })}</p>
      <Form
        form={form}
        layout="vertical"
        onFinish={save}
        initialValues={initial}
        onValuesChange={(change: Partial<Fields>, all) => {
          if (change.calendar && (all.unit === 'minute' || all.unit === 'hour'))
            form.setFieldValue('unit', 'day')
        }}
      >
        <Form.Item name="calendar" label={t('limits.windowLabel')}>
          <Radio.Group
            options={[
              { value: false, label: t('limits.windowKinds.rolling') },
              { value: true, label: t('limits.windowKinds.calendar') },
            ]}
          />
        </Form.Item>
        <Space.Compact block>
          <Form.Item name="amount" noStyle rules={[{ required: true }]}>
            <InputNumber min={1} max={365} precision={0} aria-label={t('limits.windowLabel')} />
          </Form.Item>
          <Form.Item name="unit" noStyle>
            <Select
              style={{ width: 160 }}
              aria-label={t('limits.windowLabel')}
              options={units.map((unit) => ({
                value: unit,
                label: t(values.calendar ? `limits.calendarUnits.${unit}` : `limits.units.${unit}`),
              }))}
            />
          </Form.Item>
        </Space.Compact>
        <p className="w-faint w-small">
          {!values.calendar && values.unit === 'month' ? t('limits.rollingMonth') : ' '}
        </p>
        <Form.Item name="most" label={t('limits.mostLabel')} rules={[{ required: true }]}>
          <InputNumber
            min={1}
            max={1_000}
            precision={0}
            suffix={t('limits.messages')}
            style={{ width: 160 }}
          />
        </Form.Item>
        <AccountItem />
        <Form.Item name="channel" label={t('limits.kind')}>
          <Select
            options={[
              { value: '', label: t('limits.everyKind') },
              ...KINDS.map((kind) => ({ value: kind, label: t(`limits.kinds.${kind}`) })),
            ]}
          />
        </Form.Item>
        <PurposeItem label={t('limits.purpose')} />
        <ActionItem label={t('limits.action')} hint={t('limits.capActionHint')} />
        <EnabledItem />
      </Form>
    </Modal>
  )
}
