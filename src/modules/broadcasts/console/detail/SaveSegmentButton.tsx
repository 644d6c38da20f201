import { TeamOutlined } from '@ant-design/icons'
import { App, Button, Form, Input, Modal, Radio, Select, Switch, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { listSegmentsEndpoint } from '../../../segments/schema.ts'
import { type Broadcast, resultSegmentEndpoint } from '../../schema.ts'
import { useReason } from '../reasons.ts'

type Fields = { name: string; outcome: 'reached' | 'not_reached'; reasons: string[]; listed: boolean }

/** 存为分群: whom the send reached, or whom it did not and why, as a static segment. */
export function SaveSegmentButton({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const mayWrite = useCan('segments:write')
  const [open, setOpen] = useState(false)
  const frozen = broadcast.batchCount > 0 || broadcast.skippedByReason.length > 0
  if (!frozen) return null
  return (
    <>
      <Tooltip title={mayWrite ? undefined : t('common.notAllowed')}>
        <Button icon={<TeamOutlined />} disabled={!mayWrite} onClick={() => setOpen(true)}>
          {t('broadcasts.saveSegment')}
        </Button>
      </Tooltip>
      {open && <SaveModal broadcast={broadcast} onClose={() => setOpen(false)} />}
    </>
  )
}

function SaveModal({ broadcast, onClose }: { broadcast: Broadcast; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const format = useFormat()
  const accountId = useAccountId()
  const [form] = Form.useForm<Fields>()
  const outcome = Form.useWatch('outcome', form) ?? 'reached'
  const { totals } = broadcast
  const save = useEndpointMutation(resultSegmentEndpoint, {
    invalidates: [listSegmentsEndpoint],
    onSuccess: ({ segmentId, size }) => {
      onClose()
      void message.success(
        <>
          {t('broadcasts.segmentSaved', { number: format.number(size) })}{' '}
          <Button type="link" size="small" onClick={() => void navigate(`/segments/${segmentId}`)}>
            {t('broadcasts.segmentOpen')}
          </Button>
        </>,
      )
    },
  })
  return (
    <Modal
      open
      title={t('broadcasts.saveSegment')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{ name: broadcast.name, outcome: 'reached', reasons: [], listed: true }}
        onFinish={(body) => save.mutate({ params: { accountId, broadcastId: broadcast.id }, body })}
      >
        <Form.Item
          name="name"
          label={t('broadcasts.segmentName')}
          rules={[{ required: true, whitespace: true }]}
        >
          <Input maxLength={60} showCount />
        </Form.Item>
        <Form.Item name="outcome" label={t('broadcasts.segmentWhom')}>
          <Radio.Group style={{ display: 'grid', gap: 8 }}>
            <Radio value="reached">
              {t('broadcasts.segmentReached', { number: format.number(totals.submitted) })}
            </Radio>
            <Radio value="not_reached">
              {t('broadcasts.segmentNotReached', { number: format.number(totals.skipped + totals.failed) })}
            </Radio>
          </Radio.Group>
        </Form.Item>
        {outcome === 'not_reached' && <Reasons broadcast={broadcast} />}
        <Form.Item name="listed" label={t('broadcasts.segmentListed')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function Reasons({ broadcast: { skippedByReason } }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  if (skippedByReason.length === 0) return null
  return (
    <Form.Item name="reasons" label={t('recipients.reason')} extra={t('broadcasts.segmentReasonsHint')}>
      <Select
        mode="multiple"
        options={skippedByReason.map(({ reason, count }) => ({
          value: reason,
          label: `${explain(reason).text}（${format.number(count)}）`,
        }))}
      />
    </Form.Item>
  )
}
