import { MoreOutlined } from '@ant-design/icons'
import { Button, Dropdown, Space, type TableColumnsType, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  changeOwnTagEndpoint,
  deleteOwnTagEndpoint,
  listOwnTagsEndpoint,
  type OwnTag,
  type TagGroup,
  type TagLink,
  unlinkTagEndpoint,
} from '../schema.ts'
import { LinkModal } from './LinkModal.tsx'
import { NameModal } from './NameModal.tsx'

const invalidates = [listOwnTagsEndpoint]

export function useOwnTagColumns(groups: readonly TagGroup[]): TableColumnsType<OwnTag> {
  const { t } = useTranslation()
  const format = useFormat()
  const canWrite = useCan('tags:write')
  return [
    { title: t('tags.name'), render: (_, tag) => <strong>{tag.name}</strong> },
    {
      title: t('tags.group'),
      render: (_, tag) =>
        groups.find(({ id }) => id === tag.groupId)?.name ?? (
          <span className="w-faint">{t('tags.noGroup')}</span>
        ),
    },
    {
      title: t('tags.people'),
      align: 'right',
      sorter: (a, b) => a.members - b.members,
      render: (_, tag) => <Link to={`/customers?tag=${tag.id}`}>{format.number(tag.members)}</Link>,
    },
    {
      title: <Tooltip title={t('tags.linksHint')}>{t('tags.links')}</Tooltip>,
      render: (_, tag) => (
        <Space size={4} wrap>
          {tag.links.map((link) => (
            <LinkTag key={link.id} link={link} />
          ))}
        </Space>
      ),
    },
    {
      title: t('common.createdAt'),
      dataIndex: 'createdAt',
      className: 'w-nowrap',
      render: (at: string) => format.instant(at),
    },
    {
      key: 'actions',
      className: 'w-right',
      render: (_, tag) => canWrite && <TagActions tag={tag} groups={groups} />,
    },
  ]
}

const COLOURS = { linked: 'success', comparing: 'processing', broken: 'error' } as const

function LinkTag({ link }: { link: TagLink }) {
  const { t } = useTranslation()
  const format = useFormat()
  const canWrite = useCan('tags:write')
  const [ending, setEnding] = useState(false)
  const account = useAccounts().data?.items.find(({ id }) => id === link.accountId)?.name ?? link.accountId
  const unlink = useEndpointMutation(unlinkTagEndpoint, {
    invalidates,
    success: t('tags.unlinked'),
    onSuccess: () => setEnding(false),
  })
  const hint = t(`tags.linkState.${link.state}`, {
    waiting: format.number(link.waiting),
    refused: format.number(link.refused),
  })
  return (
    <>
      <Tooltip title={hint}>
        <Tag
          color={link.refused > 0 ? 'warning' : COLOURS[link.state]}
          closable={canWrite}
          onClose={(event) => {
            event.preventDefault()
            setEnding(true)
          }}
        >
          <Link to={`/accounts/${link.accountId}/tags`}>
            {account} · {link.wechatName}
          </Link>
        </Tag>
      </Tooltip>
      <ConfirmWithNumbers
        open={ending}
        title={t('tags.unlink', { name: link.wechatName })}
        numbers={[
          { label: t('tags.waiting'), value: format.number(link.waiting) },
          { label: t('tags.refused'), value: format.number(link.refused) },
        ]}
        note={t('tags.unlinkNote')}
        okText={t('tags.unlinkGo')}
        danger
        busy={unlink.isPending}
        onConfirm={() => unlink.mutate({ params: { tagId: link.tagId, linkId: link.id } })}
        onCancel={() => setEnding(false)}
      />
    </>
  )
}

function TagActions({ tag, groups }: { tag: OwnTag; groups: readonly TagGroup[] }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'edit' | 'link' | 'delete'>()
  const close = () => setOpen(undefined)
  const change = useEndpointMutation(changeOwnTagEndpoint, {
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
            { key: 'edit', label: t('tags.edit'), onClick: () => setOpen('edit') },
            { key: 'link', label: t('tags.link'), onClick: () => setOpen('link') },
            { key: 'delete', danger: true, label: t('common.delete'), onClick: () => setOpen('delete') },
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('common.more')} />
      </Dropdown>
      {open === 'edit' && (
        <NameModal
          title={t('tags.edit')}
          initial={tag}
          groups={groups}
          busy={change.isPending}
          onSave={(body) => change.mutate({ params: { tagId: tag.id }, body })}
          onClose={close}
        />
      )}
      {open === 'link' && <LinkModal tag={tag} onClose={close} />}
      <DeleteTag tag={tag} open={open === 'delete'} onClose={close} />
    </>
  )
}

function DeleteTag({ tag, open, onClose }: { tag: OwnTag; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useEndpointMutation(deleteOwnTagEndpoint, {
    invalidates,
    success: t('common.deleted'),
    onSuccess: onClose,
  })
  return (
    <ConfirmWithNumbers
      open={open}
      title={t('tags.deleteTag', { name: tag.name })}
      numbers={[
        { label: t('tags.losing'), value: format.number(tag.members), strong: true },
        { label: t('tags.links'), value: format.number(tag.links.length) },
      ]}
      note={t('tags.deleteTagNote')}
      okText={t('common.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { tagId: tag.id } })}
      onCancel={onClose}
    />
  )
}
