import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { Navigate, useSearchParams } from 'react-router'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { NoPermissionState } from '../../../console/ui/states.tsx'
import { ArticleSetsTab } from './ArticleSetsTab.tsx'
import { MediaTab } from './MediaTab.tsx'
import { isMedia, type MaterialTab, TABS, tabOf } from './tabs.ts'
import './contents.css'

/** 素材: everything that messages are made of, one kind a tab. */
export function MaterialsPage() {
  const allowed = useCan('contents:read')
  const filters = useFilters(['tab', 'q', 'folder', 'gone', 'open', 'records'])
  if (!allowed) return <NoPermissionState />
  const tab = tabOf(filters.values.tab)
  const turn = (next: string) =>
    filters.change({
      tab: next === 'draft' ? undefined : next,
      q: undefined,
      gone: undefined,
      open: undefined,
      records: undefined,
    })
  const tabs = <MaterialTabs tab={tab} onTurn={turn} />
  return isMedia(tab) ? (
    <MediaTab key={tab} kind={tab} tabs={tabs} />
  ) : (
    <ArticleSetsTab key={tab} kind={tab} tabs={tabs} />
  )
}

function MaterialTabs({ tab, onTurn }: { tab: MaterialTab; onTurn: (tab: string) => void }) {
  const { t } = useTranslation()
  return (
    <Tabs
      activeKey={tab}
      onChange={onTurn}
      items={TABS.map((one) => ({ key: one, label: t(`materials.tab.${one}`) }))}
    />
  )
}

/** What was the page of articles. */
export function ArticlesRedirect() {
  const accountId = useAccountId()
  const [search] = useSearchParams()
  const next = new URLSearchParams(search)
  const kind = next.get('kind')
  next.delete('kind')
  if (kind !== null) next.set('tab', kind)
  return <Navigate to={`/accounts/${accountId}/materials?${next}`} replace />
}

/** What was the page of images. */
export function ImagesRedirect() {
  const accountId = useAccountId()
  const [search] = useSearchParams()
  return (
    <Navigate
      to={`/accounts/${accountId}/materials?${new URLSearchParams([['tab', 'image'], ...search])}`}
      replace
    />
  )
}
