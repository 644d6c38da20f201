import { MoreOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown, Modal, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { FANS_OF_DELETABLE_TAG, SYSTEM_TAGS, TAGS_PER_ACCOUNT } from '../../../wechat/rules/tag-limits.ts'
import {
  createWechatTagEndpoint,
  deleteWechatTagEndpoint,
  listTagsEndpoint,
  renameWechatTagEndpoint,
  tagFansEndpoint,
  type WechatTag,
} from '../schema.ts'
import { NameModal } from './NameModal.tsx'
import { TagRunProgress } from './TagRunProgress.tsx'

const invalidates = [listTagsEndpoint]

export function CreateWechatTag({ tags }: { tags: readonly WechatTag[] }) {
  const { t } = useTranslation()
  const params = { accountId: useAccountId() }
  const canWrite = useCan('tags:write')
  const [open, setOpen] = useState(false)
  const create = useEndpointMutation(createWechatTagEndpoint, {
    invalidates,
    success: t('common.saved'),
    onSuccess: () => setOpen(false),
  })
  const own = tags.filter(({ tagId }) => !SYSTEM_TAGS.includes(tagId)).length
  const full = own >= TAGS_PER_ACCOUNT
  const hint = !canWrite
    ? t('common.notAllowed')
    : full
      ? t('tags.full')
      : t('tags.room', { own, most: TAGS_PER_ACCOUNT })
  return (
    <>
      <Tooltip title={hint}>
        <Button icon={<PlusOutlined />} disabled={!canWrite || full} onClick={() => setOpen(true)}>
          {t('tags.create')}
        </Button>
      </Tooltip>
      {open && (
        <NameModal
          title={t('tags.createWechat')}
          busy={create.isPending}
          onSave={({ name }) => create.mutate({ params, body: { name } })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}

export function WechatTagActions({ tag }: { tag: WechatTag }) {
  const { t } = useTranslation()
  const params = { accountId: useAccountId(), wechatTagId: tag.tagId }
  const [open, setOpen] = useState<'rename' | 'delete' | 'empty'>()
  const close = () => setOpen(undefined)
  const rename = useEndpointMutation(renameWechatTagEndpoint, {
    invalidates,
    success: t('common.saved'),
    onSuccess: close,
  })
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'rename', label: t('tags.rename'), onClick: () => setOpen('rename') },
            { key: 'empty', label: t('tags.empty_'), onClick: () => setOpen('empty') },
            { key: 'delete', danger: true, label: t('common.delete'), onClick: () => setOpen('delete') },
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('common.more')} />
      </Dropdown>
      {open === 'rename' && (
        <NameModal
          title={t('tags.rename')}
          initial={tag}
          busy={rename.isPending}
          onSave={({ name }) => rename.mutate({ params, body: { name } })}
          onClose={close}
        />
      )}
      <DeleteWechatTag tag={tag} open={open === 'delete'} onClose={close} />
      {open === 'empty' && <EmptyTag tag={tag} onClose={close} />}
    </>
  )
}

function DeleteWechatTag({ tag, open, onClose }: { tag: WechatTag; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { accountId: useAccountId(), wechatTagId: tag.tagId }
  const remove = useEndpointMutation(deleteWechatTagEndpoint, {
    invalidates,
    success: t('common.deleted'),
    onSuccess: onClose,
  })
  const tooMany = tag.platformCount > FANS_OF_DELETABLE_TAG
  return (
    <ConfirmWithNumbers
      open={open}
      title={t('tags.deleteTag', { name: tag.name })}
      numbers={[
        { label: t('tags.members'), value: format.number(tag.memberCount) },
        { label: t('tags.platform'), value: format.number(tag.platformCount), strong: true },
      ]}
      note={t(tooMany ? 'tags.tooManyToDelete' : 'tags.deleteWechatNote')}
      okText={t('common.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params })}
      onCancel={onClose}
    />
  )
}

/** 清空: takes the tag from every follower, fifty a call, with progress. */
function EmptyTag({ tag, onClose }: { tag: WechatTag; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [runId, setRunId] = useState<string>()
  const start = useEndpointMutation(tagFansEndpoint, { onSuccess: (answer) => setRunId(answer.runId) })
  const title = t('tags.emptyTag', { name: tag.name })
  if (runId !== undefined) {
    return (
      <Modal open title={title} footer={null} onCancel={onClose}>
        <TagRunProgress runId={runId} onGoesOn={setRunId} />
      </Modal>
    )
  }
  const people = { kind: 'filter' as const, filter: { wechatTag: `${accountId}:${tag.tagId}` } }
  return (
    <ConfirmWithNumbers
      open
      title={title}
      numbers={[{ label: t('tags.members'), value: format.number(tag.memberCount), strong: true }]}
      note={t(tag.link === null ? 'tags.emptyNote' : 'tags.emptyLinkedNote')}
      okText={t('tags.empty_')}
      danger
      busy={start.isPending}
      onConfirm={() => start.mutate({ params: { accountId }, body: { people, take: [tag.tagId] } })}
      onCancel={onClose}
    />
  )
}
