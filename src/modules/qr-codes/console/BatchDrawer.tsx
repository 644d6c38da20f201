import { Alert, Button, Drawer, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import type { Answer } from '../../auto-replies/schema.ts'
import { createCodesEndpoint, listCodesEndpoint, MOST_IN_BATCH } from '../schema.ts'
import { AnswerField } from './AnswerField.tsx'
import { BatchFile, type ReadFile } from './BatchFile.tsx'
import { readLines } from './batch-lines.ts'
import { LabelPicker, labelEndpoints } from './LabelPicker.tsx'
import { type Life, LifeField } from './LifeField.tsx'
import { LogoField } from './LogoField.tsx'

type Fields = {
  text: string
  life: Life
  folderId?: string | null
  placementId?: string | null
  logo?: string | null
  answer?: Answer | null
}

/** Up to 1,000 codes at once, from names that are pasted or from a file. */
export function BatchDrawer({
  open,
  permanentLeft,
  onClose,
}: {
  open: boolean
  permanentLeft: number
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} onClose={onClose} size={560} destroyOnHidden title={t('qrCodes.batch')}>
      {open && <BatchForm permanentLeft={permanentLeft} onClose={onClose} />}
    </Drawer>
  )
}

function BatchForm({ permanentLeft, onClose }: { permanentLeft: number; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [asked, setAsked] = useState<Fields>()
  const [form] = Form.useForm<Fields>()
  const text = Form.useWatch('text', form) ?? ''
  const life = Form.useWatch('life', form) ?? { life: 'permanent', lifeSeconds: null }
  const kind = life.life === 'temporary' ? 'temporary' : 'permanent'
  const [read, setRead] = useState<ReadFile>()
  const { codes, wrong } = read ?? readLines(text, kind)
  const create = useEndpointMutation(createCodesEndpoint, {
    invalidates: [listCodesEndpoint, labelEndpoints.folder.list, labelEndpoints.placement.list],
    success: t('qrCodes.batchCreated', { count: codes.length }),
    onSuccess: onClose,
  })
  const tooMany = codes.length > MOST_IN_BATCH
  const confirm = () => {
    if (asked === undefined) return
    const { folderId = null, placementId = null, logo = null, answer = null, life: chosen } = asked
    create.mutate({
      params: { accountId },
      body: { codes, life: kind, lifeSeconds: chosen.lifeSeconds, folderId, placementId, logo, answer },
    })
  }
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      initialValues={{ text: '', life: { life: 'permanent', lifeSeconds: null } }}
      onFinish={setAsked}
    >
      <Form.Item
        name="text"
        hidden={read !== undefined}
        label={t('qrCodes.batchNames')}
        extra={t('qrCodes.batchHint', { most: MOST_IN_BATCH })}
      >
        <Input.TextArea
          autoFocus
          autoSize={{ minRows: 8, maxRows: 16 }}
          placeholder={t('qrCodes.batchPlaceholder')}
        />
      </Form.Item>
      <Form.Item
        label={t(read === undefined ? 'qrCodes.batchFile' : 'qrCodes.batchFromFile')}
        hidden={text.trim() !== ''}
      >
        <BatchFile read={read} onRead={setRead} />
      </Form.Item>
      {read === undefined && wrong.length > 0 && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 16 }}
          title={t('qrCodes.batchWrong', { count: wrong.length })}
          description={wrong
            .slice(0, 5)
            .map(({ line, what, value }) => t(`qrCodes.batchFileLine.${what}`, { line, value }))
            .join(' ')}
        />
      )}
      {tooMany && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 16 }}
          title={t('qrCodes.batchTooMany', { count: codes.length, most: MOST_IN_BATCH })}
        />
      )}
      <Form.Item name="life" label={t('qrCodes.lifeTitle')}>
        <LifeField permanentLeft={permanentLeft} />
      </Form.Item>
      <Form.Item name="answer" label={t('qrCodes.answer')} extra={t('qrCodes.answerBatchHint')}>
        <AnswerField />
      </Form.Item>
      <Form.Item name="placementId" label={t('qrCodes.placement')}>
        <LabelPicker kind="placement" />
      </Form.Item>
      <Form.Item name="folderId" label={t('qrCodes.folder')}>
        <LabelPicker kind="folder" />
      </Form.Item>
      <Form.Item name="logo" label={t('qrCodes.logo')} extra={t('qrCodes.logoHint')}>
        <LogoField />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit" disabled={codes.length === 0 || tooMany || wrong.length > 0}>
          {t('qrCodes.batchGo', { count: codes.length })}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </Space>
      <ConfirmWithNumbers
        open={asked !== undefined}
        title={t('qrCodes.batchAsk')}
        numbers={[
          { label: t(`qrCodes.life.${kind}`), value: format.number(codes.length), strong: true },
          ...(kind === 'permanent'
            ? [{ label: t('qrCodes.permanentLeftAfter'), value: format.number(permanentLeft - codes.length) }]
            : []),
        ]}
        note={t(`qrCodes.batchNote.${kind}`)}
        okText={t('qrCodes.batchMake')}
        busy={create.isPending}
        onConfirm={confirm}
        onCancel={() => setAsked(undefined)}
      />
    </Form>
  )
}
