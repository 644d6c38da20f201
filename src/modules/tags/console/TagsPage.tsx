import { SyncOutlined } from '@ant-design/icons'
import { Button, Table, type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { SYSTEM_TAGS } from '../../../wechat/rules/tag-limits.ts'
import { listTagsEndpoint, syncTagMembersEndpoint, syncTagsEndpoint, type WechatTag } from '../schema.ts'
import { Conflicts } from './Conflicts.tsx'
import { TagTabs } from './TagTabs.tsx'
import { CreateWechatTag, WechatTagActions } from './WechatTagActions.tsx'

const REFRESHED = [listTagsEndpoint]

export function TagsPage() {
  const { t } = useTranslation()
  const { query } = useWechatTags()
  const { run, isOpen, follow } = useRun('tags.sync-members', REFRESHED)
  const actions = (
    <>
      <CreateWechatTag tags={query.data?.items ?? []} />
      <SyncButtons running={isOpen} onStarted={follow} />
    </>
  )
  const columns = useColumns()
  return (
    <>
      <PageHeader title={t('nav.tags')} sub={t('tags.sub')} actions={actions} />
      <TagTabs active="wechat" />
      <RunProgress run={run} />
      <Conflicts />
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState title={t('tags.empty')} hint={t('tags.emptyHint')} action={actions} />
            ) : (
              <Table<WechatTag>
                size="middle"
                rowKey="tagId"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 640 }}
              />
            )}
          </div>
        )}
      </Loaded>
    </>
  )
}

function SyncButtons({ running, onStarted }: { running: boolean; onStarted: () => void }) {
  const { t } = useTranslation()
  const params = { accountId: useAccountId() }
  const allowed = useCan('contacts:sync')
  const names = useEndpointMutation(syncTagsEndpoint, { invalidates: REFRESHED, success: t('tags.synced') })
  const members = useEndpointMutation(syncTagMembersEndpoint, { onSuccess: onStarted })
  return (
    <>
      <Tooltip title={allowed ? t('tags.syncNamesHint') : t('common.notAllowed')}>
        <Button disabled={!allowed} loading={names.isPending} onClick={() => names.mutate({ params })}>
          {t('tags.syncNames')}
        </Button>
      </Tooltip>
      <Tooltip title={allowed ? t('tags.syncMembersHint') : t('common.notAllowed')}>
        <Button
          type="primary"
          icon={<SyncOutlined spin={running} />}
          disabled={!allowed || running}
          loading={members.isPending}
          onClick={() => members.mutate({ params })}
        >
          {t(running ? 'fans.syncing' : 'tags.syncMembers')}
        </Button>
      </Tooltip>
    </>
  )
}

function useColumns(): TableColumnsType<WechatTag> {
  const { t } = useTranslation()
  const format = useFormat()
  const base = `/accounts/${useAccountId()}`
  const canWrite = useCan('tags:write')
  return [
    { title: t('tags.name'), render: (_, tag) => <strong>{tag.name}</strong> },
    { title: t('tags.id'), dataIndex: 'tagId', align: 'right' },
    {
      title: t('tags.members'),
      align: 'right',
      render: (_, tag) => (
        <Link to={`${base}/fans?tag=${tag.tagId}&following=true`}>{format.number(tag.memberCount)}</Link>
      ),
    },
    {
      title: <Tooltip title={t('tags.platformHint')}>{t('tags.platform')}</Tooltip>,
      align: 'right',
      render: (_, tag) => (
        <span className={tag.platformCount === tag.memberCount ? 'w-faint' : ''}>
          {format.number(tag.platformCount)}
        </span>
      ),
    },
    {
      title: t('tags.syncedAt'),
      dataIndex: 'syncedAt',
      className: 'w-nowrap',
      render: (at: string) => format.instant(at),
    },
    {
      title: t('tags.linkedWith'),
      render: (_, tag) => tag.link !== null && <Link to="/tags">{tag.link.name}</Link>,
    },
    {
      key: 'actions',
      className: 'w-right',
      render: (_, tag) => canWrite && !SYSTEM_TAGS.includes(tag.tagId) && <WechatTagActions tag={tag} />,
    },
  ]
}
