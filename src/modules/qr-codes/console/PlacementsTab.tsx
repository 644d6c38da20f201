import { Segmented, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useSandboxClock } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { DayRange, FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { addBeijingDays, beijingDay } from '../../../kernel/beijing.ts'
import { type PlacementFigures, placementFiguresEndpoint } from '../schema.ts'

const DAYS = 29

/** The codes, or what the places where they hang brought. */
export function PageTabs({ tab }: { tab: 'codes' | 'placements' }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Segmented
      style={{ marginBottom: 12 }}
      value={tab}
      onChange={(next) => void navigate(next === 'codes' ? '?' : '?tab=placements')}
      options={(['codes', 'placements'] as const).map((value) => ({
        value,
        label: t(`qrCodes.tab.${value}`),
      }))}
    />
  )
}

/** 渠道 side by side. */
export function PlacementsTab() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const offset = useSandboxClock().data?.offsetSeconds ?? 0
  const filters = useFilters(['from', 'to'])
  const today = beijingDay(new Date(Date.now() + offset * 1_000))
  const to = filters.values.to ?? today
  const from = filters.values.from ?? addBeijingDays(to, -DAYS)
  const query = useEndpoint(
    placementFiguresEndpoint,
    { params: { accountId }, query: { from, to } },
    { every: 30_000, keepPrevious: true },
  )
  return (
    <>
      <PageHeader title={t('qrCodes.title')} sub={t('qrCodes.placementsSub')} />
      <PageTabs tab="placements" />
      <FilterBar>
        <DayRange filters={{ values: { from, to }, change: filters.change }} max={today} />
      </FilterBar>
      <Loaded query={query}>{({ items }) => <Placements items={items} />}</Loaded>
    </>
  )
}

function Placements({ items }: { items: PlacementFigures[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const count = (title: string, read: (row: PlacementFigures) => number) => ({
    title,
    align: 'right' as const,
    width: 110,
    sorter: (a: PlacementFigures, b: PlacementFigures) => read(a) - read(b),
    render: (_: unknown, row: PlacementFigures) => format.number(read(row)),
  })
  return (
    <div className="w-table-panel">
      {items.length === 0 ? (
        <EmptyState title={t('qrCodes.empty')} hint={t('qrCodes.emptyHint')} />
      ) : (
        <Table<PlacementFigures>
          size="middle"
          rowKey={({ id }) => id ?? 'none'}
          dataSource={items}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          scroll={{ x: 880 }}
          rowClassName={() => 'w-clickable'}
          onRow={({ id }) => ({ onClick: () => void navigate(`?placement=${id ?? 'none'}`) })}
          columns={[
            {
              title: t('qrCodes.placement'),
              render: (_, { id, name }) => (
                <Link to={`?placement=${id ?? 'none'}`}>
                  {name ?? <span className="w-faint">{t('qrCodes.none.placement')}</span>}
                </Link>
              ),
            },
            count(t('qrCodes.codes'), (row) => row.codes),
            count(t('qrCodes.scans'), (row) => row.scans),
            count(t('qrCodes.people'), (row) => row.people),
            count(t('qrCodes.newFollows'), (row) => row.newFollows),
            count(t('qrCodes.backFollows'), (row) => row.backFollows),
            count(t('qrCodes.stillFollowing'), (row) => row.stillFollowing),
          ]}
        />
      )}
    </div>
  )
}
