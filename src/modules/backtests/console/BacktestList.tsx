import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { type Backtest, listBacktestsEndpoint } from '../schema.ts'
import { BacktestTag, SampleTag, VariantWords } from './words.tsx'

type Props = {
  query: { kind?: Backtest['kind']; subjectId?: string }
  onOpen: (id: string) => void
  /** Where back-tests of several rules stand together. */
  named?: boolean
}

/** Earlier back-tests, newest first. */
export function BacktestList({ query, onOpen, named = false }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const list = useCursorList(listBacktestsEndpoint, { params: { accountId }, query }, { every: 5_000 })
  const columns = useColumns(named)
  return (
    <CursorTable<Backtest>
      list={list}
      columns={columns}
      rowKey="id"
      minWidth={named ? 1_080 : 960}
      onOpen={({ id }) => onOpen(id)}
      empty={
        named ? (
          <EmptyState title={t('backtests.list.empty')} hint={t('backtests.list.emptyHint')} />
        ) : (
          <EmptyState compact title={t('backtests.list.emptyHere')} />
        )
      }
    />
  )
}

function useColumns(named: boolean): TableColumnsType<Backtest> {
  const { t } = useTranslation()
  const format = useFormat()
  const of = (row: Backtest, pick: 'reached' | 'people') => format.number(row.result?.variants[0]?.[pick])
  return [
    {
      title: t('backtests.list.at'),
      className: 'w-nowrap',
      width: 150,
      render: (_, row) => format.instant(row.createdAt),
    },
    ...(named ? [{ title: t('backtests.list.name'), dataIndex: 'name' }] : []),
    { title: t('backtests.list.what'), render: (_, row) => <Played backtest={row} /> },
    {
      title: t('backtests.list.days'),
      width: 130,
      render: (_, row) => (
        <>
          {t('backtests.form.daysOf', { days: row.days })} <SampleTag sample={row.sample} />
        </>
      ),
    },
    { title: t('backtests.list.state'), width: 110, render: (_, row) => <BacktestTag state={row.state} /> },
    {
      title: t('backtests.list.reached'),
      align: 'right',
      width: 90,
      render: (_, row) => of(row, 'reached'),
    },
    { title: t('backtests.list.people'), align: 'right', width: 100, render: (_, row) => of(row, 'people') },
    {
      title: t('backtests.list.by'),
      width: 110,
      render: (_, row) => row.createdBy ?? t('common.system'),
    },
  ]
}

function Played({ backtest: { variants } }: { backtest: Backtest }) {
  const { t } = useTranslation()
  const [first, second] = variants
  if (first === undefined) return null
  return (
    <>
      <VariantWords variant={first} />
      {second !== undefined && (
        <div className="w-faint w-small">
          {t('backtests.second')} <VariantWords variant={second} />
        </div>
      )}
    </>
  )
}
