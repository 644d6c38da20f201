import { DownOutlined, FolderOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown, Select, Space, Switch, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, NoPermissionState } from '../../../console/ui/states.tsx'
import { type CodeLife, listCodesEndpoint, type QrCode } from '../schema.ts'
import { BatchDrawer } from './BatchDrawer.tsx'
import { CodeDrawer, type EditedCode } from './CodeDrawer.tsx'
import { LabelPicker } from './LabelPicker.tsx'
import { LabelsDrawer } from './LabelsDrawer.tsx'
import { PageTabs, PlacementsTab } from './PlacementsTab.tsx'
import { SelectionActions } from './SelectionActions.tsx'
import { useColumns } from './use-columns.tsx'

const STATES = ['ready', 'ending', 'lapsing', 'refused', 'waiting', 'failed'] as const
const LIVES: readonly CodeLife[] = ['permanent', 'temporary', 'known']
/** While WeChat is making some, and otherwise. */
const EVERY = { making: 2_000, idle: 15_000 }
type Open = { what: 'code'; code: EditedCode } | { what: 'batch' | 'labels' }

export function QrCodesPage() {
  const allowed = useCan('qr-codes:read')
  const { values } = useFilters(['tab'])
  if (!allowed) return <NoPermissionState />
  return values.tab === 'placements' ? <PlacementsTab /> : <Codes />
}

function Codes() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('qr-codes:write')
  const filters = useFilters(['q', 'placement', 'folder', 'life', 'state', 'archived'])
  const { q, placement, folder, life, state, archived } = filters.values
  const [making, setMaking] = useState(false)
  const [open, setOpen] = useState<Open>()
  const [chosen, setChosen] = useState<string[]>([])
  const list = useCursorList(
    listCodesEndpoint,
    {
      params: { accountId },
      query: {
        ...(q && { q }),
        ...(placement && { placement }),
        ...(folder && { folder }),
        ...(life && { life: life as CodeLife }),
        ...(state && { state: state as (typeof STATES)[number] }),
        ...(archived && { archived }),
      },
    },
    { every: making ? EVERY.making : EVERY.idle },
  )
  const { counts, mostPermanent = 0 } = list.firstPage ?? {}
  const waiting = counts?.waiting ?? 0
  if (waiting > 0 !== making) setMaking(waiting > 0)
  const permanentLeft = Math.max(0, mostPermanent - (counts?.permanent ?? 0))
  const actions = <NewButtons mayWrite={mayWrite} onOpen={setOpen} />
  return (
    <>
      <PageHeader
        title={t('qrCodes.title')}
        sub={
          counts === undefined
            ? t('qrCodes.sub')
            : [
                t('qrCodes.subUsed', {
                  used: format.number(counts.permanent),
                  most: format.number(mostPermanent),
                }),
                waiting > 0 && t('qrCodes.subWaiting', { count: waiting }),
                counts.failed > 0 && t('qrCodes.subFailed', { count: counts.failed }),
                counts.refused > 0 && t('qrCodes.subRefused', { count: counts.refused }),
              ]
                .filter(Boolean)
                .join(' · ')
        }
        actions={
          <>
            <Button icon={<FolderOutlined />} onClick={() => setOpen({ what: 'labels' })}>
              {t('qrCodes.labels')}
            </Button>
            {actions}
          </>
        }
      />
      <PageTabs tab="codes" />
      <FilterBar filters={filters}>
        <SearchInput
          placeholder={t('qrCodes.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <LabelPicker
          kind="placement"
          width={150}
          withNone
          value={placement ?? null}
          onChange={(value) => filters.set('placement', value ?? undefined)}
        />
        <LabelPicker
          kind="folder"
          width={150}
          withNone
          value={folder ?? null}
          onChange={(value) => filters.set('folder', value ?? undefined)}
        />
        <Select
          allowClear
          placeholder={t('qrCodes.lifeTitle')}
          aria-label={t('qrCodes.lifeTitle')}
          style={{ width: 120 }}
          value={life ?? null}
          onChange={(value?: string | null) => filters.set('life', value ?? undefined)}
          options={LIVES.map((value) => ({ value, label: t(`qrCodes.life.${value}`) }))}
        />
        <Select
          allowClear
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ width: 150 }}
          popupMatchSelectWidth={false}
          value={state ?? null}
          onChange={(value?: string | null) => filters.set('state', value ?? undefined)}
          options={STATES.map((value) => ({ value, label: t(`qrCodes.filterState.${value}`) }))}
        />
        <span className="w-row w-soft">
          <Switch
            size="small"
            aria-label={t('qrCodes.showArchived')}
            checked={archived === 'true'}
            onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
          />
          {t('qrCodes.showArchived')}
        </span>
      </FilterBar>
      {chosen.length > 0 && (
        <SelectionActions ids={chosen} mayWrite={mayWrite} onDone={() => setChosen([])} />
      )}
      <CursorTable<QrCode>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={920}
        rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys as string[]) }}
        onOpen={({ id }) => void navigate(`/accounts/${accountId}/qr-codes/${id}`)}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('qrCodes.empty')} hint={t('qrCodes.emptyHint')} action={actions} />
          )
        }
      />
      <CodeDrawer
        edited={open?.what === 'code' ? open.code : undefined}
        permanentLeft={permanentLeft}
        onClose={() => setOpen(undefined)}
      />
      <BatchDrawer
        open={open?.what === 'batch'}
        permanentLeft={permanentLeft}
        onClose={() => setOpen(undefined)}
      />
      <LabelsDrawer open={open?.what === 'labels'} onClose={() => setOpen(undefined)} />
    </>
  )
}

function NewButtons({ mayWrite, onOpen }: { mayWrite: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation()
  const buttons = (
    <Space.Compact>
      <Button
        type="primary"
        icon={<PlusOutlined />}
        disabled={!mayWrite}
        onClick={() => onOpen({ what: 'code', code: 'new' })}
      >
        {t('qrCodes.new')}
      </Button>
      <Dropdown
        disabled={!mayWrite}
        menu={{
          items: [{ key: 'batch', label: t('qrCodes.batch') }],
          onClick: () => onOpen({ what: 'batch' }),
        }}
      >
        <Button type="primary" icon={<DownOutlined />} aria-label={t('common.more')} disabled={!mayWrite} />
      </Dropdown>
    </Space.Compact>
  )
  return mayWrite ? buttons : <Tooltip title={t('common.notAllowed')}>{buttons}</Tooltip>
}
