import { Button, Table, type TableColumnsType } from 'antd'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { barsOf } from '../../../console/ui/bars.ts'
import { DayRange, FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState, Loaded, LoadingState } from '../../../console/ui/states.tsx'
import { addBeijingDays, beijingDay, beijingDaysBetween } from '../../../kernel/beijing.ts'
import { tellsOfTaps } from '../../../wechat/rules/menu-limits.ts'
import { keyOf, leavesOf } from '../rules.ts'
import { type MenusView, menuFiguresEndpoint, menuPeopleEndpoint } from '../schema.ts'

const Chart = lazy(() => import('../../../console/ui/Chart.tsx'))

type Range = { from: string; to: string }
type Row = { kind: 'tap' | 'view'; target: string; taps: number; days: { day: string; taps: number }[] }

/** 点击数据: by button, also those that are no more. */
export function MenuFigures({ view }: { view: MenusView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const today = beijingDay(new Date(useBusinessNow()))
  const filters = useFilters(['from', 'to'])
  const to = filters.values.to ?? today
  const from = filters.values.from ?? addBeijingDays(to, -6)
  const range = useMemo(() => ({ from, to }), [from, to])
  const query = useEndpoint(
    menuFiguresEndpoint,
    { params: { accountId }, query: range },
    { keepPrevious: true, every: 5_000 },
  )
  const comma = t('menus.comma')
  const names = useMemo(() => namesByTarget(view, comma), [view, comma])
  const silent = leavesOf(view.menus).some(({ button }) => !tellsOfTaps(button.type))
  const columns: TableColumnsType<Row> = [
    {
      title: t('menus.button'),
      render: (_value, { kind, target }) => (
        <div>
          <div>
            {names.get(`${kind} ${target}`) ?? <span className="w-soft">{t('menus.buttonGone')}</span>}
          </div>
          <div className="w-faint w-small w-ellipsis" title={target} style={{ maxWidth: 420 }}>
            {target}
          </div>
        </div>
      ),
    },
    {
      title: t('menus.taps'),
      dataIndex: 'taps',
      align: 'right',
      width: 140,
      render: (taps: number) => format.number(taps),
    },
  ]
  return (
    <>
      <FilterBar filters={filters}>
        <DayRange filters={{ ...filters, values: range }} label={t('menus.days')} max={today} />
      </FilterBar>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="w-table-panel">
              <EmptyState title={t('menus.noTaps')} hint={t('menus.noTapsHint')} />
            </div>
          ) : (
            <div className="w-table-panel">
              <Table<Row>
                rowKey={({ kind, target }) => `${kind} ${target}`}
                columns={columns}
                dataSource={items}
                pagination={items.length > 50 ? { pageSize: 50 } : false}
                expandable={{ expandedRowRender: (row) => <Days row={row} range={range} /> }}
              />
            </div>
          )
        }
      </Loaded>
      <p className="w-faint w-small">
        {t('menus.figuresHint')} {silent && t('menus.untoldHint')}
      </p>
    </>
  )
}

/** What our menus call what was tapped; one page may be behind several buttons. */
function namesByTarget({ menus }: MenusView, comma: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const { menu, place, button } of leavesOf(menus)) {
    const top = menus[menu]?.buttons[place[0] ?? 0]
    const target =
      button.type === 'view'
        ? `view ${button.url.trim()}`
        : button.type === 'miniprogram'
          ? `view ${button.path.trim()}`
          : `tap ${keyOf(button)}`
    const name = place.length > 1 ? `${top?.name} › ${button.name}` : button.name
    const before = names.get(target)
    if (before === undefined) names.set(target, name)
    else if (!before.split(comma).includes(name)) names.set(target, `${before}${comma}${name}`)
  }
  return names
}

function Days({ row, range }: { row: Row; range: Range }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const people = useEndpoint(
    menuPeopleEndpoint,
    { params: { accountId }, query: { kind: row.kind, target: row.target, ...range } },
    { enabled: false },
  )
  const option = useMemo(() => {
    const taps = new Map(row.days.map((one) => [one.day, one.taps]))
    const days = Array.from({ length: beijingDaysBetween(range.from, range.to) + 1 }, (_one, index) =>
      addBeijingDays(range.from, index),
    )
    const values = days.map((day) => taps.get(day) ?? 0)
    return barsOf({
      names: days.map((day) => day.slice(5)),
      series: [{ name: t('menus.taps'), values }],
      tip: (place) => [days[place] ?? '', `${t('menus.taps')} ${format.number(values[place])}`],
      format,
    })
  }, [row, range, t, format])
  return (
    <div>
      <Suspense fallback={<LoadingState rows={3} />}>
        <Chart option={option} height={180} label={t('menus.tapsByDay')} />
      </Suspense>
      {people.data === undefined ? (
        <Button size="small" loading={people.isFetching} onClick={() => void people.refetch()}>
          {t('menus.countPeople')}
        </Button>
      ) : (
        <span>{t('menus.people', { people: format.number(people.data.people) })}</span>
      )}
    </div>
  )
}
