import { DeleteOutlined, FolderOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Drawer, Input, Popconfirm, Space, Table, Tooltip, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  createMaterialFolderEndpoint,
  deleteMaterialFolderEndpoint,
  folderName,
  listArticleSetsEndpoint,
  listMaterialFoldersEndpoint,
  listMediaEndpoint,
  type MaterialFolder,
  renameMaterialFolderEndpoint,
} from '../schema.ts'
import { useFolders } from './FolderPicker.tsx'

const CHANGED = [listMaterialFoldersEndpoint, listArticleSetsEndpoint, listMediaEndpoint]

/** Opens where folders are made, renamed and deleted. */
export function FoldersButton() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={<FolderOutlined />} onClick={() => setOpen(true)}>
        {t('materials.folders')}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        size={480}
        destroyOnHidden
        title={t('materials.folders')}
      >
        <Folders />
      </Drawer>
    </>
  )
}

function Folders() {
  const { t } = useTranslation()
  const query = useFolders()
  const mayWrite = useCan('contents:write')
  return (
    <div className="w-stack">
      <p className="w-soft">{t('materials.foldersHint')}</p>
      {mayWrite && <NewFolder />}
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('materials.noFolders')} />
          ) : (
            <FolderTable items={items} mayWrite={mayWrite} />
          )
        }
      </Loaded>
    </div>
  )
}

function FolderTable({ items, mayWrite }: { items: MaterialFolder[]; mayWrite: boolean }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const renaming = useEndpointMutation(renameMaterialFolderEndpoint, {
    invalidates: CHANGED,
    success: t('common.saved'),
  })
  const removing = useEndpointMutation(deleteMaterialFolderEndpoint, {
    invalidates: CHANGED,
    success: t('common.deleted'),
  })
  const rename = ({ id }: MaterialFolder, text: string) => {
    const name = folderName.safeParse(text)
    if (name.success) renaming.mutate({ params: { accountId, folderId: id }, body: { name: name.data } })
  }
  return (
    <Table<MaterialFolder>
      size="small"
      rowKey="id"
      dataSource={items}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      columns={[
        {
          title: t('common.name'),
          render: (_, folder) => (
            <Typography.Text
              editable={mayWrite && { maxLength: 30, onChange: (name) => rename(folder, name) }}
            >
              {folder.name}
            </Typography.Text>
          ),
        },
        {
          title: t('materials.holds'),
          width: 150,
          render: (_, { articleSets, media }) => t('materials.holdsSo', { articleSets, media }),
        },
        {
          key: 'actions',
          width: 50,
          render: (_, folder) => (
            <Popconfirm
              title={t('materials.deleteFolder', { name: folder.name })}
              description={t('materials.deleteFolderHint', { count: folder.articleSets + folder.media })}
              okText={t('common.delete')}
              okButtonProps={{ danger: true }}
              disabled={!mayWrite}
              onConfirm={() => removing.mutate({ params: { accountId, folderId: folder.id } })}
            >
              <Tooltip title={mayWrite ? undefined : t('common.notAllowed')}>
                <Button
                  type="text"
                  size="small"
                  danger
                  disabled={!mayWrite}
                  icon={<DeleteOutlined />}
                  aria-label={t('materials.deleteFolder', { name: folder.name })}
                />
              </Tooltip>
            </Popconfirm>
          ),
        },
      ]}
    />
  )
}

function NewFolder() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [name, setName] = useState('')
  const create = useEndpointMutation(createMaterialFolderEndpoint, {
    invalidates: [listMaterialFoldersEndpoint],
    onSuccess: () => setName(''),
  })
  const parsed = folderName.safeParse(name)
  const save = () => parsed.success && create.mutate({ params: { accountId }, body: { name: parsed.data } })
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        value={name}
        maxLength={30}
        placeholder={t('materials.newFolder')}
        aria-label={t('materials.newFolder')}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={save}
      />
      <Button icon={<PlusOutlined />} disabled={!parsed.success} loading={create.isPending} onClick={save}>
        {t('materials.addFolder')}
      </Button>
    </Space.Compact>
  )
}
