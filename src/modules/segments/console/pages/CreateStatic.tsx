import { InboxOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import {
  Alert,
  Button,
  Checkbox,
  Form,
  Input,
  Modal,
  Progress,
  Segmented,
  Select,
  Tooltip,
  Upload,
} from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, upload } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useInvalidate } from '../../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../../console/session.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { schemaRule } from '../../../../console/ui/form-rules.ts'
import {
  createStaticEndpoint,
  type IdKind,
  idKind,
  listSegmentsEndpoint,
  MAX_POSTED_IDS,
  MAX_UPLOADED_IDS,
  type Segment,
  segmentFields,
  uploadStaticEndpoint,
} from '../../schema/segment.ts'
import { PeoplePicker } from './PeoplePicker.tsx'

type Way = 'paste' | 'upload' | 'pick'
type Fields = { name: string; listed: boolean; accountId?: string; kind: IdKind; text?: string }

/** 静态名单: of pasted or uploaded ids, or of people picked by hand. */
export function CreateStaticButton({ onCreated }: { onCreated: (segment: Segment) => void }) {
  const { t } = useTranslation()
  const allowed = useCan('segments:write')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Tooltip title={allowed ? t('segments.staticHint') : t('common.notAllowed')}>
        <Button disabled={!allowed} onClick={() => setOpen(true)}>
          {t('segments.newStatic')}
        </Button>
      </Tooltip>
      {open && (
        <CreateStaticModal
          onClose={() => setOpen(false)}
          onCreated={(segment) => {
            setOpen(false)
            onCreated(segment)
          }}
        />
      )}
    </>
  )
}

function CreateStaticModal({
  onClose,
  onCreated,
}: {
  onClose: () => void
  onCreated: (segment: Segment) => void
}) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const accounts = useAccounts().data?.items ?? []
  const [form] = Form.useForm<Fields>()
  const [way, setWay] = useState<Way>('paste')
  const [file, setFile] = useState<File | undefined>()
  const [picked, setPicked] = useState<string[]>([])
  const kind = Form.useWatch('kind', form)
  const { create, progress } = useCreate({ way, file, picked, onCreated })
  const problem = create.error ? describe(create.error) : undefined
  const ids = splitIds(Form.useWatch('text', form))
  const ready =
    way === 'paste'
      ? ids.length > 0 && ids.length <= MAX_POSTED_IDS
      : way === 'upload'
        ? file !== undefined
        : picked.length > 0
  return (
    <Modal
      open
      width={720}
      title={t('segments.newStatic')}
      okText={t('lists.createGo')}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={create.isPending}
      onCancel={onClose}
      onOk={() => void form.validateFields().then((fields) => create.mutate(fields))}
    >
      {problem && (
        <Alert
          type="error"
          showIcon
          title={problem.title}
          description={problem.advice}
          style={{ marginBottom: 12 }}
        />
      )}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ listed: true, kind: 'openid', accountId: accounts[0]?.id }}
      >
        <Form.Item
          name="name"
          label={t('common.name')}
          required
          rules={[schemaRule(segmentFields.shape.name)]}
        >
          <Input maxLength={60} showCount />
        </Form.Item>
        <Segmented<Way>
          value={way}
          onChange={setWay}
          style={{ marginBottom: 14 }}
          options={(['paste', 'upload', 'pick'] as const).map((one) => ({
            value: one,
            label: t(`segments.way.${one}`),
          }))}
        />
        {way !== 'pick' && (
          <div className="w-row">
            <Form.Item name="kind" label={t('segments.idKind')} style={{ width: 200 }}>
              <Select
                options={idKind.options.map((one) => ({
                  value: one,
                  label: t(`segments.idKindName.${one}`),
                }))}
              />
            </Form.Item>
            {kind === 'openid' && (
              <Form.Item
                name="accountId"
                label={t('segments.account')}
                required
                rules={[{ required: true }]}
                style={{ flex: 1 }}
              >
                <Select options={accounts.map(({ id, name }) => ({ value: id, label: name }))} />
              </Form.Item>
            )}
          </div>
        )}
        {way === 'paste' && <PasteField count={ids.length} />}
        {way === 'upload' && <FileField file={file} onChange={setFile} />}
        {way === 'pick' && <PeoplePicker chosen={picked} onChange={setPicked} />}
        {create.isPending && way === 'upload' && (
          <Progress percent={Math.floor(progress * 100)} size="small" />
        )}
        <Form.Item name="listed" valuePropName="checked" style={{ margin: '12px 0 0' }}>
          <Checkbox>{t('segments.syncToList')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  )
}

function PasteField({ count }: { count: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Form.Item
      name="text"
      extra={t('segments.pasteHint', { number: format.number(count), max: format.number(MAX_POSTED_IDS) })}
    >
      <Input.TextArea rows={7} className="w-mono" aria-label={t('segments.way.paste')} />
    </Form.Item>
  )
}

function FileField({
  file,
  onChange,
}: {
  file: File | undefined
  onChange: (file: File | undefined) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Upload.Dragger
      accept=".txt,.csv,text/plain,text/csv"
      maxCount={1}
      showUploadList={file !== undefined}
      beforeUpload={(chosen) => {
        onChange(chosen)
        return false
      }}
      onRemove={() => onChange(undefined)}
    >
      <p className="ant-upload-drag-icon">
        <InboxOutlined />
      </p>
      <p>{t('lists.uploadHere')}</p>
      <p className="w-faint w-small">{t('segments.uploadHint', { max: format.number(MAX_UPLOADED_IDS) })}</p>
    </Upload.Dragger>
  )
}

type Creating = {
  way: Way
  file: File | undefined
  picked: readonly string[]
  onCreated: (segment: Segment) => void
}

function useCreate({ way, file, picked, onCreated }: Creating) {
  const invalidate = useInvalidate()
  const [progress, setProgress] = useState(0)
  const create = useMutation({
    mutationFn: ({ name, listed, accountId, kind, text }: Fields): Promise<Segment> => {
      const ofAccount = kind === 'openid' && way !== 'pick' && accountId !== undefined ? { accountId } : {}
      if (way === 'upload' && file !== undefined) {
        const query = {
          name,
          idKind: kind,
          listed: listed ? ('true' as const) : ('false' as const),
          ...ofAccount,
        }
        return upload(uploadStaticEndpoint, { query }, file, { onProgress: setProgress })
      }
      const from =
        way === 'pick'
          ? { kind: 'contacts' as const, contactIds: [...picked] }
          : { kind: 'ids' as const, idKind: kind, ids: splitIds(text) }
      return call(createStaticEndpoint, { body: { name, listed, ...ofAccount, from } })
    },
    onSuccess: (segment) => {
      invalidate(listSegmentsEndpoint)
      onCreated(segment)
    },
  })
  return { create, progress }
}

const splitIds = (text: string | undefined): string[] => (text ?? '').split(/[\s,，;；]+/).filter(Boolean)
