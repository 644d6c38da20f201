import { Select, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { DayRange, FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, NoPermissionState } from '../../../console/ui/states.tsx'
import { addBeijingDays, beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { type AuditEntry, listAuditEntriesEndpoint } from '../schema.ts'
import { actionText, Detail, SubjectLink, useActionOptions } from './words.tsx'

export function AuditPage() {
  const { t } = useTranslation()
  if (!useCan('audit:read')) return <NoPermissionState />
  return (
    <>
      <PageHeader title={t('audit.title')} sub={t('audit.sub')} />
      <AuditList />
    </>
  )
}

function AuditList() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const actions = useActionOptions()
  const filters = useFilters(['account', 'action', 'actor', 'from', 'to'])
  const { account, action, actor, from, to } = filters.values
  const list = useCursorList(listAuditEntriesEndpoint, {
    query: {
      ...(account && { accountId: account }),
      ...(action && { action }),
      ...(actor && { actor }),
      ...(from && { from: startOfDay(from).toISOString() }),
      // the last day counts in whole
      ...(to && { to: startOfDay(addBeijingDays(to, 1)).toISOString() }),
    },
  })
  return (
    <>
      <FilterBar filters={filters}>
        <SearchInput
          placeholder={t('audit.actor')}
          value={actor}
          onChange={(value) => filters.set('actor', value)}
        />
        <Select
          allowClear
          showSearch
          placeholder={t('audit.action')}
          style={{ width: 190 }}
          value={action ?? null}
          options={actions}
          optionFilterProp="label"
          onChange={(value?: string | null) => filters.set('action', value ?? undefined)}
        />
        <Select
          allowClear
          placeholder={t('audit.account')}
          style={{ width: 170 }}
          value={account ?? null}
          options={accounts.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          onChange={(value?: string | null) => filters.set('account', value ?? undefined)}
        />
        <DayRange filters={filters} max={addBeijingDays(beijingDay(new Date()), 3_650)} />
      </FilterBar>
      <CursorTable<AuditEntry>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={860}
        empty={
          <EmptyState
            title={t(filters.isActive ? 'common.noMatch' : 'audit.empty')}
            hint={filters.isActive ? t('common.noMatchHint') : undefined}
          />
        }
        expandable={{
          expandedRowRender: (row) => <Detail entry={row} />,
          rowExpandable: (row) => Object.keys(row.detail).length > 0,
        }}
      />
    </>
  )
}

function useColumns(): TableColumnsType<AuditEntry> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('audit.at'),
      dataIndex: 'at',
      className: 'w-nowrap',
      width: 170,
      render: (at: string) => format.second(at),
    },
    {
      title: t('audit.actor'),
      render: (_, row) => (
        <>
          {row.actorName}
          {row.actorKind !== 'operator' && (
            <span className="w-faint w-small"> · {t(`audit.actorKind.${row.actorKind}`)}</span>
          )}
        </>
      ),
    },
    { title: t('audit.action'), render: (_, row) => actionText(row.action) },
    { title: t('audit.subject'), render: (_, row) => <SubjectLink entry={row} /> },
    {
      title: t('audit.account'),
      dataIndex: 'accountName',
      render: (name: string | null) => name ?? <span className="w-faint">—</span>,
    },
  ]
}
