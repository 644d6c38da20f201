import { PlusOutlined } from '@ant-design/icons'
import { Button, Switch, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { UrlTabs } from '../../../console/ui/UrlTabs.tsx'
import { type Activity, listActivitiesEndpoint } from '../schema.ts'
import { ActivityModal } from './ActivityModal.tsx'
import { useActivityColumns } from './columns.tsx'
import { GroupsTab } from './GroupsTab.tsx'

/** 营销活动与分组: what broadcasts and campaigns are filed under. */
export function ActivitiesPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('nav.activities')} sub={t('activities.sub')} />
      <UrlTabs
        destroyOnHidden
        items={[
          { key: 'activities', label: t('activities.title'), children: <ActivitiesTab /> },
          { key: 'groups', label: t('activities.groups'), children: <GroupsTab /> },
        ]}
      />
    </>
  )
}

function ActivitiesTab() {
  const { t } = useTranslation()
  const canManage = useCan('activities:manage')
  const filters = useFilters(['archived'])
  const archived = filters.values.archived === 'true'
  const [making, setMaking] = useState(false)
  const query = useEndpoint(
    listActivitiesEndpoint,
    { query: { archived: archived ? 'true' : 'false' } },
    { keepPrevious: true },
  )
  const make = canManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('activities.create')}
    </Button>
  )
  return (
    <>
      <FilterBar end={make}>
        <Switch
          size="small"
          checked={archived}
          onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
          aria-label={t('activities.showArchived')}
        />
        {t('activities.showArchived')}
      </FilterBar>
      <Loaded query={query}>{({ items }) => <ActivityTable items={items} />}</Loaded>
      {making && <ActivityModal onClose={() => setMaking(false)} />}
    </>
  )
}

function ActivityTable({ items }: { items: Activity[] }) {
  const { t } = useTranslation()
  const columns = useActivityColumns()
  return (
    <div className="w-table-panel">
      {items.length === 0 ? (
        <EmptyState title={t('activities.empty')} hint={t('activities.emptyHint')} />
      ) : (
        <Table<Activity>
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={items}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          scroll={{ x: 760 }}
        />
      )}
    </div>
  )
}
