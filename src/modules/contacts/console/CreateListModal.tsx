import { InboxOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Progress, Segmented, Tooltip, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, upload } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useInvalidate } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import {
  createFanListEndpoint,
  type FanList,
  listFanListsEndpoint,
  MAX_POSTED_OPENIDS,
  MAX_UPLOADED_OPENIDS,
  uploadFanListEndpoint,
} from '../schema.ts'

type Fields = { name: string; text?: string }

export function CreateListButton({ onCreated }: { onCreated: (list: FanList) => void }) {
  const { t } = useTranslation()
  const allowed = useCan('contacts:write')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button type="primary" icon={<PlusOutlined />} disabled={!allowed} onClick={() => setOpen(true)}>
          {t('lists.create')}
        </Button>
      </Tooltip>
      <CreateListModal
        open={open}
        onClose={() => setOpen(false)}
        onCreated={(list) => {
          setOpen(false)
          onCreated(list)
        }}
      />
    </>
  )
}

function CreateListModal({
  open,
  onClose,
  onCreated,
}: {
  open: boolean
  onClose: () => void
  onCreated: (list: FanList) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const [form] = Form.useForm<Fields>()
  const [way, setWay] = useState<'paste' | 'upload'>('paste')
  const [file, setFile] = useState<File | undefined>()
  const { create, progress } = useCreateList(file, onCreated)
  const openids = splitOpenids(Form.useWatch('text', form))
  const error = create.error === null ? undefined : describe(create.error)
  const ready =
    way === 'upload' ? file !== undefined : openids.length > 0 && openids.length <= MAX_POSTED_OPENIDS
  return (
    <Modal
      open={open}
      title={t('lists.create')}
      okText={t('lists.createGo')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
      okButtonProps={{ disabled: !ready }}
      confirmLoading={create.isPending}
      afterClose={create.reset}
    >
      {error && (
        <Alert
          type="error"
          showIcon
          title={error.title}
          description={error.advice}
          style={{ marginBottom: 12 }}
        />
      )}
      <Form<Fields>
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ name }) => create.mutate({ name, openids, upload: way === 'upload' })}
      >
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[schemaRule(createFanListEndpoint.body!.shape.name, t('operators.nameInvalid'))]}
        >
          <Input autoFocus maxLength={60} />
        </Form.Item>
        <Segmented
          value={way}
          onChange={setWay}
          style={{ marginBottom: 12 }}
          options={[
            { value: 'paste', label: t('lists.paste') },
            { value: 'upload', label: t('lists.upload') },
          ]}
        />
        {way === 'paste' ? (
          <Form.Item
            name="text"
            extra={t('lists.pasteHint', {
              number: format.number(openids.length),
              max: format.number(MAX_POSTED_OPENIDS),
            })}
          >
            <Input.TextArea rows={7} className="w-mono" placeholder={'oAbC…\noXyZ…'} />
          </Form.Item>
        ) : (
          <Upload.Dragger
            accept=".txt,.csv,text/plain,text/csv"
            maxCount={1}
            showUploadList={file !== undefined}
            beforeUpload={(chosen) => {
              setFile(chosen)
              return false
            }}
            onRemove={() => setFile(undefined)}
          >
            <p className="ant-upload-drag-icon">
              <InboxOutlined />
            </p>
            <p>{t('lists.uploadHere')}</p>
            <p className="w-faint w-small">
              {t('lists.uploadHint', { max: format.number(MAX_UPLOADED_OPENIDS) })}
            </p>
          </Upload.Dragger>
        )}
        {create.isPending && way === 'upload' && (
          <Progress percent={Math.floor(progress * 100)} size="small" />
        )}
      </Form>
    </Modal>
  )
}

function useCreateList(file: File | undefined, onCreated: (list: FanList) => void) {
  const accountId = useAccountId()
  const invalidate = useInvalidate()
  const [progress, setProgress] = useState(0)
  const create = useMutation({
    mutationFn: (input: { name: string; openids: string[]; upload: boolean }): Promise<FanList> => {
      const params = { accountId }
      if (!input.upload || file === undefined)
        return call(createFanListEndpoint, { params, body: { name: input.name, openids: input.openids } })
      return upload(uploadFanListEndpoint, { params, query: { name: input.name } }, file, {
        onProgress: setProgress,
      })
    },
    onSuccess: (list) => {
      invalidate(listFanListsEndpoint)
      onCreated(list)
    },
  })
  return { create, progress }
}

const splitOpenids = (text: string | undefined): string[] => (text ?? '').split(/[\s,，;；]+/).filter(Boolean)
