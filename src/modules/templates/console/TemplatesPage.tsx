import { PlusOutlined, SyncOutlined } from '@ant-design/icons'
import { Alert, App, Button, Segmented, Switch, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { adviceIn, lookUp } from '../../../console/ui/error-text.ts'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import {
  getTemplateEndpoint,
  listTemplatesEndpoint,
  type MessageTemplate,
  syncTemplatesEndpoint,
  type TemplateKind,
} from '../schema.ts'
import { AddTemplateDrawer } from './AddTemplateDrawer.tsx'
import { TemplateDrawer } from './TemplateDrawer.tsx'
import { TemplateKindTags } from './TemplateKindTags.tsx'
import { TemplateState } from './TemplateState.tsx'

const KINDS = ['template', 'subscription'] as const

export function TemplatesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const mayManage = useCan('templates:manage')
  const [adding, setAdding] = useState(false)
  const filters = useFilters(['kind', 'q', 'gone', 'open'])
  const { kind, q, gone, open } = filters.values
  const list = useCursorList(listTemplatesEndpoint, {
    params: { accountId },
    query: { ...(kind && { kind: kind as TemplateKind }), ...(q && { q }), ...(gone && { gone }) },
  })
  const lastSyncedAt = list.firstPage?.lastSyncedAt
  const filtered = kind !== undefined || q !== undefined
  return (
    <>
      <PageHeader
        title={t('nav.templates')}
        sub={
          lastSyncedAt ? t('templates.sub', { at: format.instant(lastSyncedAt) }) : t('templates.neverSynced')
        }
        actions={
          mayManage && (
            <>
              <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
                {t('templates.add')}
              </Button>
              <SyncButton />
            </>
          )
        }
      />
      <Problem problem={list.firstPage?.problem ?? null} />
      <FilterBar>
        <Segmented
          value={kind ?? 'all'}
          onChange={(value) => filters.set('kind', value === 'all' ? undefined : value)}
          options={[
            { value: 'all', label: t('common.all') },
            ...KINDS.map((value) => ({ value, label: t(`templates.kind.${value}`) })),
          ]}
        />
        <SearchInput
          placeholder={t('templates.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Switch
          size="small"
          aria-label={t('templates.showGone')}
          checked={gone === 'true'}
          onChange={(on) => filters.set('gone', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('templates.showGone')}</span>
      </FilterBar>
      <CursorTable<MessageTemplate>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={860}
        onOpen={({ id }) => filters.set('open', id)}
        empty={
          filtered ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t('templates.empty')}
              hint={t('templates.emptyHint')}
              action={mayManage && <SyncButton />}
            />
          )
        }
      />
      <TemplateDrawer templateId={open} onClose={() => filters.set('open', undefined)} />
      <AddTemplateDrawer
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(id) => {
          setAdding(false)
          filters.set('open', id)
        }}
      />
    </>
  )
}

function SyncButton() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const accountId = useAccountId()
  const sync = useEndpointMutation(syncTemplatesEndpoint, {
    invalidates: [listTemplatesEndpoint, getTemplateEndpoint],
    onSuccess: ({ added, changed, gone }) => {
      const counts = { added: added.length, changed: changed.length, gone: gone.length }
      const same = counts.added + counts.changed + counts.gone === 0
      void message.success(same ? t('templates.syncedSame') : t('templates.synced', counts))
    },
  })
  return (
    <Button
      type="primary"
      icon={<SyncOutlined />}
      loading={sync.isPending}
      onClick={() => sync.mutate({ params: { accountId } })}
    >
      {t('templates.sync')}
    </Button>
  )
}

function Problem({ problem }: { problem: { reason: string; detail: Record<string, unknown> } | null }) {
  const { t, i18n } = useTranslation()
  if (problem === null) return null
  const why = lookUp('errors', problem.reason, problem.detail) ?? problem.reason
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 12 }}
      title={`${t('templates.syncFailed')}：${why}`}
      description={adviceIn(problem.detail, i18n.language)}
    />
  )
}

function useColumns(): TableColumnsType<MessageTemplate> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('templates.name'),
      render: (_, { title, wechatId }) => (
        <>
          <strong>{title}</strong>
          <div className="w-faint w-mono w-ellipsis" style={{ maxWidth: 320 }}>
            {wechatId}
          </div>
        </>
      ),
    },
    {
      title: t('templates.kindTitle'),
      width: 210,
      render: (_, template) => <TemplateKindTags template={template} />,
    },
    {
      title: t('templates.fields'),
      render: (_, { fields }) => (
        <span className="w-soft">{fields.map(({ name }) => name).join('、') || '—'}</span>
      ),
    },
    {
      title: t('templates.usedBy'),
      dataIndex: 'usedBy',
      align: 'right',
      width: 120,
      render: (count: number) =>
        count === 0 ? <span className="w-faint">{t('templates.unused')}</span> : format.number(count),
    },
    {
      title: t('common.state'),
      width: 110,
      render: (_, template) => <TemplateState template={template} />,
    },
  ]
}
