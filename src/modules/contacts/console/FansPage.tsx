import { SyncOutlined } from '@ant-design/icons'
import { Button, Select, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { countFansEndpoint, type Fan, listFansEndpoint, syncFansEndpoint } from '../schema.ts'
import { useFanColumns } from './columns.tsx'

const REFRESHED = [listFansEndpoint, countFansEndpoint]

export function FansPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const params = { accountId }
  const filters = useFilters(['q', 'following', 'tag'])
  const { q, following, tag } = filters.values
  const query = {
    ...(q && { q }),
    ...(tag && { tagId: tag }),
    ...(following && { following: following as 'true' | 'false' }),
  }
  const list = useCursorList(listFansEndpoint, { params, query })
  const count = useEndpoint(countFansEndpoint, { params, query }, { keepPrevious: true })
  const { run, isOpen, follow } = useRun('contacts.sync-fans', REFRESHED)
  const columns = useFanColumns()
  const sync = <SyncButton running={isOpen} onStarted={follow} />
  const sub =
    count.data &&
    t('fans.count', {
      total: format.number(count.data.total),
      following: format.number(count.data.following),
    })
  return (
    <>
      <PageHeader title={t('nav.fans')} sub={sub ?? t('fans.sub')} actions={sync} />
      <RunProgress run={run} />
      <FilterBar filters={filters}>
        <SearchInput placeholder={t('fans.search')} value={q} onChange={(value) => filters.set('q', value)} />
        <Select
          allowClear
          placeholder={t('fans.following')}
          style={{ width: 130 }}
          value={following ?? null}
          options={[
            { value: 'true', label: t('fans.isFollowing') },
            { value: 'false', label: t('fans.notFollowing') },
          ]}
          onChange={(value?: string | null) => filters.set('following', value ?? undefined)}
        />
        <TagFilter value={tag} onChange={(value) => filters.set('tag', value)} />
      </FilterBar>
      <CursorTable<Fan>
        list={list}
        columns={columns}
        rowKey="id"
        minWidth={820}
        onOpen={(fan) => void navigate(`/accounts/${accountId}/fans/${fan.id}`)}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('fans.empty')} hint={t('fans.emptyHint')} action={sync} />
          )
        }
      />
    </>
  )
}

function SyncButton({ running, onStarted }: { running: boolean; onStarted: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('contacts:sync')
  const sync = useEndpointMutation(syncFansEndpoint, { onSuccess: onStarted })
  return (
    <Tooltip title={allowed ? t('fans.syncHint') : t('common.notAllowed')}>
      <Button
        type="primary"
        icon={<SyncOutlined spin={running} />}
        disabled={!allowed || running}
        loading={sync.isPending}
        onClick={() => sync.mutate({ params: { accountId } })}
      >
        {t(running ? 'fans.syncing' : 'fans.sync')}
      </Button>
    </Tooltip>
  )
}

function TagFilter({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (value: string | undefined) => void
}) {
  const { t } = useTranslation()
  const { items } = useWechatTags()
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('nav.tags')}
      style={{ width: 170 }}
      value={value ?? null}
      options={items.map(({ tagId, name }) => ({ value: String(tagId), label: name }))}
      onChange={(next?: string | null) => onChange(next ?? undefined)}
    />
  )
}
