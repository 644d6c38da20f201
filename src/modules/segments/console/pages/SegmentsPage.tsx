import { PlusOutlined } from '@ant-design/icons'
import { Button, Select, type TableColumnsType, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  listSegmentsEndpoint,
  MAX_OVERLAP,
  type SegmentListItem,
  UPDATE_KINDS,
  type UpdateKind,
} from '../../schema/segment.ts'
import { CreateStaticButton } from './CreateStatic.tsx'
import { StartingPoints } from './StartingPoints.tsx'
import { Trend } from './Trend.tsx'
import { ComputedAt, KindTag } from './words.tsx'
import './pages.css'

const PAGE = 20

export function SegmentsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filters = useFilters(['q', 'kind', 'accountId', 'listed', 'archived'])
  const { q, kind, accountId, listed, archived } = filters.values
  const [chosen, setChosen] = useState<string[]>([])
  const list = useCursorList(
    listSegmentsEndpoint,
    {
      query: {
        limit: PAGE,
        ...(q && { q }),
        ...(kind && { kind: kind as UpdateKind }),
        ...(accountId && { accountId }),
        ...(listed && { listed: listed as 'true' | 'false' }),
        ...(archived === 'true' && { archived }),
      },
    },
    { every: 10_000 },
  )
  return (
    <>
      <PageHeader
        title={t('nav.segments')}
        sub={t('segments.sub')}
        actions={
          <>
            <CompareButton chosen={chosen} />
            <CreateStaticButton onCreated={({ id }) => void navigate(`/segments/${id}`)} />
            <NewButton />
          </>
        }
      />
      <Filters filters={filters} />
      <CursorTable<SegmentListItem>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={980}
        onOpen={(row) => void navigate(`/segments/${row.id}`)}
        rowSelection={{
          selectedRowKeys: chosen,
          onChange: (keys) => setChosen(keys.map(String)),
          hideSelectAll: true,
          getCheckboxProps: ({ id, name }) => ({
            name,
            disabled: chosen.length >= MAX_OVERLAP && !chosen.includes(id),
          }),
        }}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t('segments.empty')}
              hint={t('segments.emptyHint')}
              action={<StartingPoints />}
            />
          )
        }
      />
    </>
  )
}

type Filter = ReturnType<typeof useFilters<'q' | 'kind' | 'accountId' | 'listed' | 'archived'>>

function Filters({ filters }: { filters: Filter }) {
  const { t } = useTranslation()
  const { data } = useAccounts()
  const choose = (name: 'kind' | 'accountId' | 'listed' | 'archived') => (value?: string | null) =>
    filters.set(name, value ?? undefined)
  const { q, kind, accountId, listed, archived } = filters.values
  return (
    <FilterBar filters={filters}>
      <SearchInput
        placeholder={t('segments.search')}
        value={q}
        onChange={(value) => filters.set('q', value)}
      />
      <Select
        allowClear
        placeholder={t('segments.kind')}
        style={{ width: 120 }}
        value={kind ?? null}
        onChange={choose('kind')}
        options={UPDATE_KINDS.map((value) => ({ value, label: t(`segments.kindName.${value}`) }))}
      />
      <Select
        allowClear
        placeholder={t('segments.account')}
        style={{ width: 160 }}
        value={accountId ?? null}
        onChange={choose('accountId')}
        options={(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Select
        allowClear
        placeholder={t('segments.listed')}
        style={{ width: 150 }}
        value={listed ?? null}
        onChange={choose('listed')}
        options={[
          { value: 'true', label: t('segments.isListed') },
          { value: 'false', label: t('segments.notListed') },
        ]}
      />
      <Select
        allowClear
        placeholder={t('segments.inUse')}
        style={{ width: 120 }}
        value={archived ?? null}
        onChange={choose('archived')}
        options={[{ value: 'true', label: t('segments.archived') }]}
      />
    </FilterBar>
  )
}

function NewButton() {
  const { t } = useTranslation()
  const allowed = useCan('segments:write')
  const button = (
    <Button type="primary" icon={<PlusOutlined />} disabled={!allowed}>
      {t('segments.new')}
    </Button>
  )
  if (!allowed) return <Tooltip title={t('common.notAllowed')}>{button}</Tooltip>
  return <Link to="/segments/new">{button}</Link>
}

function CompareButton({ chosen }: { chosen: readonly string[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Tooltip title={chosen.length < 2 ? t('segments.compareHint', { most: MAX_OVERLAP }) : undefined}>
      <Button
        disabled={chosen.length < 2}
        onClick={() => void navigate(`/segments/compare?ids=${chosen.join(',')}`)}
      >
        {t('segments.compareGo', { number: chosen.length })}
      </Button>
    </Tooltip>
  )
}

function useColumns(): TableColumnsType<SegmentListItem> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('common.name'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>
          {!row.listed && <span className="w-faint w-small"> · {t('segments.notListed')}</span>}
          <div className="w-faint w-small w-ellipsis" style={{ maxWidth: 340 }}>
            {row.description === ''
              ? t('segments.by', { name: row.createdByName ?? t('common.system') })
              : row.description}
          </div>
        </>
      ),
    },
    { title: t('segments.kind'), width: 100, render: (_, row) => <KindTag kind={row.updateKind} /> },
    {
      title: t('segments.size'),
      width: 120,
      align: 'right',
      render: (_, row) => <b>{format.number(row.size)}</b>,
    },
    { title: t('segments.trend'), width: 120, render: (_, row) => <Trend segment={row} /> },
    { title: t('segments.computedAt'), width: 170, render: (_, row) => <ComputedAt segment={row} /> },
    {
      title: t('segments.account'),
      width: 140,
      render: (_, row) => row.accountName ?? <span className="w-faint">{t('segments.everyone')}</span>,
    },
    { title: t('segments.usedBy'), width: 80, align: 'right', render: (_, row) => format.number(row.usedBy) },
  ]
}
