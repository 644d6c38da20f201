import { Button, Drawer, Form, Input, Popconfirm, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import {
  archiveMiniProgramEndpoint,
  createMiniProgramEndpoint,
  listLinkedEndpoint,
  listMiniProgramsEndpoint,
  type MiniProgram,
  restoreMiniProgramEndpoint,
  updateMiniProgramEndpoint,
} from '../schema.ts'
import { LinkToggles } from './LinkToggles.tsx'

type Fields = BodyInputOf<typeof createMiniProgramEndpoint>
const fields = createMiniProgramEndpoint.body!.shape
const CHANGED = [listMiniProgramsEndpoint, listLinkedEndpoint]

/** Binds a mini program, and once it is bound asks to which accounts it is linked. */
export function MiniProgramDrawer({
  edited,
  onEdit,
}: {
  edited: MiniProgram | 'new' | undefined
  onEdit: (id: string | undefined) => void
}) {
  const { t } = useTranslation()
  const close = () => onEdit(undefined)
  return (
    <Drawer
      open={edited !== undefined}
      onClose={close}
      size={480}
      destroyOnHidden
      title={t(edited === 'new' ? 'miniPrograms.bind' : 'miniPrograms.edit')}
    >
      {edited === 'new' && <CreateForm onCreated={onEdit} />}
      {edited !== undefined && edited !== 'new' && (
        <div className="w-stack" key={edited.id}>
          {edited.archived ? (
            <Archived miniProgram={edited} onDone={close} />
          ) : (
            <>
              <EditForm miniProgram={edited} onDone={close} />
              <LinkToggles miniProgram={edited} />
            </>
          )}
        </div>
      )}
    </Drawer>
  )
}

function CreateForm({ onCreated }: { onCreated: (id: string) => void }) {
  const { t } = useTranslation()
  const create = useEndpointMutation(createMiniProgramEndpoint, {
    invalidates: CHANGED,
    success: t('miniPrograms.bound'),
    onSuccess: ({ id }) => onCreated(id),
  })
  return (
    <Form<Fields>
      layout="vertical"
      onFinish={(body) => create.mutate({ body: { ...body, ghId: body.ghId || null } })}
    >
      <Form.Item
        name="appid"
        label="AppID"
        required
        extra={t('miniPrograms.appidHint')}
        validateTrigger="onBlur"
        rules={[schemaRule(fields.appid, t('miniPrograms.appidInvalid'))]}
      >
        <Input className="w-mono" placeholder="wx0123456789abcdef" autoFocus />
      </Form.Item>
      <DetailFields />
      <Button type="primary" htmlType="submit" loading={create.isPending}>
        {t('miniPrograms.bind')}
      </Button>
    </Form>
  )
}

function EditForm({ miniProgram, onDone }: { miniProgram: MiniProgram; onDone: () => void }) {
  const { t } = useTranslation()
  const params = { miniProgramId: miniProgram.id }
  const update = useEndpointMutation(updateMiniProgramEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
  })
  const archive = useEndpointMutation(archiveMiniProgramEndpoint, {
    invalidates: CHANGED,
    success: t('miniPrograms.archived'),
    onSuccess: onDone,
  })
  const { name, ghId, note } = miniProgram
  return (
    <Form<Omit<Fields, 'appid'>>
      layout="vertical"
      initialValues={{ name, ghId: ghId ?? '', note }}
      onFinish={(body) => update.mutate({ params, body: { ...body, ghId: body.ghId || null } })}
    >
      <Form.Item label="AppID">
        <span className="w-mono">{miniProgram.appid}</span>
      </Form.Item>
      <DetailFields />
      <Space>
        <Button type="primary" htmlType="submit" loading={update.isPending}>
          {t('common.save')}
        </Button>
        <Popconfirm
          title={t('miniPrograms.archiveTitle', { name })}
          description={t('miniPrograms.archiveHint')}
          okText={t('miniPrograms.archive')}
          onConfirm={() => archive.mutate({ params })}
        >
          <Button danger loading={archive.isPending}>
            {t('miniPrograms.archive')}
          </Button>
        </Popconfirm>
      </Space>
    </Form>
  )
}

function DetailFields() {
  const { t } = useTranslation()
  return (
    <>
      <Form.Item
        name="name"
        label={t('common.name')}
        required
        rules={[schemaRule(fields.name, t('operators.nameInvalid'))]}
      >
        <Input />
      </Form.Item>
      <Form.Item
        name="ghId"
        label={t('accounts.ghId')}
        extra={t('miniPrograms.ghIdHint')}
        rules={[schemaRule(fields.ghId, t('accounts.ghIdInvalid'))]}
      >
        <Input className="w-mono" placeholder="gh_…" />
      </Form.Item>
      <Form.Item name="note" label={t('miniPrograms.note')}>
        <Input.TextArea maxLength={200} autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
    </>
  )
}

function Archived({ miniProgram, onDone }: { miniProgram: MiniProgram; onDone: () => void }) {
  const { t } = useTranslation()
  const restore = useEndpointMutation(restoreMiniProgramEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
    onSuccess: onDone,
  })
  return (
    <>
      <div>
        <strong>{miniProgram.name}</strong>
        <div className="w-faint w-mono">{miniProgram.appid}</div>
      </div>
      <span className="w-soft">{t('miniPrograms.archivedHint')}</span>
      <div>
        <Button
          loading={restore.isPending}
          onClick={() => restore.mutate({ params: { miniProgramId: miniProgram.id } })}
        >
          {t('miniPrograms.restore')}
        </Button>
      </div>
    </>
  )
}
