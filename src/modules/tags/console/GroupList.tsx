import { MoreOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  createTagGroupEndpoint,
  deleteTagGroupEndpoint,
  listOwnTagsEndpoint,
  renameTagGroupEndpoint,
  type TagGroup,
} from '../schema.ts'
import { NameModal } from './NameModal.tsx'

/** Stands for tags of no group in the address. */
export const UNGROUPED = 'none'
const invalidates = [listOwnTagsEndpoint]

export function GroupList({
  groups,
  total,
  chosen,
  onChoose,
}: {
  groups: readonly TagGroup[]
  total: number
  chosen: string | undefined
  onChoose: (group: string | undefined) => void
}) {
  const { t } = useTranslation()
  const canWrite = useCan('tags:write')
  const [editing, setEditing] = useState<TagGroup | 'new'>()
  const [deleting, setDeleting] = useState<TagGroup>()
  const loose = total - groups.reduce((sum, group) => sum + group.tags, 0)
  const entry = (key: string | undefined, name: string, count: number) => (
    <GroupButton name={name} count={count} pressed={chosen === key} onClick={() => onChoose(key)} />
  )
  return (
    <div className="w-panel w-tags-groups">
      {entry(undefined, t('tags.allGroups'), total)}
      {groups.map((group) => (
        <div key={group.id} className="w-tags-row">
          {entry(group.id, group.name, group.tags)}
          {canWrite && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: [
                  { key: 'rename', label: t('tags.rename'), onClick: () => setEditing(group) },
                  {
                    key: 'delete',
                    danger: true,
                    label: t('common.delete'),
                    onClick: () => setDeleting(group),
                  },
                ],
              }}
            >
              <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('common.more')} />
            </Dropdown>
          )}
        </div>
      ))}
      {groups.length > 0 && entry(UNGROUPED, t('tags.noGroup'), loose)}
      {canWrite && (
        <Button type="link" size="small" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
          {t('tags.createGroup')}
        </Button>
      )}
      {editing !== undefined && <GroupModal group={editing} onClose={() => setEditing(undefined)} />}
      <DeleteGroup
        group={deleting}
        onClose={() => setDeleting(undefined)}
        onDeleted={() => onChoose(undefined)}
      />
    </div>
  )
}

function GroupButton(props: { name: string; count: number; pressed: boolean; onClick: () => void }) {
  const format = useFormat()
  return (
    <button type="button" className="w-tags-group" aria-pressed={props.pressed} onClick={props.onClick}>
      <span>{props.name}</span>
      <span className="w-faint">{format.number(props.count)}</span>
    </button>
  )
}

function GroupModal({ group, onClose }: { group: TagGroup | 'new'; onClose: () => void }) {
  const { t } = useTranslation()
  const options = { invalidates, success: t('common.saved'), onSuccess: onClose }
  const create = useEndpointMutation(createTagGroupEndpoint, options)
  const rename = useEndpointMutation(renameTagGroupEndpoint, options)
  const save = ({ name }: { name: string }) =>
    group === 'new'
      ? create.mutate({ body: { name } })
      : rename.mutate({ params: { groupId: group.id }, body: { name } })
  return (
    <NameModal
      title={t(group === 'new' ? 'tags.createGroup' : 'tags.renameGroup')}
      {...(group !== 'new' && { initial: group })}
      busy={create.isPending || rename.isPending}
      onSave={save}
      onClose={onClose}
    />
  )
}

type DeleteProps = { group: TagGroup | undefined; onClose: () => void; onDeleted: () => void }

function DeleteGroup({ group, onClose, onDeleted }: DeleteProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useEndpointMutation(deleteTagGroupEndpoint, {
    invalidates,
    success: t('common.deleted'),
    onSuccess: () => {
      onDeleted()
      onClose()
    },
  })
  return (
    <ConfirmWithNumbers
      open={group !== undefined}
      title={t('tags.deleteGroup', { name: group?.name })}
      numbers={[{ label: t('tags.groupTags'), value: format.number(group?.tags ?? 0), strong: true }]}
      note={t('tags.deleteGroupNote')}
      okText={t('common.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => group && remove.mutate({ params: { groupId: group.id } })}
      onCancel={onClose}
    />
  )
}
