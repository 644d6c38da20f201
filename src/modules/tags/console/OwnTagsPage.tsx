import { PlusOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { createOwnTagEndpoint, listOwnTagsEndpoint, type OwnTag, type TagGroup } from '../schema.ts'
import { GroupList, UNGROUPED } from './GroupList.tsx'
import { NameModal } from './NameModal.tsx'
import { useOwnTagColumns } from './OwnTagColumns.tsx'
import { useOwnTags } from './own-tags.ts'
import { TagTabs } from './TagTabs.tsx'
import './tags.css'

/** 自有标签: our own, on people, in groups. */
export function OwnTagsPage() {
  const { t } = useTranslation()
  const canWrite = useCan('tags:write')
  const [making, setMaking] = useState(false)
  const { query } = useOwnTags()
  const create = useEndpointMutation(createOwnTagEndpoint, {
    invalidates: [listOwnTagsEndpoint],
    success: t('common.saved'),
    onSuccess: () => setMaking(false),
  })
  const actions = (
    <Button type="primary" icon={<PlusOutlined />} disabled={!canWrite} onClick={() => setMaking(true)}>
      {t('tags.create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('nav.tags')} sub={t('tags.ownSub')} actions={actions} />
      <TagTabs active="own" />
      <Loaded query={query}>
        {({ groups, items }) => <OwnTags groups={groups} items={items} empty={actions} />}
      </Loaded>
      {making && (
        <NameModal
          title={t('tags.create')}
          groups={query.data?.groups ?? []}
          busy={create.isPending}
          onSave={(body) => create.mutate({ body })}
          onClose={() => setMaking(false)}
        />
      )}
    </>
  )
}

type Lists = { groups: TagGroup[]; items: OwnTag[] }

function OwnTags({ groups, items, empty }: Lists & { empty: React.ReactNode }) {
  const { t } = useTranslation()
  const filters = useFilters(['group'])
  const columns = useOwnTagColumns(groups)
  const { group } = filters.values
  const shown = items.filter(
    (tag) => group === undefined || (group === UNGROUPED ? tag.groupId === null : tag.groupId === group),
  )
  return (
    <div className="w-tags-split">
      <GroupList
        groups={groups}
        total={items.length}
        chosen={group}
        onChoose={(next) => filters.set('group', next)}
      />
      <div className="w-table-panel">
        {shown.length === 0 ? (
          <EmptyState title={t('tags.ownEmpty')} hint={t('tags.ownEmptyHint')} action={empty} />
        ) : (
          <Table
            size="middle"
            rowKey="id"
            columns={columns}
            dataSource={shown}
            pagination={{ pageSize: 50, hideOnSinglePage: true }}
            scroll={{ x: 640 }}
          />
        )}
      </div>
    </div>
  )
}
