import { Form, Modal, Select, TimePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import {
  createQuietEndpoint,
  listLimitsEndpoint,
  type QuietHours,
  type QuietInput,
  updateQuietEndpoint,
} from '../schema.ts'
import { QuietExamples } from './QuietExamples.tsx'
import { AccountItem, ActionItem, EnabledItem, PurposeItem } from './scope.tsx'
import { clockOf } from './words.ts'

type Fields = Pick<QuietInput, 'purpose' | 'zone' | 'action' | 'enabled'> & {
  accountId: string
  from: Dayjs
  until: Dayjs
}

const HOME = 'Asia/Shanghai'
const ZONES = [...new Set([HOME, ...Intl.supportedValuesOf('timeZone')])]
const timeOf = (minute: number) => dayjs(`2026-01-01T${clockOf(minute)}`)
const minuteOf = (time: Dayjs) => time.hour() * 60 + time.minute()

/** Makes quiet hours, or changes them; shows by examples what becomes of messages. */
export function QuietModal({ quiet, onClose }: { quiet?: QuietHours; onClose: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const saved = { invalidates: [listLimitsEndpoint], success: t('limits.capSaved'), onSuccess: onClose }
  const create = useEndpointMutation(createQuietEndpoint, saved)
  const update = useEndpointMutation(updateQuietEndpoint, saved)
  const initial: Fields = {
    accountId: quiet?.accountId ?? '',
    purpose: quiet?.purpose ?? 'marketing',
    zone: quiet?.zone ?? HOME,
    action: quiet?.action ?? 'postpone',
    enabled: quiet?.enabled ?? true,
    from: timeOf(quiet?.fromMinute ?? 1_320),
    until: timeOf(quiet?.untilMinute ?? 480),
  }
  const values = { ...initial, ...(Form.useWatch([], form) as Partial<Fields> | undefined) }
  const save = ({ from, until, accountId, ...rest }: Fields) => {
    const body = {
      ...rest,
      accountId: accountId || null,
      fromMinute: minuteOf(from),
      untilMinute: minuteOf(until),
    }
    if (quiet === undefined) create.mutate({ body })
    else update.mutate({ params: { quietId: quiet.id }, body })
  }
  return (
    <Modal
      open
      title={t(quiet === undefined ? 'limits.addQuiet' : 'limits.editQuiet')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={create.isPending || update.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={520}
    >
      <Form form={form} layout="vertical" onFinish={save} initialValues={initial}>
        <div className="w-row">
          <Form.Item name="from" label={t('limits.from')} rules={[{ required: true }]}>
            <TimePicker format="HH:mm" allowClear={false} />
          </Form.Item>
          <Form.Item
            name="until"
            label={t('limits.until')}
            dependencies={['from']}
            rules={[
              ({ getFieldValue }) => ({
                validator: (_, until: Dayjs) =>
                  minuteOf(until) === minuteOf(getFieldValue('from') as Dayjs)
                    ? Promise.reject(new Error(t('limits.sameMinute')))
                    : Promise.resolve(),
              }),
            ]}
          >
            <TimePicker format="HH:mm" allowClear={false} />
          </Form.Item>
        </div>
        <Form.Item name="zone" label={t('limits.zone')} extra={t('limits.zoneHint')}>
          <Select showSearch options={ZONES.map((zone) => ({ value: zone, label: zone }))} />
        </Form.Item>
        <AccountItem />
        <PurposeItem label={t('limits.quietPurpose')} />
        <ActionItem label={t('limits.quietAction')} hint={t('limits.quietActionHint')} />
        <EnabledItem />
      </Form>
      <QuietExamples
        quiet={{
          fromMinute: minuteOf(values.from),
          untilMinute: minuteOf(values.until),
          zone: values.zone,
          action: values.action,
        }}
      />
    </Modal>
  )
}
