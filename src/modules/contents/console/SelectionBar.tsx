import { Button, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  listArticleSetsEndpoint,
  listMaterialFoldersEndpoint,
  listMediaEndpoint,
  MOST_MOVED,
  moveMaterialsEndpoint,
} from '../schema.ts'
import { FolderPicker } from './FolderPicker.tsx'

/** What can be done with the materials that are ticked. */
export function SelectionBar({
  of,
  ids,
  shown,
  onChange,
}: {
  of: 'articleSetIds' | 'mediaAssetIds'
  ids: readonly string[]
  /** All that the list has read. */
  shown: readonly string[]
  onChange: (ids: string[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const move = useEndpointMutation(moveMaterialsEndpoint, {
    invalidates: [listArticleSetsEndpoint, listMediaEndpoint, listMaterialFoldersEndpoint],
    success: t('materials.moved'),
    onSuccess: () => onChange([]),
  })
  if (ids.length === 0) return null
  const moveTo = (folder: string | undefined) => {
    if (folder === undefined) return
    const folderId = folder === 'none' ? null : folder
    move.mutate({ params: { accountId }, body: { folderId, [of]: [...ids] } })
  }
  return (
    <Space wrap style={{ marginBottom: 12 }} data-testid="materials-selected">
      <span>{t('common.selected', { number: ids.length })}</span>
      <FolderPicker
        key={ids.join()}
        placeholder={t('materials.moveTo')}
        noneLabel={t('materials.outOfFolders')}
        onChange={moveTo}
      />
      <Button type="link" onClick={() => onChange(shown.slice(0, MOST_MOVED))}>
        {t('materials.chooseShown', { number: Math.min(shown.length, MOST_MOVED) })}
      </Button>
      <Button type="text" onClick={() => onChange([])}>
        {t('common.cancel')}
      </Button>
    </Space>
  )
}

export const toggled = (ids: readonly string[], id: string): string[] =>
  ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id].slice(0, MOST_MOVED)
