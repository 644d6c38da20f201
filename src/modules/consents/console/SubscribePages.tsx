import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Popconfirm, Switch, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { archiveSubscribePageEndpoint, listSubscribePagesEndpoint, type SubscribePage } from '../schema.ts'
import { SubscribePageDrawer } from './SubscribePageDrawer.tsx'

/** H5 订阅页: pages of ours with the open tag. */
export function SubscribePages() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayManage = useCan('templates:manage')
  const filters = useFilters(['tab', 'archived'])
  const { archived } = filters.values
  const [edited, setEdited] = useState<SubscribePage | 'new' | undefined>()
  const list = useCursorList(listSubscribePagesEndpoint, {
    params: { accountId },
    query: { ...(archived && { archived }) },
  })
  const domain = list.firstPage?.domain
  const create = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
      {t('consents.newPage')}
    </Button>
  )
  return (
    <>
      {domain !== undefined && <DomainHint domain={domain} />}
      <FilterBar end={create}>
        <Switch
          size="small"
          aria-label={t('consents.showArchived')}
          checked={archived === 'true'}
          onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('consents.showArchived')}</span>
      </FilterBar>
      <CursorTable<SubscribePage>
        list={list}
        columns={useColumns(mayManage ? setEdited : undefined)}
        rowKey="id"
        minWidth={860}
        empty={
          <EmptyState title={t('consents.pagesEmpty')} hint={t('consents.pagesEmptyHint')} action={create} />
        }
      />
      <SubscribePageDrawer edited={edited} onClose={() => setEdited(undefined)} />
    </>
  )
}

function DomainHint({ domain }: { domain: string }) {
  const { t } = useTranslation()
  const local = /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(domain)
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: 12 }}
      title={local ? t('consents.domainLocal') : t('consents.domain', { domain })}
      description={local ? undefined : t('consents.domainHint')}
    />
  )
}

function useColumns(edit: ((page: SubscribePage) => void) | undefined): TableColumnsType<SubscribePage> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('consents.page'),
      render: (_, { name, title, archivedAt }) => (
        <>
          <strong>{name}</strong>{' '}
          {archivedAt !== null && <StateTag tone="idle">{t('consents.archived')}</StateTag>}
          <div className="w-faint">{title}</div>
        </>
      ),
    },
    {
      title: t('consents.pageTemplates'),
      render: (_, { templates }) =>
        templates.map(({ id, title, gone }) => (
          <div key={id}>
            {title} {gone && <StateTag tone="bad">{t('consents.templateGone')}</StateTag>}
          </div>
        )),
    },
    { title: t('consents.pageUrl'), render: (_, { url }) => <Copyable value={url} /> },
    {
      title: t('consents.pageOpened'),
      dataIndex: 'opened',
      align: 'right',
      width: 100,
      render: (opened: number) => format.number(opened),
    },
    ...(edit === undefined
      ? []
      : [
          {
            width: 140,
            render: (_: unknown, page: SubscribePage) =>
              page.archivedAt === null && (
                <>
                  <Button type="link" size="small" onClick={() => edit(page)}>
                    {t('common.edit')}
                  </Button>
                  <ArchiveButton page={page} />
                </>
              ),
          },
        ]),
  ]
}

function ArchiveButton({ page }: { page: SubscribePage }) {
  const { t } = useTranslation()
  const archive = useEndpointMutation(archiveSubscribePageEndpoint, {
    invalidates: [listSubscribePagesEndpoint],
    success: t('consents.archived'),
  })
  const { accountId, id: pageId, name } = page
  return (
    <Popconfirm
      title={t('consents.archiveTitle', { name })}
      description={<div style={{ maxWidth: 320 }}>{t('consents.archiveHint')}</div>}
      okText={t('consents.archive')}
      okButtonProps={{ danger: true }}
      onConfirm={() => archive.mutate({ params: { accountId, pageId } })}
    >
      <Button type="link" size="small" danger loading={archive.isPending}>
        {t('consents.archive')}
      </Button>
    </Popconfirm>
  )
}
