import { FolderOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { NamesTable, NewName } from '../../../console/ui/Names.tsx'
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
  return (
    <NamesTable
      items={items}
      schema={folderName}
      mayWrite={mayWrite}
      holds={{
        title: t('materials.holds'),
        of: ({ articleSets, media }) => t('materials.holdsSo', { articleSets, media }),
      }}
      deleting={({ name, articleSets, media }) => ({
        title: t('materials.deleteFolder', { name }),
        hint: t('materials.deleteFolderHint', { count: articleSets + media }),
      })}
      onRename={({ id }, name) => renaming.mutate({ params: { accountId, folderId: id }, body: { name } })}
      onRemove={({ id }) => removing.mutate({ params: { accountId, folderId: id } })}
    />
  )
}

function NewFolder() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const create = useEndpointMutation(createMaterialFolderEndpoint, {
    invalidates: [listMaterialFoldersEndpoint],
  })
  return (
    <NewName
      schema={folderName}
      placeholder={t('materials.newFolder')}
      add={t('materials.addFolder')}
      saving={create.isPending}
      onAdd={(name) => create.mutateAsync({ params: { accountId }, body: { name } })}
    />
  )
}
